// Shows the name of the chosen file; the browser's own text would be in the browser's language.
// Runs before the shell's scripts, which would look for their own text field beside the file input.
for (const place of document.querySelectorAll(".file")) {
  const input = place.querySelector("input");
  const said = place.querySelector("output");
  const say = () => {
    said.textContent = input.files.length ? input.files[0].name : "尚未选择";
  };
  input.hasChangeListener = true;
  input.addEventListener("change", say);
  say(); // one chosen before this ran, or kept by the browser on the way back
}
