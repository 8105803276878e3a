// Keys of the office. A key presses what carries data-key="…" (a link, button or field).
// Inside a list the row under the cursor is asked first. Never while somebody types.
// Bound by: data-key, data-keysheet, data-letters-off, data-close. Works without: yes, by mouse and Tab.
(() => {
  "use strict";

  const STORE = "eoffice.letters-off";
  const sheet = document.querySelector("[data-keysheet]");
  const off = document.querySelector("[data-letters-off]");
  let lettersOff = read();

  function read() {
    try {
      return localStorage.getItem(STORE) === "yes";
    } catch {
      return false;
    }
  }

  if (off) {
    off.checked = lettersOff;
    off.addEventListener("change", () => {
      lettersOff = off.checked;
      try {
        localStorage.setItem(STORE, lettersOff ? "yes" : "no");
      } catch {
        // Storage may be forbidden; the choice then lasts for this page.
      }
    });
  }

  const openSheet = (show) => {
    if (!sheet) return;
    if (show) {
      sheet.show();
      sheet.querySelector("[data-close]").focus();
    } else {
      sheet.close();
      if (location.hash === "#keysheet") history.replaceState(null, "", location.pathname + location.search);
    }
  };
  sheet?.querySelector("[data-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    openSheet(false);
  });
  for (const link of document.querySelectorAll('a[href="#keysheet"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openSheet(!sheet.open);
    });
  }

  const typing = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  // 'mod+Enter' for Ctrl or Command; letters regardless of case; other keys by name.
  function nameOf(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
  }

  function find(name) {
    const wanted = (scope) =>
      [...scope.querySelectorAll("[data-key]")].find(
        (element) => element.dataset.key.split(" ").includes(name) && element.getClientRects().length > 0,
      );
    const row = document.querySelector(".is-cursor");
    return (row && wanted(row)) || wanted(document);
  }

  function press(element) {
    if (element.matches("input[type=checkbox], input[type=radio]")) {
      element.click();
    } else if (element.matches("input, textarea, select, [contenteditable]")) {
      element.focus();
      element.select?.();
    } else {
      element.focus({ preventScroll: true });
      element.click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (event.key === "Escape" && sheet?.open) {
      openSheet(false);
      event.preventDefault();
      return;
    }
    const held = event.ctrlKey || event.metaKey;
    const busy = typing(event.target);
    if (busy && event.key === "Escape") {
      event.target.blur();
      return;
    }
    if (busy && !held) return;
    const name = nameOf(event);
    if (!held && name.length === 1 && lettersOff && name !== "?") return;
    // A focused link or button keeps its own Enter and Space.
    if ((name === "Enter" || name === " ") && event.target.closest("a, button, summary, input")) return;
    const element = find(name);
    if (!element) return;
    event.preventDefault();
    press(element);
  });
})();
