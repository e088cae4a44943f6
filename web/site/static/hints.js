// What a marked term means, beside it: on hover, on keyboard focus, on tap (WCAG 1.4.13).
// Without it a term is a link to the glossary, which it stays: a click or Enter follows it, a tap
// shows the hint first.
"use strict";

(() => {
  const LATER = 250; // ms: so long a pointer may be on its way from the term to the hint
  const EDGE = 8;
  const GAP = 4;
  let open = null; // {term, hint}
  let closing = 0;
  let opening = 0;
  let tapped = null; // the term on which a finger came down while its hint was shut

  // Below the term where there is room, else above, and always inside the window's width.
  function place({ term, hint }) {
    const lines = term.getClientRects();
    const box = lines[lines.length - 1];
    const top = lines[0].top;
    const { clientWidth, clientHeight } = document.documentElement;
    const { width, height } = hint.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(box.left, clientWidth - EDGE - width));
    const below = box.bottom + GAP;
    const above = top - GAP - height;
    const header = document.querySelector(".site-header").getBoundingClientRect().bottom;
    const y = below + height > clientHeight && above > header ? above : below;
    hint.style.left = `${left + scrollX}px`;
    hint.style.top = `${y + scrollY}px`;
  }

  function show(term, tapping = false) {
    clearTimeout(closing);
    clearTimeout(opening);
    if (open?.term === term) return;
    hide();
    const text = document.getElementById(term.getAttribute("aria-describedby"));
    const hint = text?.closest(".term-hint");
    if (!hint?.showPopover) return; // an old browser: the term stays a link
    term.after(hint); // its link comes next by Tab
    hint.showPopover();
    term.classList.add("is-open");
    open = { term, hint };
    place(open);
    // In a low window (200 %, a phone on its side) it may have room on neither side. A finger or the
    // keyboard brings it into view; below a pointer the page stays where it is.
    if (!term.matches(":hover") || tapping) hint.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    clearTimeout(closing);
    clearTimeout(opening);
    if (!open) return;
    open.term.classList.remove("is-open");
    open.hint.hidePopover();
    open = null;
  }

  const hideLater = () => {
    clearTimeout(opening);
    clearTimeout(closing);
    closing = setTimeout(hide, LATER);
  };
  const inside = (node) => open && (open.term.contains(node) || open.hint.contains(node));

  for (const term of document.querySelectorAll("a.term")) {
    term.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "touch") return;
      clearTimeout(closing);
      opening = setTimeout(() => show(term), 120); // a pointer that only passes shows nothing
    });
    term.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch" && document.activeElement !== term) hideLater();
      else clearTimeout(opening);
    });
    term.addEventListener("focus", () => {
      if (term.matches(":focus-visible")) show(term);
    });
    term.addEventListener("pointerdown", (event) => {
      tapped = event.pointerType === "touch" && open?.term !== term ? term : null;
    });
    term.addEventListener("click", (event) => {
      if (tapped !== term) return;
      tapped = null;
      event.preventDefault();
      show(term, true);
    });
  }

  for (const hint of document.querySelectorAll(".term-hint")) {
    hint.addEventListener("pointerenter", () => clearTimeout(closing));
    hint.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch" && !inside(document.activeElement)) hideLater();
    });
  }

  document.addEventListener("focusin", (event) => {
    if (open && !inside(event.target)) hide();
  });
  document.addEventListener("focusout", (event) => {
    if (inside(event.target) && !inside(event.relatedTarget) && !open.hint.matches(":hover")) hideLater();
  });
  document.addEventListener("pointerdown", (event) => {
    if (open && !inside(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open) return;
    if (open.hint.contains(document.activeElement)) open.term.focus({ preventScroll: true });
    hide();
  });
  addEventListener("resize", () => open && place(open));
})();
