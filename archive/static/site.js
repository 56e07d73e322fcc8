// Beside the tables: what stands behind a number. Without this script each number leads to a page of its own.
(() => {
  "use strict";
  const card = document.getElementById("card");
  const panel = document.getElementById("panel");
  const cells = document.querySelectorAll("td.v > a[title]");
  const hideCard = () => { if (card) card.hidden = true; };
  const showCard = (link) => {
    if (!panel.hidden) return;
    card.replaceChildren(...link.dataset.notes.split("\n").map((line, n) => {
      const p = document.createElement("p");
      p.textContent = line;
      if (n === 0) p.className = "card-title";
      return p;
    }));
    card.hidden = false;
  };

  // Scrolls the original so that the marked cell is in sight.
  const showSpot = (inside) => {
    const here = inside.querySelector(".crop .here");
    const image = inside.querySelector(".crop img[data-x]");
    const box = (here || image)?.closest(".scroll");
    const centre = (x, y) => { box.scrollLeft = x - box.clientWidth / 2; box.scrollTop = y - box.clientHeight / 2; };
    if (here) centre(here.offsetLeft, here.offsetTop);
    if (image) {
      const whenThere = () => centre(image.dataset.x * image.clientWidth, image.dataset.y * image.clientHeight);
      if (image.complete) whenThere(); else image.addEventListener("load", whenThere);
    }
  };

  let opened = null;
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    document.body.classList.remove("with-panel");
    opened?.parentElement.classList.remove("open");
    opened?.focus();
    opened = null;
    history.replaceState(null, "", location.pathname + location.search);
  };
  const open = async (link) => {
    hideCard();
    opened?.parentElement.classList.remove("open");
    opened = link;
    link.parentElement.classList.add("open");
    const title = panel.querySelector(".panel-title");
    const body = panel.querySelector(".panel-body");
    title.textContent = link.dataset.notes.split("\n")[0];
    title.href = link.href;
    body.textContent = panel.dataset.wait;
    panel.hidden = false;
    document.body.classList.add("with-panel");
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
    panel.focus({ preventScroll: true });
    try {
      const answer = await fetch(`${link.pathname}?part=1`);
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (opened !== link) return;
      // Our own page, already escaped by the server; the policy forbids scripts in it.
      body.innerHTML = text;
      showSpot(body);
      copies(body);
    } catch {
      if (opened === link) body.textContent = panel.dataset.failed;
    }
  };
  const fromAddress = () => {
    const link = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (link && link.matches("td.v > a")) { open(link); link.scrollIntoView({ block: "center", inline: "nearest" }); }
  };

  if (card && panel) {
    cells.forEach((link) => {
      link.dataset.notes = link.title;
      link.removeAttribute("title");
      link.addEventListener("mouseenter", () => showCard(link));
      link.addEventListener("mouseleave", hideCard);
      link.addEventListener("focus", () => showCard(link));
      link.addEventListener("blur", hideCard);
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        history.replaceState(null, "", `#${link.id}`);
        open(link);
      });
    });
    panel.querySelector(".panel-close").addEventListener("click", close);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { hideCard(); close(); }
    });
    window.addEventListener("hashchange", fromAddress);
    fromAddress();
  }

  if (!panel) showSpot(document);

  document.querySelectorAll("[data-cells]").forEach((item) => {
    let keys = [];
    try { keys = JSON.parse(item.dataset.cells || "[]"); } catch { return; }
    const light = (on) => keys.forEach((key) => document.getElementById(key)?.parentElement.classList.toggle("lit", on));
    ["mouseenter", "focusin"].forEach((name) => item.addEventListener(name, () => light(true)));
    ["mouseleave", "focusout"].forEach((name) => item.addEventListener(name, () => light(false)));
  });

  // Buttons that copy a text of the page; they show only where this script runs. The panel's come later.
  const copies = (inside) => inside.querySelectorAll("button[data-copy]").forEach((button) => { button.hidden = false; });
  const copy = async (button) => {
    const text = document.getElementById(button.dataset.copy);
    try { await navigator.clipboard.writeText(text.textContent.trim()); } catch {
      getSelection().selectAllChildren(text); // no leave, or no TLS: select it, so that one key is enough
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.done;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (button) copy(button);
  });
  copies(document);

  // The language is in the address; the last choice is remembered for the next visit to the front page.
  const switcher = document.querySelector("a.lang");
  const store = { get: () => { try { return localStorage.getItem("lang"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("lang", value); } catch { /* private window: not remembered */ } } };
  switcher?.addEventListener("click", () => store.set(switcher.hreflang));
  const inside = document.referrer.startsWith(location.origin);
  if (switcher?.hreflang === "en" && store.get() === "en" && !inside && document.body.classList.contains("home")) {
    location.replace(switcher.href);
  }
})();
