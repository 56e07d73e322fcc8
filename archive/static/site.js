// The card that explains a cell, and the cells of a finding lit up. Without this script the tooltips and links remain.
(() => {
  "use strict";
  const card = document.getElementById("card");
  const cells = document.querySelectorAll("td.v > a[title]");
  const show = (link) => {
    card.replaceChildren();
    link.dataset.notes.split("\n").forEach((line, n) => {
      const p = document.createElement("p");
      p.textContent = line;
      if (n === 0) p.className = "card-title";
      card.append(p);
    });
    card.hidden = false;
  };
  const hide = () => { card.hidden = true; };
  if (card) {
    cells.forEach((link) => {
      link.dataset.notes = link.title;
      link.removeAttribute("title");
      link.addEventListener("mouseenter", () => show(link));
      link.addEventListener("mouseleave", hide);
      link.addEventListener("focus", () => show(link));
      link.addEventListener("blur", hide);
      link.addEventListener("click", () => show(link));
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  }
  document.querySelectorAll("[data-cells]").forEach((item) => {
    let keys = [];
    try { keys = JSON.parse(item.dataset.cells || "[]"); } catch { return; }
    const light = (on) => keys.forEach((key) => document.getElementById(key)?.parentElement.classList.toggle("lit", on));
    ["mouseenter", "focusin"].forEach((name) => item.addEventListener(name, () => light(true)));
    ["mouseleave", "focusout"].forEach((name) => item.addEventListener(name, () => light(false)));
  });
})();
