// Adds what the shell's mark-up lacks for screen readers and for the keyboard.
const ICON = ".material-symbols-outlined";
const CLICKABLE = "[x-on\\:click], .delete-template";
const FIELD = "input:not([type=hidden]), select, textarea";
const ROLES = { "#main": "main", "body.login #page": "main" };
const NAMES = {
  "#nav-sidebar-inner": "主导航",
  "#nav-sidebar-inner nav": "用户菜单",
  "#nav-sidebar-inner a:has(> .material-symbols-outlined:only-child)": "首页",
  "#searchbar": "搜索",
  "#searchbar-submit": "搜索",
  "#changelist-filter-close": "关闭筛选",
  ".delete-template": "移除",
  ".select2-search__field": "输入文字查找",
  "[x-on\\:click^=openTheme]": "浅色或深色",
  "[x-on\\:click^=sidebar]": "显示或隐藏导航",
  "[x-on\\:click^=showActions], [x-on\\:click^=openRelatedWidgetWrapper]": "更多操作",
};

const within = (root, selector) => [
  ...(root.matches(selector) ? [root] : []),
  ...root.querySelectorAll(selector),
];

const setAll = (root, attribute, values) => {
  for (const [selector, value] of Object.entries(values)) {
    for (const part of within(root, selector)) part.setAttribute(attribute, value);
  }
};

// A screen reader would read the English name of an icon aloud.
const nameIcons = (root) => {
  for (const icon of within(root, ICON)) {
    const name = icon.ariaLabel || icon.title;
    if (!name) {
      icon.setAttribute("aria-hidden", "true");
      continue;
    }
    icon.setAttribute("role", "img");
    icon.setAttribute("aria-label", name);
  }
};

// A field in a row gets the heading of its column as its name.
const nameCells = (root) => {
  for (const cell of within(root, "td[data-label]")) {
    for (const field of cell.querySelectorAll(FIELD)) {
      const isNamed = field.ariaLabel || cell.querySelector(`label[for="${field.id}"]`);
      if (!isNamed) field.setAttribute("aria-label", cell.dataset.label.trim());
    }
  }
};

// select2 names its box by the choice alone, so an empty box has no name.
const nameChoices = (root) => {
  for (const shown of within(root, ".select2-selection__rendered")) {
    const box = shown.closest(".select2-selection");
    const field = box.closest(".select2-container").previousElementSibling;
    const name = field.ariaLabel || field.labels?.[0]?.textContent || "";
    shown.removeAttribute("role");
    shown.removeAttribute("aria-readonly");
    box.setAttribute("aria-label", name.replace("*", "").trim());
    box.id ||= `${shown.id}-box`;
    box.setAttribute("aria-labelledby", `${box.id} ${shown.id}`);
  }
  if (!root.querySelector(".select2-search__field")) return;
  for (const box of document.querySelectorAll(".select2-selection[aria-owns]")) {
    box.setAttribute("aria-controls", box.getAttribute("aria-owns"));
  }
};

const reach = (root) => {
  for (const part of within(root, CLICKABLE)) {
    if (part.matches("a[href], button, input") || part.querySelector("a, button, input")) continue;
    part.setAttribute("role", "button");
    part.tabIndex = 0;
  }
};

const dress = (root) => {
  setAll(root, "role", ROLES);
  setAll(root, "aria-label", NAMES);
  nameIcons(root);
  nameCells(root);
  nameChoices(root);
  reach(root);
};

document.addEventListener("DOMContentLoaded", () => {
  dress(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) dress(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
});

document.addEventListener("keydown", (event) => {
  const isPress = event.key === "Enter" || event.key === " ";
  if (!isPress || !event.target.matches("[role=button]:not(button, a[href])")) return;
  event.preventDefault();
  event.target.click();
});
