// Register: a cursor over the rows (J, K, Enter, X), ticking a range, the bar for what is ticked.
// Bound by: data-register on the table, data-open on the row's link, data-bulk, data-bulk-count,
// data-tick-all. Works without: yes; rows are links and boxes, acts are on each page.
(() => {
  "use strict";

  const typing = (element) =>
    element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio])");

  for (const table of document.querySelectorAll("[data-register]")) bind(table);

  function bind(table) {
    const rows = () => [...table.querySelectorAll(".item")];
    const current = () => table.querySelector(".item.is-cursor");
    const box = (row) => row.querySelector(".tick input");
    let lastTicked = null;

    function go(row, focus = true) {
      if (!row) return;
      current()?.classList.remove("is-cursor");
      row.classList.add("is-cursor");
      if (focus) row.querySelector("[data-open], a")?.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }

    function step(by) {
      const all = rows();
      const at = all.indexOf(current());
      go(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
    }

    function count() {
      const ticked = rows().filter((row) => box(row)?.checked).length;
      for (const bar of document.querySelectorAll("[data-bulk]")) {
        bar.hidden = ticked === 0;
        for (const place of bar.querySelectorAll("[data-bulk-count]")) place.textContent = String(ticked);
      }
    }

    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      let off = false;
      try {
        off = localStorage.getItem("eoffice.letters-off") === "yes";
      } catch {
        off = false;
      }
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (!off && key === "j") step(1);
      else if (!off && key === "k") step(-1);
      else if (!off && key === "x" && current()) box(current())?.click();
      else if (key === "Enter" && current() && !event.target.closest("a, button, summary, input")) {
        current().querySelector("[data-open], a")?.click();
      } else return;
      event.preventDefault();
    });

    table.addEventListener("focusin", (event) => {
      const row = event.target.closest(".item");
      if (row && row !== current()) go(row, false);
    });

    table.addEventListener("click", (event) => {
      const tick = event.target.closest(".tick input");
      if (!tick) return;
      const all = rows();
      const here = all.indexOf(tick.closest(".item"));
      if (event.shiftKey && lastTicked !== null) {
        const [from, to] = [Math.min(here, lastTicked), Math.max(here, lastTicked)];
        for (const row of all.slice(from, to + 1)) if (box(row)) box(row).checked = tick.checked;
      }
      lastTicked = here;
      count();
    });

    document.querySelector("[data-tick-all]")?.addEventListener("change", (event) => {
      for (const row of rows()) if (box(row)) box(row).checked = event.target.checked;
      count();
    });
    count();
  }
})();
