// My own note saves itself: two seconds after the last change, when the page is left, and again after a
// broken connection. A conflict (somebody wrote from another window) is said in words and never overwritten.
// Bound by: data-autosave="URL" on the form, data-saved (place of the words), data-t-saved, data-t-saving,
// data-t-failed. Works without: the button "Save".
(() => {
  "use strict";

  const PAUSE = 2000;
  const RETRY = 8000;

  for (const form of document.querySelectorAll("form[data-autosave]")) bind(form);

  function bind(form) {
    const words = form.querySelector("[data-saved]");
    let timer = 0;
    let changed = false;
    let running = false;
    let stopped = false;

    const say = (text, bad = false) => {
      if (!words) return;
      words.textContent = text;
      words.classList.toggle("is-bad", bad);
    };

    const clock = (at) =>
      new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Kolkata" }).format(at);

    function plan(after) {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, after);
    }

    async function save() {
      if (!changed || stopped) return;
      if (running) {
        plan(PAUSE);
        return;
      }
      running = true;
      changed = false;
      say(form.dataset.tSaving);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body: new FormData(form),
          headers: { Accept: "application/json", "X-Requested-With": "fetch" },
          credentials: "same-origin",
        });
        const facts = await answer.json().catch(() => ({}));
        if (answer.ok) {
          if (facts.version !== undefined && form.elements.version) form.elements.version.value = facts.version;
          say(`${form.dataset.tSaved} ${clock(facts.saved_at ? new Date(facts.saved_at) : new Date())}`);
        } else if (answer.status < 500) {
          // The state has moved on or may not be written: trying again would not help.
          stopped = true;
          say([facts.error?.message, facts.error?.remedy].filter(Boolean).join(" ") || form.dataset.tFailed, true);
        } else {
          throw new Error(String(answer.status));
        }
      } catch {
        changed = true;
        say(form.dataset.tFailed, true);
        plan(RETRY);
      } finally {
        running = false;
      }
    }

    form.addEventListener("input", () => {
      changed = true;
      plan(PAUSE);
    });
    form.addEventListener("submit", () => {
      stopped = true;
      changed = false;
      window.clearTimeout(timer);
    });
    // Another form of the page (an act) waits until the note is kept: what was typed goes with the file.
    document.addEventListener(
      "submit",
      async (event) => {
        if (event.target === form || !changed || stopped) return;
        const { target, submitter } = event;
        event.preventDefault();
        event.stopImmediatePropagation();
        window.clearTimeout(timer);
        await save();
        if (!changed && !stopped) target.requestSubmit(submitter);
      },
      true,
    );
    window.addEventListener("online", () => plan(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "hidden" || !changed || stopped) return;
      changed = false;
      navigator.sendBeacon(form.dataset.autosave, new FormData(form));
    });
    // Nothing typed is lost without a word.
    window.addEventListener("beforeunload", (event) => {
      if (changed && !stopped) event.preventDefault();
    });
  }
})();
