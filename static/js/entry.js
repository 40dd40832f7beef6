// A second click while the server is slow must not store a record twice.
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
// The shell changes the page while it loads, so the focused element loses the focus.
window.addEventListener("load", () => document.querySelector("#id__reason[autofocus]")?.focus());
// Tick boxes of communities: search, tick or untick all listed ones, and show the number.
document.addEventListener("DOMContentLoaded", () => {
  const group = document.querySelector(".reach-ticks");
  if (!group) return;
  const [search, all, none] = ["input", "[data-tick=all]", "[data-tick=none]"].map((name) => group.querySelector(`.reach-tools ${name}`));
  const streets = [...group.querySelectorAll(".reach-street")];
  const boxesOf = (street) => [...street.querySelectorAll("input")];
  const tell = () => {
    for (const street of streets) {
      street.querySelector("output").textContent = boxesOf(street).filter((box) => box.checked).length;
    }
    group.querySelector(".reach-tools output").textContent = `已选${group.querySelectorAll(".reach-boxes input:checked").length}个`;
  };
  const find = () => {
    const words = search.value.trim();
    for (const street of streets) {
      const isWhole = street.dataset.name.includes(words);
      for (const box of boxesOf(street)) box.parentElement.hidden = !isWhole && !box.parentElement.textContent.includes(words);
      street.hidden = boxesOf(street).every((box) => box.parentElement.hidden);
      if (words && !street.hidden) street.open = true;
    }
    all.textContent = words ? "选中列出的" : "全选";
    none.textContent = words ? "取消列出的" : "全不选";
  };
  const tick = (checked) => {
    for (const box of group.querySelectorAll(".reach-boxes input")) if (!box.parentElement.hidden) box.checked = checked;
    group.dispatchEvent(new Event("change", { bubbles: true }));
  };
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  all.addEventListener("click", () => tick(true));
  none.addEventListener("click", () => tick(false));
  group.addEventListener("change", tell);
  for (const tool of [all, none]) tool.hidden = false;
  search.hidden = !("long" in group.dataset);
  tell();
});
