// A second click on a slow day must not enter a donation twice.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.warn-unsaved-form");
  if (!form) return;
  const again = () => delete form.dataset.sent;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(again, 5000);
  });
  window.addEventListener("pageshow", again);
});
