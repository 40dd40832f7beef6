// select2 without a language file shows English texts; set the Chinese ones.
document.addEventListener("DOMContentLoaded", () => {
  const jq = window.django && window.django.jQuery;
  if (!jq || !jq.fn.select2) return;
  jq.fn.select2.defaults.set("language", {
    errorLoading: () => "无法载入结果",
    inputTooShort: (args) => `请再输入至少${args.minimum - args.input.length}个字符`,
    loadingMore: () => "正在载入更多…",
    noResults: () => "没有匹配的结果",
    searching: () => "搜索中…",
    removeAllItems: () => "全部清除",
  });
});

// SimpleBar gives its boxes English names unless each has a name before it starts.
const nameBoxes = () => {
  for (const box of document.querySelectorAll("[data-simplebar]")) {
    box.dataset.simplebarAriaLabel = "可滚动区域";
  }
};
nameBoxes();
document.addEventListener("readystatechange", nameBoxes);
