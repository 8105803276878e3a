// Forms: no act twice, menus that close, file names and page counts told before sending.
// Bound by: data-submit-once, data-menu, data-upload, data-autosubmit, data-goes-on. Works without: yes.
(() => {
  "use strict";

  // A form sent once stays sent until the page is left: two clicks never make two movements.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || form.hasAttribute("data-many")) return;
    form.dataset.sent = "yes";
    for (const button of sendersOf(form)) button.setAttribute("aria-busy", "true");
  });

  // Back from the next page out of the browser's memory: the form may be sent again.
  window.addEventListener("pageshow", () => release(document));
  document.addEventListener("htmx:afterRequest", (event) => release(event.target));

  function sendersOf(form) {
    return [...form.elements].filter((element) => element instanceof HTMLButtonElement && element.type === "submit");
  }

  function release(scope) {
    const forms = scope instanceof HTMLFormElement ? [scope] : scope.querySelectorAll("form[data-sent]");
    for (const form of forms) {
      delete form.dataset.sent;
      for (const button of sendersOf(form)) button.removeAttribute("aria-busy");
    }
  }

  // A refused act stays focusable, but does nothing.
  document.addEventListener(
    "click",
    (event) => {
      if (event.target.closest?.('[aria-disabled="true"]')) event.preventDefault();
    },
    true,
  );

  // Menus close by Esc and by a click elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault();
    }
  });

  // A select that filters applies itself; the button stays for those without scripts.
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });

  // Uploads: names and sizes at once, drop allowed, too large is said before it is sent.
  for (const box of document.querySelectorAll("[data-upload]")) {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector("[data-upload-list]");
    if (!input || !list) continue;
    const cap = Number(box.dataset.maxBytes || 0);
    const show = () => {
      list.replaceChildren(
        ...[...input.files].map((file) => {
          const row = document.createElement("li");
          const size = `${(file.size / 1048576).toFixed(1)} MB`;
          const tooBig = cap > 0 && file.size > cap;
          row.textContent = tooBig ? `${file.name} · ${size}: ${box.dataset.tooBig}` : `${file.name} · ${size}`;
          row.className = tooBig ? "field-error" : "num";
          return row;
        }),
      );
    };
    input.addEventListener("change", show);
    for (const name of ["dragover", "dragleave", "drop"]) {
      box.addEventListener(name, (event) => {
        event.preventDefault();
        box.classList.toggle("is-over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) {
          input.files = event.dataTransfer.files;
          show();
          input.dispatchEvent(new Event("change", { bubbles: true }));
        }
      });
    }
  }

  // What only waited for a signature from elsewhere goes on by itself; not after an error, which is for reading.
  const waited = document.querySelector("form[data-goes-on]");
  if (waited && !document.querySelector(".field-error")) waited.requestSubmit();
  const onward = document.querySelector("a[data-goes-on]");
  if (onward) location.replace(onward.href);

  // Errors of a form are read out: the summary takes the focus when the page comes back with one.
  document.querySelector("[data-error-summary]")?.focus();
})();
