// The live bench: a worker for each role, the hub between them, and what the reader sees of it.
import { clock, draw } from "./benchdraw.js";
import { Hub } from "./hub.js";

const BUSY_AFTER = 2000; // milliseconds without an answer
const WAITS_AFTER = 3; // seconds in one call
const PATIENCE = 400; // milliseconds that a receipt waits for its send to be told
const LOOK = 500; // milliseconds between two looks at a role
const SPARE_MEMORY = 4; // GB: with less there is no spare
const LEFT_ALONE = 5 * 60_000; // a hidden page gives its memory back
const WIDEST = 720; // pixels of the picture
const SLOW_START = 30_000;

// Runs before a role's code, and leaves none of its names there.
const PRELUDE = `
import benchrole, cellrunner
benchrole.install(cellrunner.tell)
del benchrole, cellrunner
`;

const textOf = ({ frames = [] }) => frames.map((frame) => frame.text ?? frame.hex).join(" | ");
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1);

// The kinds of a record that the bench shows; it adds its own (start, kill, wait, network ...).
const SHOWN = new Set(["bind", "connect", "up", "down", "retry", "send", "receive", "refused", "close"]);

class Role {
  constructor(live, element) {
    this.live = live;
    this.element = element;
    this.name = element.dataset.role;
    this.label = element.dataset.label;
    this.type = element.dataset.type;
    this.area = element.querySelector("textarea");
    this.original = this.area.defaultValue;
    this.output = element.querySelector("[data-bench-output]");
    this.gutter = element.querySelector(".bench-gutter");
    this.buttons = Object.fromEntries(
      ["kill", "start", "freeze"].map((action) => [action, element.querySelector(`[data-action="${action}"]`)]),
    );
    this.process = null;
    this.asks = null; // the send of this role that no reply has answered
    this.holds = null; // the request that it has taken and not answered
    this.waits = false;
    this.connects = false;
    this.isUp = false;
    this.told = []; // what it has told and is not shown yet
    this.buttons.kill.addEventListener("click", () => this.live.kill(this));
    this.buttons.start.addEventListener("click", () => this.live.start(this));
    this.buttons.freeze.addEventListener("click", () => this.live.freeze(this));
    this.area.addEventListener("input", () => this.number());
    this.area.addEventListener("scroll", () => (this.gutter.scrollTop = this.area.scrollTop));
  }

  get state() {
    return this.element.dataset.roleState;
  }

  set state(state) {
    const { kill, start, freeze } = this.buttons;
    const focused = [kill, start].includes(document.activeElement);
    this.element.dataset.roleState = state;
    this.element.querySelector(".bench-state").textContent = this.live.words[`state_${state}`];
    kill.hidden = state !== "up";
    freeze.hidden = state !== "up";
    start.hidden = state !== "dead" && !(state === "starting" && focused);
    start.setAttribute("aria-disabled", String(state === "starting"));
    if (focused) (state === "up" ? kill : start).focus();
    if (state !== "up") {
      this.frozen = false;
      this.waits = false;
    }
    freeze.setAttribute("aria-pressed", String(Boolean(this.frozen)));
  }

  get code() {
    return this.editor ? this.editor.text : this.area.value;
  }

  set code(text) {
    if (this.editor) this.editor.text = text;
    else this.area.value = text;
    this.number();
  }

  // CodeMirror takes over what was typed; its lines stand where those of the textarea stood.
  replaceEditor(edit, onRun) {
    if (this.editor) return;
    const { area } = this;
    const focused = document.activeElement === area;
    const parent = document.createElement("div");
    parent.style.cssText = "--editor-size: 0.8125rem; --editor-padding: 0.625rem 0; --editor-sides: 0 0.75rem 0 0; min-width: 0";
    area.replaceWith(parent);
    this.editor = edit({
      parent,
      text: area.value,
      label: area.ariaLabel,
      selection: area.selectionStart,
      onChange: () => this.number(),
      onRun,
      attributes: { "data-bench-editor": "" },
    });
    this.gutter.scrollTop = 0;
    if (focused) this.editor.focus();
  }

  // Line numbers, with ▸ where the code waits and ✕ where it failed.
  number({ waits = [], failed = 0 } = {}) {
    const count = this.code.split("\n").length;
    const marks = Array.from({ length: count }, (_, n) => {
      const line = n + 1;
      const sign = failed === line ? "✕" : waits.includes(line) ? "▸" : "";
      return `<span${sign ? ` class="is-${failed === line ? "failed" : "waiting"}"` : ""}>${sign || line}</span>`;
    });
    this.gutter.innerHTML = marks.join("");
    const line = failed || waits[0];
    if (!line || this.element.contains(document.activeElement)) return;
    // Where the code is folded to a few lines, the one that counts is seen.
    const code = this.gutter.parentElement;
    code.scrollTop = (line - 2) * (this.gutter.scrollHeight / count);
  }

  write(kind, text) {
    this.output.hidden = false;
    const near = this.output.scrollHeight - this.output.scrollTop - this.output.clientHeight < 24;
    const line = document.createElement("span");
    line.className = `is-${kind}`;
    line.textContent = text;
    this.output.append(line);
    while (this.output.textContent.length > 20_000) this.output.firstChild.remove();
    if (near) this.output.scrollTop = this.output.scrollHeight;
  }
}

export class Live {
  constructor(section, { root, words, told, writeLink, python }) {
    Object.assign(this, { section, root, words, writeLink, python });
    this.find = (part) => section.querySelector(part);
    this.language = document.documentElement.lang;
    this.acts = told?.acts ?? []; // to be done again, from a link
    this.roles = [...section.querySelectorAll("[data-role]")].map((element) => new Role(this, element));
    this.status = this.find("[data-bench-status]");
    this.voice = this.find("[data-bench-voice]");
    this.list = this.find("[data-bench-events]");
    this.picture = this.find("[data-bench-picture]");
    this.sentence = this.find("[data-bench-sentence]");
    this.bar = this.find("[data-bench-seek]");
    this.generation = 0;
    this.spoken = 0;
    this.#listen();
  }

  say(text, values = {}) {
    return fill(this.words[text], values);
  }

  byName(name) {
    return this.roles.find((role) => role.name === name);
  }

  #listen() {
    const on = (action, press) => this.find(`[data-action="${action}"]`).addEventListener("click", press);
    on("cancel", () => this.cancel?.abort(new DOMException("cancelled", "AbortError")));
    on("live-play", () => this.play(!this.playing));
    on("live-step", () => this.seek(this.shown + 1));
    on("live-back", () => this.seek(this.shown - 1));
    on("share", () => this.share());
    on("reset-code", () => this.resetCode());
    this.bar.addEventListener("input", () => this.seek(this.bar.valueAsNumber));
    for (const choice of this.section.querySelectorAll("[data-bench-network] input")) {
      choice.addEventListener("change", () => this.setNetwork(choice.value));
    }
    new ResizeObserver(() => this.redraw()).observe(this.picture);
    this.section.addEventListener("keydown", (press) => {
      if (press.target.closest("textarea, input, select, .cm-editor") || press.ctrlKey || press.metaKey || press.altKey) return;
      const keys = { ".": "live-step", ",": "live-back" };
      if (keys[press.key]) this.find(`[data-action="${keys[press.key]}"]`).click();
      if (press.key === "k") press.target.closest("[data-role]")?.querySelector('[data-action="kill"]:not([hidden])')?.click();
    });
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.leaving);
      if (document.hidden && this.began) this.leaving = setTimeout(() => this.stop("left_alone"), LEFT_ALONE);
    });
    addEventListener("pagehide", () => this.began && this.stop("left")); // the browser may bring it back
  }

  /* Running ---------------------------------------------------------------------------------- */

  async run() {
    if (this.starting) return;
    this.starting = true;
    this.endAll();
    const generation = ++this.generation;
    Object.assign(this, { events: [], shown: 0, playing: true, playhead: 0, began: 0, done: [] });
    this.list.replaceChildren();
    this.hub = new Hub();
    this.hub.order = this.roles.map((role) => role.name);
    this.setNetworkChoice("ok");
    this.cancel = new AbortController();
    this.find('[data-action="run"]').hidden = true;
    this.find('[data-action="cancel"]').hidden = false;
    this.find('[data-action="cancel"]').focus({ preventScroll: true });
    this.section.dataset.benchState = "starting";
    for (const role of this.roles) {
      Object.assign(role, { asks: null, holds: null, connects: false, isUp: false, told: [] });
      role.output.replaceChildren();
      role.output.hidden = true;
      role.number();
      role.state = "starting";
    }
    this.isSlow = false;
    const late = setTimeout(() => {
      this.isSlow = true;
      this.status.textContent = this.words.slow;
    }, SLOW_START);
    const coming = this.roles.map(() => this.#takeProcess(this.cancel.signal));
    try {
      const processes = await Promise.all(coming);
      if (generation !== this.generation) return processes.forEach((one) => one.terminate());
      this.find("[data-bench-live]").hidden = false;
      this.find("[data-bench-recorded]").hidden = true;
      this.section.dataset.benchState = "running";
      this.began = performance.now();
      this.roles.forEach((role, n) => this.#begin(role, processes[n]));
      this.#tick();
      const { python } = processes[0].info;
      this.status.textContent = this.say("running", { python });
      this.#prepareSpare();
      this.python.module(this.root, "editor.js").then(({ edit }) => {
        for (const role of this.roles) role.replaceEditor(edit, () => this.run());
      }, () => {}); // without it the textareas stay
    } catch (error) {
      for (const one of coming) one.then((process) => process.terminate(), () => {});
      this.#failed(error);
    } finally {
      clearTimeout(late);
      this.starting = false;
      const cancel = this.find('[data-action="cancel"]');
      const run = this.find('[data-action="run"]');
      const focused = document.activeElement === cancel;
      cancel.hidden = true;
      run.hidden = false;
      run.querySelector("span:last-child").textContent = this.words[this.began ? "run_again" : "run"];
      if (focused) (this.began ? (this.roles.at(-1).buttons.kill) : run).focus({ preventScroll: true });
    }
  }

  #failed(error) {
    for (const role of this.roles) role.state = "off";
    this.section.dataset.benchState = "failed";
    if (error?.name === "AbortError") this.status.textContent = this.words.cancelled;
    else if (error instanceof TypeError || /FetchError/.test(error?.constructor?.name ?? "")) {
      this.status.textContent = this.say("not_fetched", { name: error.message });
    } else this.status.textContent = this.say("not_started", { why: error?.message ?? String(error) });
  }

  // A process that nobody uses yet: the spare if there is one.
  async #takeProcess(signal) {
    const spare = this.spare;
    this.spare = null;
    const anew = () => this.#newProcess(signal, (text) => {
      if (!this.isSlow) this.status.textContent = text;
    });
    return spare ? spare.catch(anew) : anew();
  }

  #newProcess(signal, tell) {
    return this.python.startPython(this.root, {
      language: this.language,
      signal,
      onProgress: (done, all) => {
        const told = { done: (done / 1e6).toFixed(1), all: (all / 1e6).toFixed(1) };
        tell(this.say("fetching_mb", told));
      },
      onStarting: () => tell(this.words.starting),
    });
  }

  #prepareSpare() {
    if (this.spare || (navigator.deviceMemory ?? SPARE_MEMORY) < SPARE_MEMORY) return;
    const spare = this.#newProcess(undefined, () => {});
    this.spare = spare;
    spare.catch(() => {
      if (this.spare === spare) this.spare = null; // no memory for it: Start takes longer
    });
  }

  // Lets a role's code run in a new process.
  async #begin(role, process) {
    const { api } = process;
    const { callback, transfer } = this.python;
    const generation = this.generation;
    role.process = process;
    const here = () => role.process === process && generation === this.generation;
    const { port1, port2 } = new MessageChannel();
    this.hub.join(role.name, port1);
    const told = callback((json) => here() && this.#heard(role, JSON.parse(json)));
    try {
      await api.connectHub(transfer(port2, [port2]));
      const ready = await api.run(PRELUDE);
      if (ready.state !== "done") throw new Error(ready.error?.message ?? ready.state);
      role.element.dataset.process = await api.evaluate("__import__('benchrole').TOKEN");
      if (!here()) return;
      this.add({ role: role.name, kind: "start", label: this.words.label_start });
      role.state = "up";
      role.number();
      this.#look(role, process);
      const write = callback((kind, text) => here() && role.write(kind, text));
      const result = await api.run(role.code, callback({ onOutput: write, onDisplay: write, onEvent: told }));
      if (here()) this.#ended(role, result);
    } catch (error) {
      if (here()) this.#ended(role, { state: "failed", error: { name: error.name, message: error.message, line: 0 } });
    }
  }

  // The role's code has come to its end, and with it its process.
  #ended(role, { state, error }) {
    this.#endProcess(role);
    if (state === "failed") {
      role.number({ failed: error.line });
      role.write("error", `${error.name}: ${error.message}`);
      const told = { error: error.name, line: error.line };
      this.add({ role: role.name, kind: "error", label: error.name, told });
    } else {
      role.number();
      this.add({ role: role.name, kind: "end", label: this.words.label_end });
    }
    role.state = "dead";
  }

  #endProcess(role) {
    role.process?.terminate();
    role.process = null;
    this.hub?.leave(role.name);
  }

  endAll() {
    for (const role of this.roles) this.#endProcess(role);
    clearInterval(this.ticking);
  }

  // Gives the memory back; the picture and the code stay.
  stop(why) {
    this.endAll();
    this.spare?.then?.((one) => one.terminate(), () => {});
    this.spare = null;
    this.began = 0;
    this.generation++;
    for (const role of this.roles) role.state = "off";
    this.section.dataset.benchState = "stopped";
    this.status.textContent = this.words[why];
  }

  // Asks a role every now and then where it stands; one that gives no answer is busy.
  async #look(role, process) {
    const here = () => role.process === process;
    let busy = false;
    while (here()) {
      const late = setTimeout(() => {
        if (!here()) return;
        busy = true;
        this.add({ role: role.name, kind: "busy", label: this.words.label_busy });
      }, BUSY_AFTER);
      let told;
      try {
        told = JSON.parse(await process.api.evaluate("__import__('benchrole').state()"));
      } catch {
        return;
      } finally {
        clearTimeout(late);
      }
      if (!here()) return;
      if (busy) busy = false;
      this.#noteState(role, told);
      await new Promise((done) => setTimeout(done, LOOK));
    }
  }

  #noteState(role, { lines, waits }) {
    const receiving = waits.filter(({ call }) => call !== "send");
    role.number({ waits: lines });
    const before = role.waits;
    role.waits = receiving.some((wait) => wait.seconds >= 1);
    if (role.waits !== before) this.redraw();
    const longest = Math.max(0, ...receiving.map((wait) => wait.seconds));
    const { asks } = role;
    if (longest < WAITS_AFTER || !asks || asks.told === (asks.died ? "for ever" : "long")) return;
    asks.told = asks.died ? "for ever" : "long";
    const told = { s: Math.floor(longest), line: lines[0] ?? 0, text: role.asks.text };
    this.add({ role: role.name, kind: "wait", label: this.say("label_wait", told), told, lost: role.asks.died });
  }

  /* What happened ------------------------------------------------------------------------------ */

  // Each role tells of itself, over a line of its own: what one receives may be told before the
  // other has told that it sent it. Then what comes after waits a moment, so that causes come first.
  #heard(role, one) {
    if (!SHOWN.has(one.kind)) return;
    role.told.push({ one, by: performance.now() + PATIENCE });
    this.#takeTold();
  }

  #takeTold() {
    let moved = true;
    while (moved) {
      moved = false;
      for (const role of this.roles) {
        while (role.told.length && this.#hasCause(role, role.told[0])) {
          this.#take(role, role.told.shift().one);
          moved = true;
        }
      }
    }
    clearTimeout(this.retaking);
    if (this.roles.some((role) => role.told.length)) this.retaking = setTimeout(() => this.#takeTold(), 20);
  }

  #hasCause(role, { one, by }) {
    if (one.kind !== "receive" || performance.now() > by) return true;
    const text = textOf(one);
    return this.events.some((sent) => sent.kind === "send" && sent.role !== role.name && !sent.received && sent.text === text);
  }

  // An event of a watched socket, as zmqlab's record has it.
  #take(role, one) {
    const text = textOf(one);
    const event = { role: role.name, kind: one.kind, text, endpoint: one.endpoint ?? "", note: one.note ?? "" };
    const short = event.endpoint.replace(/^tcp:\/\/[^:]*/, "");
    if (one.kind === "connect") role.connects = true;
    if (one.kind === "bind" || one.kind === "connect") event.label = `${one.kind} ${short}`;
    if (one.kind === "up" || one.kind === "down") {
      if (!role.connects) return; // the other end tells of it
      event.label = this.words[`label_${one.kind}`];
      if (one.kind === "up") role.isUp = true;
      else role.isUp = false;
    }
    if (one.kind === "retry") {
      const last = this.events.at(-1);
      if (last?.kind === "retry" && last.role === role.name) return this.#again(last);
      event.label = this.words.label_retry;
    }
    if (one.kind === "refused" || one.kind === "close") event.label = `${one.kind === "close" ? "close" : event.note}`;
    if (one.kind === "send") this.#sends(role, event);
    if (one.kind === "receive") this.#receives(role, event);
    this.add(event);
  }

  #again(event) {
    event.times = (event.times ?? 1) + 1;
    event.label = `${this.words.label_retry} × ${event.times}`;
    this.redraw();
  }

  #sends(role, event) {
    role.holds = null; // a reply, if it held a request
    event.waits = role.connects && !role.isUp;
    role.asks = role.type === "REQ" ? event : null;
  }

  #receives(role, event) {
    const sends = this.events.filter((one) => one.kind === "send" && one.role !== role.name && !one.received);
    const sent = sends.find((one) => one.text === event.text);
    if (sent) {
      sent.received = event;
      event.sent = sent;
      sent.lost = false;
    }
    role.asks = null;
    if (role.type === "REP") role.holds = event;
  }

  add(event) {
    event.n = this.events.length + 1;
    event.t = performance.now() - this.began;
    event.sentence = this.#tell(event);
    this.events.push(event);
    const item = document.createElement("li");
    item.dataset.event = event.n;
    item.dataset.kind = event.kind;
    if (event.role) item.dataset.of = event.role;
    item.textContent = `${clock(event.t)}: ${event.sentence}`;
    this.list.append(item);
    this.bar.max = this.events.length;
    this.#replay(event);
    this.#follow();
    if (["kill", "wait", "error", "busy"].includes(event.kind)) this.#speak(event.sentence, true);
  }

  #tell(event) {
    const role = this.byName(event.role);
    const told = { role: role?.label, text: event.text, endpoint: event.endpoint, note: event.note, ...event.told };
    let key = event.kind;
    if (key === "send" && event.waits) key = "send_waits";
    if (key === "receive" && event.sent && performance.now() - this.began - event.sent.t > 1000) {
      key = "receive_late";
      told.s = seconds(performance.now() - this.began - event.sent.t);
    }
    if (key === "kill" && event.held) key = "kill_holding";
    if (key === "wait" && event.lost) key = "wait_for_ever";
    if (key === "error" && !told.line) key = "error_nowhere";
    if (key === "network") key = `network_${event.state}`;
    return this.say(`told_${key}`, told);
  }

  #speak(sentence, first = false) {
    if (!first && performance.now() - this.spoken < 2000) return;
    this.spoken = performance.now();
    this.voice.textContent = sentence;
  }

  /* The reader's acts -------------------------------------------------------------------------- */

  kill(role) {
    if (role.state !== "up") return;
    this.#act("kill", role);
    this.#endProcess(role); // terminate(): no clean-up, no goodbye
    const held = role.holds;
    const told = held ? { text: held.text } : {};
    if (held) {
      for (const other of this.roles) if (other.asks && other.asks === held.sent) other.asks.died = true;
      role.holds = null;
    }
    role.asks = null;
    role.isUp = false;
    role.connects = false;
    role.told = [];
    for (const event of this.events) {
      if (event.role === role.name && event.kind === "send" && !event.received && event.waits) event.lost = true;
    }
    role.number();
    this.add({ role: role.name, kind: "kill", label: this.words.label_kill, held, told });
    role.state = "dead";
  }

  async start(role) {
    if (role.state !== "dead") return;
    role.state = "starting";
    this.#act("start", role);
    const generation = this.generation;
    try {
      const process = await this.#takeProcess();
      if (generation !== this.generation) return process.terminate();
      role.output.replaceChildren();
      const running = this.#begin(role, process);
      this.#prepareSpare();
      await running;
    } catch (error) {
      role.state = "dead";
      this.status.textContent = this.say("not_started", { why: error.message });
    }
  }

  freeze(role) {
    if (role.state !== "up") return;
    role.frozen = !role.frozen;
    this.#act("freeze", role);
    role.buttons.freeze.setAttribute("aria-pressed", String(role.frozen));
    this.hub.freeze(role.name, role.frozen);
    const kind = role.frozen ? "freeze" : "thaw";
    this.add({ role: role.name, kind, label: this.words[`label_${kind}`] });
  }

  setNetwork(state) {
    this.#act(`network ${state}`);
    this.hub.network = state;
    this.add({ kind: "network", state, label: this.words[`network_${state}`] });
  }

  setNetworkChoice(state) {
    for (const choice of this.section.querySelectorAll("[data-bench-network] input")) choice.checked = choice.value === state;
  }

  resetCode() {
    for (const role of this.roles) {
      role.code = role.original;
    }
  }

  /* A link that carries what was done ------------------------------------------------------------ */

  // What was done is anchored to the event before it: it is done again after the same event.
  #act(what, role) {
    if (!this.byLink) this.acts = []; // from here on it is the reader's run
    const anchor = this.events.findLast((event) => event.role && event.kind !== "retry" && event.kind !== "wait");
    const count = anchor ? this.events.filter((one) => one.role === anchor.role && one.kind === anchor.kind).length : 0;
    const wait = anchor ? Math.round(performance.now() - this.began - anchor.t) : 0;
    this.done.push({ what, role: role?.name ?? "", after: anchor ? [anchor.role, anchor.kind, count] : null, wait });
  }

  #replay() {
    const next = this.acts[this.done.length];
    if (!next || this.replaying) return;
    const [name, kind, count] = next.after ?? [];
    if (next.after && this.events.filter((one) => one.role === name && one.kind === kind).length < count) return;
    this.replaying = true;
    const generation = this.generation;
    setTimeout(() => {
      this.replaying = false;
      if (generation !== this.generation) return;
      const role = this.byName(next.role);
      this.byLink = true;
      if (next.what === "kill" && role) this.kill(role);
      else if (next.what === "start" && role) this.start(role);
      else if (next.what === "freeze" && role) this.freeze(role);
      else if (next.what.startsWith("network ")) {
        const state = next.what.slice(8);
        this.setNetworkChoice(state);
        this.setNetwork(state);
      }
      this.byLink = false;
    }, Math.min(Math.max(next.wait, 0), 60_000));
  }

  async share() {
    const code = {};
    for (const role of this.roles) if (role.code !== role.original) code[role.name] = role.code;
    const hash = this.writeLink({ code, acts: this.done ?? [] });
    history.replaceState(null, "", hash);
    try {
      await navigator.clipboard.writeText(location.href);
      this.status.textContent = this.words.copied;
    } catch {
      this.status.textContent = this.words.in_address;
    }
  }

  /* The picture and its player ------------------------------------------------------------------- */

  play(playing) {
    this.playing = playing;
    if (playing && this.shown < this.events.length) this.playhead = this.events[this.shown - 1]?.t ?? 0;
    this.#showPlaying();
    this.#follow();
  }

  seek(count) {
    this.playing = false;
    this.shown = Math.max(0, Math.min(count, this.events.length));
    this.#showPlaying();
    this.redraw();
  }

  #showPlaying() {
    const button = this.find('[data-action="live-play"]');
    const word = this.words[this.playing ? "pause" : "play"];
    button.setAttribute("aria-label", word);
    button.title = word;
    button.querySelector("path").setAttribute("d", this.playing ? "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z" : "M7 4.5v15l12-7.5z");
  }

  #tick() {
    clearInterval(this.ticking);
    let before = performance.now();
    this.ticking = setInterval(() => {
      const now = performance.now();
      const speed = Number(this.find('[data-action="live-speed"]').value);
      this.playhead = Math.min(now - this.began, this.playhead + (now - before) * speed);
      before = now;
      if (this.playing) this.#follow();
    }, 100);
    this.#showPlaying();
  }

  // The picture follows the record at the reader's speed, never ahead of it.
  #follow() {
    if (!this.playing) return this.redraw();
    const speed = Number(this.find('[data-action="live-speed"]').value);
    const atHead = speed >= 1 && this.shown >= this.events.length - 1;
    if (atHead) this.playhead = performance.now() - this.began;
    const shown = this.events.filter((event) => event.t <= this.playhead + 1).length;
    if (shown === this.shown) return;
    this.shown = shown;
    this.redraw();
  }

  redraw() {
    if (this.drawing || !this.began) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      this.#draw();
    });
  }

  #draw() {
    const events = this.events.slice(0, this.shown);
    const atHead = this.shown === this.events.length;
    const waits = new Set(atHead ? this.roles.filter((role) => role.waits).map((role) => role.name) : []);
    const width = Math.min(Math.max(280, this.picture.clientWidth - 16), WIDEST);
    this.picture.innerHTML = draw(events, this.roles, width, waits, this.words.picture);
    this.picture.scrollTop = this.picture.scrollHeight;
    this.bar.value = this.shown;
    this.find("[data-bench-count]").textContent = `${this.shown}/${this.events.length}`;
    const last = events.at(-1);
    const paused = this.playing ? "" : ` ${this.say("paused", { n: this.shown, all: this.events.length })}`;
    this.sentence.textContent = (last?.sentence ?? this.words.nothing_yet) + paused;
    this.bar.setAttribute("aria-valuetext", this.sentence.textContent);
    for (const item of this.list.querySelectorAll("[aria-current]")) item.removeAttribute("aria-current");
    this.list.children[this.shown - 1]?.setAttribute("aria-current", "step");
    if (last && !this.playing) this.#speak(last.sentence, true);
  }
}
