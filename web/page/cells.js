// Cells that run in the page: Run, Stop, Reset, Run to here, an editor, live output beside the
// recording, and Check for exercises. Driven from outside by data-cell-state and data-action.
import { able, FetchError, module } from "./python.js";
import { announce, data, make, root, say, words } from "./data.js";
import { editOf, keepEdit, nameOf } from "./edits.js";
import { session } from "./session.js";

const CELLS = "#furo-main-content div.cell";
const BUSY = ["queued", "starting", "running"];
const TICK = 1000; // ms between two looks at a cell that runs
const LONG = 3; // seconds after which a running cell says how long it has run
const SLOW = 30_000; // ms after which a start counts as slow

const megabytes = (octets) => (octets / 1e6).toFixed(1);

let cells = [];
let upgrade = null; // editor.js, once it is there

class Cell {
  constructor(element, number, facts) {
    this.element = element;
    this.number = number;
    this.facts = facts;
    this.pre = element.querySelector(".cell_input pre");
    this.original = this.pre.textContent.replace(/\n+$/, "");
    this.recorded = element.querySelector(":scope > .cell_output");
    this.key = facts.check ? `exercise ${facts.check}` : nameOf(this.original);
    this.ranIn = -1;
    this.live = null;
    this.text = editOf(data.page, this.key) ?? this.original;
  }

  /* What stands on the page ----------------------------------------------------------------- */

  setUp() {
    this.buildEditor();
    this.buildBar();
    this.live = make("div", { className: "cell_output cell-live", hidden: true, data: { cellOutput: "" } });
    (this.recorded ?? this.bar).after(this.live);
    if (this.facts.check) {
      this.verdict = make("div", { className: "cell-verdict", data: { verdict: "not-yet" } });
      this.bar.after(this.verdict);
    }
    this.setState("idle");
    this.showEdited();
  }

  buildEditor() {
    const holder = this.pre.parentElement;
    holder.classList.add("cell-code");
    this.label = say("editor", { n: this.number + 1 });
    const area = make("textarea", {
      className: "cell-textarea",
      value: this.text,
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
      wrap: "off",
      ariaLabel: this.label,
      data: { cellEditor: "" },
    });
    area.addEventListener("input", () => this.changed(area.value));
    area.addEventListener("scroll", () => (this.pre.scrollLeft = area.scrollLeft));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        runCell(this);
      }
    });
    holder.append(area);
    this.area = area;
    if (this.text !== this.original) this.paint();
  }

  // The code below the transparent textarea: what is seen, copied and printed.
  paint() {
    const text = `${this.text}\n`;
    this.pre.replaceChildren(document.createElement("span"), text);
    this.pre.style.setProperty("--lines", text.split("\n").length - 1);
  }

  replaceEditor() {
    if (this.editor) return;
    const { area } = this;
    const focused = document.activeElement === area;
    const parent = make("div", { className: "cell-codemirror" });
    area.parentElement.after(parent);
    this.editor = upgrade({
      parent,
      text: this.text,
      label: this.label,
      selection: area.selectionStart,
      onChange: (text) => this.changed(text),
      onRun: () => runCell(this),
    });
    area.parentElement.hidden = true;
    area.remove();
    if (focused) this.editor.focus();
  }

  button(action, label, press, properties = {}) {
    const button = make("button", { type: "button", className: "cell-button", textContent: label, data: { action }, ...properties });
    button.addEventListener("click", press);
    return button;
  }

  buildBar() {
    const saves = navigator.connection?.saveData && !session.python;
    const name = saves ? say("run_size", { mb: data.megabytes }) : words.run;
    this.run = this.button("run", name, () => runCell(this));
    this.stop = this.button("stop", words.stop, () => stopCell(this), { hidden: true });
    this.reset = this.button("reset", words.reset, () => this.goBack(), { hidden: true });
    this.bar = make("div", { className: "cell-bar" });
    if (this.facts.check) {
      this.check = this.button("check", words.check, () => checkCell(this));
      this.check.classList.add("is-primary");
      this.bar.append(this.check);
    }
    this.above = this.button("run-above", words.above, () => runAbove(this), {
      hidden: this.number === 0 || Boolean(this.facts.alone),
    });
    this.status = make("span", { className: "cell-status" });
    this.shown = make("span", { className: "cell-shown", role: "group", ariaLabel: words.output_shown, hidden: true });
    this.showRecorded = this.button("recorded", words.recorded, () => this.show("recorded"));
    this.showYours = this.button("yours", words.yours, () => this.show("yours"));
    this.shown.append(this.showRecorded, this.showYours);
    this.bar.append(this.run, this.stop, this.above, this.reset, this.shown, this.status);
    const input = this.element.querySelector(":scope > .fold-plumbing, :scope > .cell_input");
    input.after(this.bar);
  }

  setState(state, said = "") {
    const before = this.state;
    this.state = state;
    this.element.dataset.cellState = state;
    const busy = BUSY.includes(state);
    for (const button of [this.run, this.above, this.check]) button?.setAttribute("aria-disabled", String(busy));
    const hadFocus = document.activeElement === this.stop;
    this.stop.hidden = !busy;
    this.stop.textContent = state === "starting" ? words.cancel : words.stop;
    if (hadFocus && !busy) this.run.focus(); // the button that had the focus is gone
    this.say(said || (words[`state_${state}`] ?? ""));
    if (before && !busy && state !== "idle") announce(`${this.label}: ${this.status.textContent}`);
    this.showReset();
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  showReset() {
    this.reset.hidden = BUSY.includes(this.state) || (this.text === this.original && this.state === "idle");
  }

  /* Code and output ------------------------------------------------------------------------- */

  changed(text) {
    if (text === this.text) return;
    this.text = text;
    this.paint();
    const kept = keepEdit(data.page, this.key, text === this.original ? null : text);
    if (!kept) this.say(words.not_kept);
    this.editor?.markError(0);
    this.showEdited();
  }

  showEdited() {
    this.element.classList.toggle("is-edited", this.text !== this.original);
    this.showReset();
  }

  // Back to the code as the page has it, and to the recording.
  goBack() {
    this.changed(this.original);
    if (this.editor) this.editor.text = this.original;
    else this.area.value = this.original;
    this.live.replaceChildren();
    this.hasOwn = false;
    this.shown.hidden = true;
    this.show("recorded");
    if (this.verdict) this.setVerdict("not-yet");
    this.setState("idle");
    this.run.focus();
  }

  show(which) {
    const yours = which === "yours";
    this.which = which;
    this.live.hidden = !yours || !this.live.childElementCount;
    if (this.recorded) this.recorded.hidden = yours;
    this.showRecorded.setAttribute("aria-pressed", String(!yours));
    this.showYours.setAttribute("aria-pressed", String(yours));
    this.keepFolded();
  }

  // What an open prediction folds stays folded, whoever ran the cell.
  keepFolded() {
    const open = Boolean(this.element.querySelector(".zq-folded"));
    this.live.classList.toggle("is-folded", open || Boolean(this.recorded?.classList.contains("is-folded")));
  }

  beginOutput() {
    this.live.replaceChildren();
    this.editor?.markError(0);
    this.show("yours");
    this.shown.hidden = !this.recorded;
  }

  write(kind, text, into = this.live) {
    const name = { stdout: "stream", stderr: "stderr", error: "traceback", text: "text_plain", html: "text_html" }[kind];
    let block = into.lastElementChild;
    if (kind === "html") {
      block = make("div", { className: `output ${name}` });
      block.innerHTML = text;
      into.append(block);
    } else {
      if (!block?.classList.contains(name) || kind === "text") {
        block = make("div", { className: `output ${name}` }, make("div", { className: "highlight" }, make("pre")));
        into.append(block);
      }
      block.querySelector("pre").append(text);
      const pre = block.querySelector("pre");
      pre.style.setProperty("--lines", pre.textContent.split("\n").length);
    }
    if (into === this.live) this.show(this.which);
    into.dispatchEvent(new CustomEvent("cell-output", { bubbles: true, detail: block }));
  }

  setVerdict(verdict) {
    this.verdict.dataset.verdict = verdict;
    if (verdict === "not-yet") this.verdict.replaceChildren();
  }
}

/* The queue --------------------------------------------------------------------------------- */

// A job: the cell to run, and whether its answer is checked afterwards.
let queue = [];
let pumping = false;
let slow = 0;

const waiting = (cell) => queue.some((job) => job.cell === cell);

// The cells that must have run before, and have not in this Python.
function needed(cell) {
  return cell.facts.needs
    .map((number) => cells[number])
    .filter((one) => one && one !== cell && !one.elsewhere && one.ranIn !== session.generation && !waiting(one));
}

function enqueue(jobs) {
  if (!jobs.length) return;
  for (const job of jobs) {
    job.cell.setState(session.python ? "queued" : "starting");
    if (job.cell.verdict && (job.checks || job.cell.verdict.dataset.verdict !== "passed")) job.cell.setVerdict("not-yet");
  }
  queue.push(...jobs);
  pump();
}

const idle = (cell) => !BUSY.includes(cell.state);

export function runCell(cell) {
  if (idle(cell)) enqueue([...needed(cell).map((one) => ({ cell: one })), { cell }]);
}

function checkCell(cell) {
  if (idle(cell)) enqueue([...needed(cell).map((one) => ({ cell: one })), { cell, checks: true }]);
}

function runAbove(cell) {
  const those = cells.slice(0, cells.indexOf(cell) + 1).filter((one) => one && !one.elsewhere && idle(one));
  if (idle(cell)) enqueue(those.map((one) => ({ cell: one })));
}

function stopCell(cell) {
  const [first] = queue;
  if (first?.cell === cell && session.python) {
    drop(queue.splice(1), "idle");
    session.stop();
  } else if (!session.python) {
    session.cancelStart();
  } else {
    const at = queue.findIndex((job) => job.cell === cell);
    drop(queue.splice(at), "stopped"); // and those that were to follow
  }
}

function drop(jobs, state, said = "") {
  for (const { cell } of jobs) cell.setState(state, said);
}

function sayProgress(kind, done, all) {
  const text = kind === "starting" ? words.state_starting : say("fetching", { done: megabytes(done), all: megabytes(all) });
  for (const { cell } of queue) cell.say(text);
}

async function pump() {
  if (pumping) return;
  pumping = true;
  try {
    while (queue.length) {
      if (!session.python && !(await startForQueue())) continue;
      if (queue.length) await runJob(queue[0]);
    }
  } finally {
    pumping = false;
  }
}

async function startForQueue() {
  slow = setTimeout(() => drop(queue, "starting", words.slow), SLOW);
  try {
    await session.start(sayProgress);
    if (queue.length) drop(queue, "queued");
    return true;
  } catch (error) {
    const jobs = queue.splice(0);
    if (error?.name === "AbortError") drop(jobs, "stopped", words.cancelled);
    else if (error instanceof FetchError || error instanceof TypeError) drop(jobs, "failed", say("not_fetched", { name: error.message }));
    else drop(jobs, "failed", say("not_started", { why: error.message }));
    return false;
  } finally {
    clearTimeout(slow);
  }
}

async function runJob(job) {
  const { cell } = job;
  cell.setState("running");
  cell.beginOutput();
  const began = performance.now();
  const watching = setInterval(() => watch(cell, began), TICK);
  let result;
  try {
    result = await runAndCheck(job);
  } catch (error) {
    result = { state: "failed", error: { name: error.name, message: error.message, line: 0 } };
    cell.write("error", `${error.name}: ${error.message}`);
  } finally {
    clearInterval(watching);
  }
  queue = queue.filter((one) => one !== job);
  finish(cell, result, (performance.now() - began) / 1000);
  loadEditor().catch(() => {}); // without it the textareas stay
}

async function watch(cell, began) {
  const seconds = Math.round((performance.now() - began) / 1000);
  if (seconds < LONG || cell.state !== "running" || !session.python) return;
  const busy = await session.isBusy();
  if (cell.state === "running") cell.say(say(busy ? "busy" : "runs_on", { s: seconds }));
}

async function runAndCheck({ cell, checks }) {
  const handlers = {
    onOutput: (kind, text) => cell.write(kind, text),
    onDisplay: (kind, text) => cell.write(kind, text),
    onEvent: () => {},
  };
  const result = await session.run(cell.text, handlers, `cell ${cell.number + 1}`);
  if (!checks) return result;
  if (result.state === "failed") cell.setVerdict("not-right");
  if (result.state !== "done") return result;
  const said = make("div");
  const verdict = await session.run(cell.facts.checks, {
    onOutput: (kind, text) => cell.write(kind, text, said),
    onDisplay: (kind, text) => cell.write(kind, text, said),
    onEvent: () => {},
  });
  if (verdict.state !== "done") {
    cell.verdict.replaceChildren(said);
    return verdict;
  }
  judge(cell, verdict.verdict ?? "not yet", said);
  return result;
}

function judge(cell, state, said) {
  cell.setVerdict(state.replace(" ", "-"));
  cell.verdict.replaceChildren(...said.children);
  if (state === "passed") {
    document.dispatchEvent(new CustomEvent("exercise-passed", { detail: cell.facts.check }));
  }
  announce(cell.verdict.querySelector(`.zl-lang[lang="${data.language}"]`)?.textContent ?? state);
}

function finish(cell, { state, error, lost }, seconds) {
  if (lost) {
    for (const one of cells) if (one) one.ranIn = -1;
    cell.setState("stopped", words.restarted);
    session.start(sayProgress).catch(() => {}); // so that the next Run is quick
    return;
  }
  cell.ranIn = session.generation;
  if (state === "done" || (state === "failed" && cell.facts.raises)) {
    const { python } = session.python.info;
    const empty = cell.live.childElementCount || cell.verdict ? "" : ` ${words.no_output}`;
    cell.setState("done", say("state_done", { python, s: seconds.toFixed(seconds < 1 ? 2 : 1) }) + empty);
  } else if (state === "failed") {
    cell.setState("failed", error.line ? say("state_failed", { name: error.name, line: error.line }) : error.name);
    if (error.line) cell.editor?.markError(error.line);
    cell.errorLine = error.line;
    drop(queue.splice(0), "failed", say("upstream", { n: cell.number + 1 }));
  } else {
    cell.setState("stopped");
  }
}

/* The editor, once Python is there ----------------------------------------------------------- */

let loading = null;
function loadEditor() {
  loading ??= module(root, "editor.js").then(({ edit }) => {
    upgrade = edit;
    for (const cell of cells) if (cell && !cell.elsewhere) cell.replaceEditor();
  });
  loading.catch(() => (loading = null));
  return loading;
}

/* Setting up -------------------------------------------------------------------------------- */

// A cell that can't run here says why, and where it runs.
function sendElsewhere(cell, why) {
  cell.element.dataset.cellState = "elsewhere";
  const note = make("p", { className: "cell-note", textContent: why });
  const download = document.querySelector("a.lesson-download");
  if (download) note.append(" ", make("a", { href: download.href, download: "", textContent: words.to_notebook }));
  const input = cell.element.querySelector(":scope > .fold-plumbing, :scope > .cell_input");
  input.after(note);
}

// The cell of a check: the exercise's own button runs it, so its code is folded.
function foldCheck(element) {
  element.classList.add("is-part");
  const input = element.querySelector(":scope > .cell_input");
  const fold = make("details", { className: "fold fold-plumbing" }, make("summary", { textContent: words.check_code }));
  input.before(fold);
  fold.append(input);
}

function predictedCell(form) {
  const inside = form.closest("div.cell");
  const follows = ({ element }) => form.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
  return cells.find((cell) => cell && (inside ? cell.element === inside : follows(cell)));
}

export function setUpCells() {
  if (data?.measured) {
    document.querySelector("a.lesson-download")?.before(make("p", { className: "lesson-elsewhere", textContent: words.measured }));
  }
  if (!data?.cells) return;
  const elements = [...document.querySelectorAll(CELLS)];
  cells = elements.map((element, number) => {
    const facts = data.cells[number];
    if (!facts || facts.part) {
      if (facts?.part && able()) foldCheck(element);
      return null;
    }
    const cell = new Cell(element, number, facts);
    const waits = !facts.programs || "Suspending" in WebAssembly;
    cell.elsewhere = Boolean(facts.elsewhere) || !able() || !waits;
    if (cell.elsewhere) sendElsewhere(cell, !able() ? words.unable : waits ? words.elsewhere : words.no_programs);
    else cell.setUp();
    return cell;
  });
  const refold = () => cells.forEach((cell) => cell && !cell.elsewhere && cell.keepFolded());
  document.addEventListener("zq-restore", () => queueMicrotask(refold), true);
  document.addEventListener("zq-answer", ({ target }) => {
    refold();
    const cell = target.matches(".zq-predict") ? predictedCell(target) : null;
    if (cell && !cell.elsewhere && session.python) runCell(cell);
  });
}
