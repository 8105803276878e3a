// Papers: page by page, zoom, flags that lead to a page, reading mode, the divider, a paper beside the draft.
// Bound by: data-viewer, data-sheet, data-page-step, data-page-now, data-zoom, data-reading, data-divider,
// data-paper-link, data-paper-place, data-beside, data-scroll-end. Works without: links and anchors lead to the same places.
(() => {
  "use strict";

  const STORE = "eoffice.note-side";
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const memory = {
    get: () => {
      try {
        return Number(localStorage.getItem(STORE)) || 0;
      } catch {
        return 0;
      }
    },
    set: (share) => {
      try {
        localStorage.setItem(STORE, String(share));
      } catch {
        // The width then lasts for this page only.
      }
    },
  };

  let fading = 0;
  const place = () => document.querySelector("[data-paper-place] [data-paper-body]");
  const sheetIn = (scope) => scope?.querySelector("[data-sheet]");
  const pagesIn = (sheet) => [...sheet.querySelectorAll("[data-ref]")];

  for (const viewer of document.querySelectorAll("[data-viewer]")) ready(viewer);
  for (const divider of document.querySelectorAll("[data-divider]")) makeDivider(divider);
  // Whoever holds the file begins at the newest note and the own draft.
  // The strip of desks begins with the oldest; what matters is where the file is now.
  const here = document.querySelector(".steps [aria-current]");
  if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;

  for (const pane of document.querySelectorAll("[data-scroll-end]")) {
    if (!location.hash) pane.scrollTop = pane.scrollHeight;
  }
  openFolded(location.hash);
  window.addEventListener("hashchange", () => openFolded(location.hash));

  function ready(viewer) {
    for (const hidden of viewer.querySelectorAll("[data-zoom], [data-reading]")) hidden.hidden = false;
    if (viewer.closest("[data-paper-place]")) viewer.querySelector("[data-reading]")?.remove();
    const sheet = sheetIn(viewer);
    if (!sheet) return;
    sheet.addEventListener("scroll", () => window.requestAnimationFrame(() => tell(viewer)), { passive: true });
    const asked = location.hash && sheet.querySelector(`#${CSS.escape(location.hash.slice(1))}`);
    if (asked) show(asked);
    tell(viewer);
  }

  // The page that fills most of the sheet is the one being read.
  function present(sheet) {
    const middle = sheet.getBoundingClientRect().top + sheet.clientHeight / 2;
    return pagesIn(sheet).findLast((page) => page.getBoundingClientRect().top <= middle) ?? pagesIn(sheet)[0];
  }

  function tell(viewer) {
    const now = viewer.querySelector("[data-page-now]");
    const page = present(sheetIn(viewer));
    if (now && page) {
      now.textContent = `${now.dataset.tPage} ${page.dataset.number} ${now.dataset.tOf} ${now.dataset.total}`;
    }
  }

  function show(page) {
    const sheet = page.closest("[data-sheet]");
    const shift = page.getBoundingClientRect().top - sheet.getBoundingClientRect().top;
    sheet.scrollTo({ top: sheet.scrollTop + shift - 16, behavior: calm ? "auto" : "smooth" });
    for (const other of document.querySelectorAll(".is-shown")) other.classList.remove("is-shown");
    page.classList.add("is-shown");
    window.clearTimeout(fading);
    fading = window.setTimeout(() => page.classList.remove("is-shown"), 2500);
  }

  // A note that is folded opens when a link leads to it.
  function openFolded(hash) {
    const target = hash.length > 1 ? document.getElementById(hash.slice(1)) : null;
    if (target?.matches("details")) target.open = true;
    if (target?.matches(".note, .mini")) target.scrollIntoView({ block: "nearest" });
  }

  // Another paper comes into the page without leaving it, so that an unsaved note stays.
  async function bring(address, into, ref) {
    into.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-viewer]");
      if (!fresh) throw new Error("no papers");
      const beside = into.matches("[data-paper-body]");
      const adopted = document.adoptNode(fresh);
      if (beside) into.replaceChildren(adopted);
      else into.replaceWith(adopted);
      if (!beside) history.replaceState(null, "", address);
      ready(adopted);
      const wanted = ref ? adopted.querySelector(`[data-ref="${CSS.escape(ref)}"]`) : null;
      if (wanted) show(wanted);
    } catch {
      location.assign(address);
    } finally {
      into.removeAttribute("aria-busy");
    }
  }

  function besideOpen(open) {
    document.querySelector("[data-beside]")?.classList.toggle("has-paper", open);
  }

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const on = (selector) => event.target.closest?.(selector);
    const step = on("[data-page-step]");
    const zoom = on("[data-zoom]:not([data-sheet])");
    const flag = on("a.flag[data-ref]");
    const link = on("a[data-paper-link]");
    if (step) stepPage(event, step);
    else if (zoom) zoomBy(zoom);
    else if (on("[data-reading]")) reading(on("[data-reading]"));
    else if (on("[data-paper-close]")) besideOpen(false);
    else if (flag) follow(event, flag.dataset.ref, flag.getAttribute("href"));
    else if (link) follow(event, "", link.getAttribute("href"));
  });

  function stepPage(event, control) {
    const sheet = sheetIn(control.closest("[data-viewer]"));
    const pages = pagesIn(sheet);
    const next = pages[pages.indexOf(present(sheet)) + Number(control.dataset.pageStep)];
    if (next) {
      event.preventDefault();
      show(next);
    } else if (control.getAttribute("href") === "#papers") {
      event.preventDefault();
    } else {
      follow(event, "", control.getAttribute("href"));
    }
  }

  function follow(event, ref, address) {
    if (!address) return;
    if (ref.startsWith("note:") || (ref && address.startsWith("#") && !ref.startsWith("paper:"))) return;
    const here = ref ? document.querySelector(`[data-sheet] [data-ref="${CSS.escape(ref)}"]`) : null;
    if (here) {
      event.preventDefault();
      besideOpen(true);
      show(here);
      return;
    }
    const into = place() ?? document.querySelector("[data-viewer]");
    if (!into || address.startsWith("#")) return;
    event.preventDefault();
    besideOpen(true);
    bring(address, into, ref);
  }

  function zoomBy(control) {
    const sheet = sheetIn(control.closest("[data-viewer]"));
    const level = Math.min(3, Math.max(1, Number(sheet.dataset.zoom || 1) + Number(control.dataset.zoom)));
    sheet.dataset.zoom = String(level);
  }

  function reading(control) {
    const split = control.closest(".split");
    if (!split) return;
    const on = split.classList.toggle("is-reading");
    control.setAttribute("aria-pressed", String(on));
  }

  document.addEventListener("keydown", (event) => {
    const split = document.querySelector(".split.is-reading");
    if (event.key === "Escape" && split) {
      event.preventDefault();
      event.stopPropagation();
      split.querySelector("[data-reading]")?.click();
    }
  }, true);

  function makeDivider(divider) {
    const split = divider.closest(".split");
    const set = (share, keep = true) => {
      const safe = Math.round(Math.min(75, Math.max(25, share)) * 10) / 10;
      split.style.setProperty("--share", String(safe));
      divider.setAttribute("aria-valuenow", String(Math.round(safe)));
      if (keep) memory.set(safe);
    };
    const share = () => Number(divider.getAttribute("aria-valuenow"));
    const wide = { tabindex: "0", role: "separator", "aria-orientation": "vertical" };
    const limits = { "aria-valuemin": "25", "aria-valuemax": "75", "aria-label": divider.dataset.label };
    for (const [name, value] of Object.entries({ ...wide, ...limits })) divider.setAttribute(name, value);
    set(memory.get() || 52.5, false);

    divider.addEventListener("pointerdown", (event) => {
      divider.setPointerCapture(event.pointerId);
      divider.classList.add("is-dragged");
    });
    divider.addEventListener("pointermove", (event) => {
      if (!divider.hasPointerCapture(event.pointerId)) return;
      const box = split.getBoundingClientRect();
      set(((event.clientX - box.left) / box.width) * 100);
    });
    divider.addEventListener("lostpointercapture", () => divider.classList.remove("is-dragged"));
    divider.addEventListener("dblclick", () => set(52.5));
    divider.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: share() - 2.5, ArrowRight: share() + 2.5, Home: 25, End: 75, Enter: 52.5 };
      if (!(event.key in moves)) return;
      event.preventDefault();
      event.stopPropagation();
      set(moves[event.key]);
    });
  }
})();
