// Choosing from a list under the toolbar: a page, a note, a ready sentence. Filter by typing, arrows, Enter, Esc.
export function picker(box, words) {
  let panel = null;
  let opener = null;

  function close(focus = true) {
    panel?.remove();
    panel = null;
    if (focus) opener?.focus();
  }

  function open(from, choices, choose) {
    const again = panel && opener === from;
    close(false);
    if (again) return;
    opener = from;
    panel = document.createElement("div");
    panel.className = "picker";
    const find = document.createElement("input");
    find.className = "form-control";
    find.type = "search";
    find.placeholder = words.find;
    find.setAttribute("aria-label", words.find);
    const list = document.createElement("ul");
    panel.append(find, list);
    box.querySelector(".tools").after(panel);

    const draw = () => {
      const wanted = find.value.trim().toLocaleLowerCase();
      const fitting = choices.filter((one) => one.text.toLocaleLowerCase().includes(wanted)).slice(0, 60);
      list.replaceChildren(
        ...fitting.map((one) => {
          const row = document.createElement("li");
          const button = document.createElement("button");
          button.type = "button";
          button.className = "btn";
          button.textContent = one.group ? `${one.text} · ${one.group}` : one.text;
          button.addEventListener("click", () => {
            close(false);
            choose(one);
          });
          row.append(button);
          return row;
        }),
      );
      if (fitting.length === 0) {
        const row = document.createElement("li");
        row.className = "muted";
        row.textContent = words.none;
        list.append(row);
      }
    };
    find.addEventListener("input", (event) => {
      event.stopPropagation();
      draw();
    });
    panel.addEventListener("keydown", (event) => {
      const stops = [find, ...list.querySelectorAll("button")];
      const at = stops.indexOf(document.activeElement);
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown") stops[Math.min(at + 1, stops.length - 1)].focus();
      else if (event.key === "ArrowUp") stops[Math.max(at - 1, 0)].focus();
      else if (event.key === "Enter" && document.activeElement === find) stops[1]?.click();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    draw();
    find.focus();
  }

  return { open, close };
}
