// Shows the name of the chosen file; the browser's own words would be in the browser's language.
document.addEventListener("DOMContentLoaded", () => {
  for (const place of document.querySelectorAll(".file")) {
    const input = place.querySelector("input");
    const said = place.querySelector("output");
    input.addEventListener("change", () => {
      said.textContent = input.files.length ? input.files[0].name : "尚未选择";
    });
  }
});
