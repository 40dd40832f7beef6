// Tells before anything is sent that the chosen files are too large together.
document.addEventListener("DOMContentLoaded", () => {
  const told = document.querySelector("[data-most-megabytes]");
  const form = told && told.closest("form");
  if (!form) return;
  const megabyte = 1024 * 1024;

  const isTooLarge = () => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    const most = Number(told.dataset.mostMegabytes);
    const size = files.reduce((sum, file) => sum + file.size, 0);
    told.hidden = size <= most * megabyte;
    const shown = (Math.ceil((size / megabyte) * 10) / 10).toFixed(1);
    told.textContent = told.hidden
      ? ""
      : `所选${files.length}个文件合计${shown} MB，一次最多上传${most} MB：请少选几个，保存后再上传其余的`;
    return !told.hidden;
  };

  form.addEventListener("change", (event) => {
    if (event.target.type === "file") isTooLarge();
  });
  form.addEventListener("submit", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    told.scrollIntoView({ block: "center" });
  }, true);
});
