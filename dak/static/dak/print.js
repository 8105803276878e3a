// A button that prints the page. Bound by: data-print. Works without: yes, by the browser's own print.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
