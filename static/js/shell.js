// The parts of every page that open and close. Alpine's build for a content security policy runs no code that
// stands in attributes: what they name is told to it here.
document.addEventListener("alpine:init", () => {
  for (const name of ["theme", "searchForm", "searchDropdown", "searchCommand"]) {
    Alpine.data(name, window[name]);
  }
  Alpine.data("shell", (firstTab) => ({
    activeTab: (firstTab && getCurrentTab()) || firstTab,
    sidebarMobileOpen: false,
    sidebarDesktopOpen: (localStorage.getItem("sidebarDesktopOpen") ?? "1") === "1",
    // A form comes back to the tab that was open when it was sent.
    addressOf(tab) {
      const page = location.pathname + location.search;
      return tab && tab !== "general" ? `${page}#${tab}` : page;
    },
    init() {
      this.$watch("sidebarDesktopOpen", (isOpen) => {
        localStorage.setItem("sidebarDesktopOpen", isOpen ? "1" : "0");
      });
    },
  }));
  document.querySelectorAll("form[x-bind\\:action]").forEach((form) => {
    form.setAttribute("x-bind:action", "addressOf(activeTab)");
  });
  document.querySelectorAll("select[x-init]").forEach(tellAlpine);
});

// A search list tells its choice to jQuery only; fields that depend on it hear of it by an event of the browser.
function tellAlpine(list) {
  list.removeAttribute("x-init");
  django.jQuery(list).on("change", (event) => {
    if (!event.originalEvent) list.dispatchEvent(new Event("change"));
  });
}
