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
// The shell moves the page about while it loads, and what had the focus loses it.
window.addEventListener("load", () => document.querySelector("#id__reason[autofocus]")?.focus());
