// Decision view: ready phrases go into the line, the line goes with whichever verdict is chosen,
// sheets (PIN and the others) hold the focus and close by Esc.
// Bound by: data-phrase="…" with data-into="id of the field", data-carry="name" on hidden fields that
// take the line's words, data-trap on a sheet. Works without: phrases are links to the line; verdict
// buttons belong to the line's own form.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const phrase = event.target.closest?.("[data-phrase]");
    if (!phrase) return;
    const field = document.getElementById(phrase.dataset.into);
    if (!field) return;
    event.preventDefault();
    const before = field.value.trimEnd();
    field.value = before ? `${before} ${phrase.dataset.phrase}` : phrase.dataset.phrase;
    field.lang = /[\u0900-\u097f]/u.test(field.value) ? "hi" : "en";
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What was written in the line is not lost when a sheet with a form of its own opens.
  document.addEventListener("input", (event) => {
    for (const hidden of document.querySelectorAll("input[data-carry]")) {
      if (hidden.dataset.carry === event.target.name) hidden.value = event.target.value;
    }
  });

  const openSheet = () => [...document.querySelectorAll(".veil")].find((veil) => veil.getClientRects().length > 0);
  let cameFrom = null;

  function arrive() {
    const veil = openSheet();
    if (!veil) return;
    const first = veil.querySelector("[autofocus], input:not([type=hidden]), textarea, select, button");
    first?.focus();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && document.getElementById(link.hash.slice(1))?.matches(".veil")) cameFrom = link;
  });
  window.addEventListener("hashchange", () => {
    if (openSheet()) arrive();
    else cameFrom?.focus();
  });
  arrive();

  document.addEventListener(
    "keydown",
    (event) => {
      const veil = openSheet();
      if (!veil) return;
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        location.hash = "#main";
        return;
      }
      if (event.key !== "Tab") return;
      const stops = [...veil.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")].filter(
        (element) => !element.disabled && element.getClientRects().length > 0,
      );
      const [first, last] = [stops[0], stops.at(-1)];
      if (event.shiftKey && document.activeElement === first) {
        event.preventDefault();
        last.focus();
      } else if (!event.shiftKey && document.activeElement === last) {
        event.preventDefault();
        first.focus();
      }
    },
    true,
  );
})();
