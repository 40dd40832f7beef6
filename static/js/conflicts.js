// Whoever edits a field of a form with conflicts takes the value of the form.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector(".conflicts")?.closest("form");
  form?.addEventListener("input", (event) => {
    const mine = form.querySelector(`input[value="mine"][name="take-${CSS.escape(event.target.name)}"]`);
    if (mine) mine.checked = true;
  });
});
