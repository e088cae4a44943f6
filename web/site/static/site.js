// What pages do by script: predictions and quizzes, the switcher's anchor, wide boxes by keyboard.
// Without it everything is readable: reasons and outputs are open, all links work.
"use strict";

/* Predictions and quizzes ------------------------------------------------------------------ */

// What a prediction hides, by element: the predictions that hide it.
const hidden = new Map();

// The cell that a prediction asks about: the one in which it stands, between the code and its
// output; else the first one after it, whose code the text before it has shown.
function cellOf(form) {
  return (
    form.closest("div.cell") ??
    [...document.querySelectorAll("div.cell")].find(
      (candidate) => form.compareDocumentPosition(candidate) & Node.DOCUMENT_POSITION_FOLLOWING,
    )
  );
}

// Hides what would give the answer away: the output of the prediction's cell, and all that follows
// the cell up to the next heading. Returns a function that shows it again and gives the output.
function fold(form) {
  const cell = cellOf(form);
  if (!cell) return () => null;
  const output = cell.querySelector(".cell_output");
  const parts = output ? [output] : [];
  for (let next = cell.nextElementSibling; next && !next.matches("section"); next = next.nextElementSibling) {
    parts.push(next);
  }
  const card = document.createElement("a");
  card.className = "zq-folded";
  card.href = `#${form.id}`;
  card.textContent = form.dataset.folded;
  if (output) output.before(card);
  else cell.append(card);
  for (const part of parts) {
    if (!hidden.has(part)) hidden.set(part, new Set());
    hidden.get(part).add(form);
    part.classList.add("is-folded");
  }
  return () => {
    card.remove();
    for (const part of parts) {
      hidden.get(part).delete(form);
      if (!hidden.get(part).size) part.classList.remove("is-folded");
    }
    return output ?? cell;
  };
}

// A link from the verdict to what happened, which stands below all the answers.
function leadOn(form, target) {
  target.id ||= `${form.id}-run`;
  const link = document.createElement("a");
  link.className = "zq-see";
  link.href = `#${target.id}`;
  link.textContent = `${form.dataset.see} ↓`;
  form.querySelector(".zq-verdict").after(link);
}

function judge(form, chosen, quiet = false) {
  const right = chosen.dataset.n === form.dataset.answer;
  const verdict = form.querySelector(".zq-verdict");
  verdict.setAttribute("aria-live", quiet ? "off" : "polite");
  const reason = document.createElement("span");
  reason.className = "visually-hidden"; // stands under the answer already; here it is announced
  reason.textContent = ` ${chosen.querySelector(".zq-reason").textContent.trim()}`;
  verdict.replaceChildren(right ? verdict.dataset.right : verdict.dataset.wrong, reason);
  verdict.classList.toggle("is-right", right);
  verdict.classList.toggle("is-wrong", !right);
  chosen.classList.add("is-open", right ? "is-right" : "is-wrong");
}

const chosenIn = (form) => form.querySelector("input:checked")?.closest(".zq-answer");

// Other scripts hear of an answer by "zq-answer", and give one back quietly by "zq-restore".
function tell(form) {
  const detail = Number(chosenIn(form).dataset.n);
  form.dispatchEvent(new CustomEvent("zq-answer", { bubbles: true, detail }));
}

function onRestore(form, then) {
  form.addEventListener("zq-restore", (event) => {
    form.querySelector(`input[value="${event.detail}"]`).checked = true;
    then();
  });
}

// A question is judged when its answer is committed, never while one moves among the answers by
// arrow keys; the first answer is kept. A prediction then shows what happened.
function setUpQuestion(form) {
  const unfold = form.matches(".zq-predict") ? fold(form) : () => null;
  const commit = form.querySelector(".zq-commit");
  commit.disabled = true;
  form.addEventListener("change", () => (commit.disabled = false));
  function settle(quiet) {
    if (!commit.isConnected) return;
    judge(form, chosenIn(form), quiet);
    for (const answer of form.querySelectorAll(".zq-answer")) {
      answer.classList.add("is-open", ...(answer.dataset.n === form.dataset.answer ? ["is-right"] : []));
      answer.querySelector("input").disabled = true;
    }
    form.classList.add("is-committed");
    commit.remove();
    const run = unfold();
    if (run) leadOn(form, run);
  }
  onRestore(form, () => settle(true));
  commit.addEventListener("click", () => {
    settle(false);
    const verdict = form.querySelector(".zq-verdict");
    verdict.tabIndex = -1;
    verdict.focus({ preventScroll: true }); // the button that had the focus is gone
    verdict.scrollIntoView({ block: "nearest" });
    tell(form);
  });
}

/* Frame ------------------------------------------------------------------------------------ */

// The other language opens at the same place, and a search page with the same query. The choice is
// kept: the page above both languages leads there from now on.
function keepPlace(link) {
  const address = link.getAttribute("href");
  link.addEventListener("click", () => {
    link.setAttribute("href", address + location.search + location.hash);
    try {
      localStorage.setItem("zeromq-companion.language", link.hreflang);
    } catch {
      // Where nothing is stored, the browser's language decides each time.
    }
  });
}

// The button for colours names the state that it has: furo's script keeps it on the body.
function nameTheme() {
  const [auto, light, dark] = document.querySelector(".frame").dataset.themes.split("|");
  const name = { light, dark }[document.body.dataset.theme] ?? auto;
  for (const button of document.querySelectorAll(".theme-toggle")) {
    const label = button.querySelector("[data-theme-name]");
    if (label) label.textContent = name;
    else button.ariaLabel = button.title = name;
  }
}

// On paper, too, a lesson has two forms: the students' has no answers.
function printFor(reader) {
  document.documentElement.dataset.printFor = reader;
  print();
}

// A box that scrolls sideways can be reached and scrolled by keyboard, and says what it is.
const BOXES = "pre, .table-wrapper, .cell_output .output, .zl-lang, .zl-scroll, .recorded";
const AUTO = { contentVisibilityAuto: true };

function markWide() {
  const boxes = [...document.querySelectorAll(BOXES)].filter(
    // Far from the window the browser has not laid out code, and its width is not known.
    (box) => box.tagName !== "PRE" || (box.firstElementChild?.checkVisibility?.(AUTO) ?? true),
  );
  mark(boxes);
}

function mark(boxes) {
  const label = document.querySelector(".frame").dataset.wordWide;
  const wide = boxes.map((box) => box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible");
  for (const [n, box] of boxes.entries()) {
    if (wide[n] && !box.hasAttribute("tabindex")) {
      box.tabIndex = 0;
      if (!box.hasAttribute("role")) box.setAttribute("role", "group");
      if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", label);
      box.dataset.wide = "";
    } else if (!wide[n] && "wide" in box.dataset) {
      for (const name of ["tabindex", "role", "aria-label", "data-wide"]) box.removeAttribute(name);
    }
  }
}

document.querySelectorAll("form.zq").forEach(setUpQuestion);
document.querySelectorAll("form.zq").forEach((form) =>
  form.addEventListener("submit", (event) => event.preventDefault()),
);
document.querySelectorAll("a.language").forEach(keepPlace);
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => printFor(button.dataset.print));
}
addEventListener("afterprint", () => delete document.documentElement.dataset.printFor);
if (document.querySelector(".theme-toggle")) {
  nameTheme();
  new MutationObserver(nameTheme).observe(document.body, { attributeFilter: ["data-theme"] });
}
document.querySelector(".page-contents")?.addEventListener("click", (event) => {
  const contents = event.currentTarget;
  if (event.target.closest("a") && contents.matches(":popover-open")) contents.hidePopover();
});
addEventListener("load", markWide);
addEventListener("resize", markWide);
document.addEventListener("contentvisibilityautostatechange", (event) => {
  if (!event.skipped) mark([event.target]);
}, true); // code came near the window
document.addEventListener("toggle", markWide, true); // a fold opened
document.addEventListener("click", markWide); // a prediction unfolded
