// Toolbar of the editor: one stop for Tab, arrow keys inside (roving focus), pressed state told.
const SPRITE = () => document.querySelector("svg.ic use")?.getAttribute("href")?.split("#")[0] ?? "";

export function iconOf(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "ic");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${SPRITE()}#i-${name}`);
  svg.append(use);
  return svg;
}

function button({ icon, label, wide, press }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = wide ? "btn btn-tool btn-wide" : "btn btn-tool";
  element.append(iconOf(icon));
  const words = document.createElement("span");
  words.textContent = label;
  if (!wide) {
    words.className = "visually-hidden";
    element.title = label;
  }
  element.append(words);
  element.tabIndex = -1;
  element.addEventListener("click", press);
  return element;
}

// `tools` is a list of {icon, label, press, wide, key, active} and null for a gap.
export function toolbar(label, tools) {
  const bar = document.createElement("div");
  bar.className = "tools";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", label);
  const states = [];
  for (const tool of tools) {
    if (tool === null) {
      const gap = document.createElement("span");
      gap.className = "sep";
      bar.append(gap);
      continue;
    }
    const element = button(tool);
    if (tool.key) element.dataset.key = tool.key;
    if (tool.active) states.push([element, tool.active]);
    bar.append(element);
  }
  const stops = [...bar.querySelectorAll("button")];
  if (stops[0]) stops[0].tabIndex = 0;
  bar.addEventListener("keydown", (event) => {
    const at = stops.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const target = stops[(next + stops.length) % stops.length];
    for (const stop of stops) stop.tabIndex = stop === target ? 0 : -1;
    target.focus();
  });
  return {
    bar,
    refresh: () => {
      for (const [element, active] of states) element.setAttribute("aria-pressed", String(active()));
    },
  };
}
