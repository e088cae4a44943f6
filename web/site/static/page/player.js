// Plays a recorded sequence, without Python: shows what had happened by an event, and its sentence.
//
// The build has drawn the whole picture. Each part of it carries the number of its event, and so
// does each sentence of its text; the record (JSON, beside the styles) says when each event was. It
// is fetched at the first press. Nothing is drawn here: parts are hidden until their event comes.

const RECORDS = new URL("../records/", import.meta.url);
const SHORTEST = 900; // milliseconds for which an event stands at speed 1: its sentence is read
const LONGEST = 2500;
const SPEEDS = [0.5, 1, 2, 4];
const SPEAK_AGAIN = 2000; // milliseconds between two sentences that are spoken while it plays

const ICONS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  back: "M18 5v14l-9.5-7zM5 5h2.5v14H5z",
  step: "M6 5v14l9.5-7zM16.5 5H19v14h-2.5z",
};

const still = matchMedia("(prefers-reduced-motion: reduce)");

function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const made = document.createElement("span");
  made.className = "player-icon";
  made.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path fill="currentColor" d="${ICONS[name]}"/></svg>`;
  return made;
}

// The number of the event that a part or a sentence belongs to. In a bench it is called `data-part`,
// for there `data-event` is what happens live.
function numberOf(part) {
  return Number(part.dataset.event ?? part.dataset.part);
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

async function fetchRecord(name) {
  const answer = await fetch(new URL(`${name}.json`, RECORDS));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  return answer.json();
}

/** When each event of a record was, in seconds, by its number. */
function momentsOf(record) {
  const moments = new Map();
  for (const { began, n, t } of record.events) {
    if (began) moments.set(began[0], began[1]);
    moments.set(n, t);
  }
  for (const { began } of record.waits) moments.set(began[0], began[1]);
  return moments;
}

export class Player {
  #moments = null;
  #timer = 0;
  #spoken = 0;

  /** Put the controls below a picture. `record` is a name, or a record that is there already. */
  constructor(figure, record, words) {
    this.figure = figure;
    this.words = words;
    this.record = record;
    this.root = figure.closest(".zl-lang") ?? figure.parentElement;
    this.parts = [...figure.querySelectorAll("[data-event], [data-part]")];
    this.lines = [...this.root.querySelectorAll(".zl-text [data-event], [data-part]")];
    const numbers = [...this.parts, ...this.lines].map((part) => numberOf(part));
    this.steps = [...new Set(numbers)].sort((a, b) => a - b);
    this.at = this.steps.length; // how many steps are shown: all, until a reader presses something
    this.#build();
  }

  #button(action, label) {
    const button = make("button", { type: "button", "data-action": action, "aria-label": label });
    button.title = label;
    button.append(icon(action));
    return button;
  }

  #build() {
    const { words } = this;
    this.playButton = this.#button("play", words.play);
    this.playWord = make("span", { class: "player-word" }, words.play);
    this.playButton.append(this.playWord);
    this.seekBar = make("input", {
      type: "range", min: 0, max: this.steps.length, value: this.at, step: 1, "aria-label": words.seek,
      "data-action": "seek",
    });
    this.count = make("span", { class: "player-count", "aria-hidden": "true" });
    this.speed = make("select", { "aria-label": words.speed, title: words.speed, "data-action": "speed" });
    for (const speed of SPEEDS) {
      const option = make("option", { value: speed }, speed < 1 ? "½×" : `${speed}×`);
      option.selected = speed === 1;
      this.speed.append(option);
    }
    this.sentence = make("p", { class: "player-sentence", hidden: "" });
    this.voice = make("p", { class: "player-voice", role: "status" });
    const back = this.#button("back", words.back);
    const step = this.#button("step", words.step);
    const row = make("div", { class: "player-row" });
    row.append(this.playButton, back, step, this.seekBar, this.count, this.speed);
    this.bar = make("div", { class: "player", role: "group", "aria-label": words.controls });
    this.bar.append(row, this.sentence, this.voice);
    const caption = this.figure.querySelector(":scope > figcaption");
    if (caption) caption.before(this.bar);
    else this.figure.append(this.bar);

    this.playButton.addEventListener("click", () => (this.playing ? this.pause() : this.play()));
    step.addEventListener("click", () => this.seek(this.#untouched() ? 1 : this.seekBar.valueAsNumber + 1));
    back.addEventListener("click", () => this.seek(this.seekBar.valueAsNumber - 1));
    this.seekBar.addEventListener("input", () => this.seek(this.seekBar.valueAsNumber));
    this.speed.addEventListener("change", () => this.playing && this.#wait());
    this.bar.addEventListener("keydown", (press) => {
      if (press.target === this.speed || press.ctrlKey || press.altKey || press.metaKey) return;
      if (press.key === ".") step.click();
      else if (press.key === ",") back.click();
    });
    this.#tell();
  }

  // The whole picture stands there as the build drew it: the first step begins at its beginning.
  #untouched() {
    return this.figure.dataset.shown === undefined && this.seekBar.valueAsNumber === this.steps.length;
  }

  get playing() {
    return this.bar.dataset.playing === "yes";
  }

  async play() {
    this.#setPlaying(true);
    if (!(await this.#ready())) return;
    if (this.at >= this.steps.length) this.#show(0);
    this.#next();
  }

  pause() {
    clearTimeout(this.#timer);
    this.#setPlaying(false);
    if (this.at) this.#speak(true);
  }

  /** Show the first `count` steps, and stop there. */
  async seek(count) {
    if (this.playing) this.pause();
    const wanted = Math.max(0, Math.min(count, this.steps.length));
    this.seekBar.value = wanted;
    if (!(await this.#ready())) return;
    this.#show(wanted);
    this.#speak(true);
  }

  async #ready() {
    this.bar.classList.add("is-used");
    if (this.#moments) return true;
    try {
      const record = typeof this.record === "string" ? await fetchRecord(this.record) : this.record;
      this.#moments = momentsOf(record);
    } catch {
      this.#setPlaying(false);
      this.#say(this.words.failed);
      this.voice.textContent = this.words.failed;
      return false;
    }
    return true;
  }

  #setPlaying(playing) {
    this.bar.dataset.playing = playing ? "yes" : "no";
    const word = playing ? this.words.pause : this.words.play;
    this.playButton.setAttribute("aria-label", word);
    this.playButton.title = word;
    this.playWord.textContent = word;
    this.playButton.querySelector("path").setAttribute("d", playing ? ICONS.pause : ICONS.play);
  }

  #next() {
    if (!this.playing) return; // paused while the record was on its way
    this.#show(this.at + 1);
    this.#speak(false);
    if (this.at >= this.steps.length) this.pause();
    else this.#wait();
  }

  /** Go on after the time between this event and the next, within what can be followed. */
  #wait() {
    clearTimeout(this.#timer);
    const [now, then] = [this.at - 1, this.at].map((step) => this.#moments.get(this.steps[step]) ?? 0);
    const pause = Math.min(Math.max((then - now) * 1000, SHORTEST), LONGEST);
    this.#timer = setTimeout(() => this.#next(), pause / Number(this.speed.value));
  }

  #show(count) {
    const moved = count === this.at + 1;
    this.at = count;
    const until = count ? this.steps[count - 1] : -Infinity;
    const now = [];
    for (const part of this.parts) {
      const event = numberOf(part);
      part.classList.toggle("is-later", event > until);
      part.classList.toggle("is-now", event === until);
      if (event === until) now.push(part);
    }
    const spoken = this.#linesOf(until, now);
    for (const line of this.lines) {
      if (spoken.includes(line)) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    }
    this.figure.dataset.shown = count ? until : 0;
    this.#say(count ? spoken.map((line) => line.textContent).join(" ") : this.words.begin);
    this.#tell();
    if (moved && !still.matches) now.forEach(fly);
    this.#follow(now);
  }

  /** The sentences of an event: its own, else that of the message whose arrival it is. */
  #linesOf(event, parts) {
    const own = this.lines.filter((line) => numberOf(line) === event);
    if (own.length) return own;
    const around = parts.map((part) => part.parentElement.closest("[data-event], [data-part]")).find(Boolean);
    const numbers = around ? [numberOf(around)] : [];
    const before = this.lines.map((line) => numberOf(line)).filter((n) => n <= event);
    const number = numbers[0] ?? before.at(-1);
    return this.lines.filter((line) => numberOf(line) === number);
  }

  #say(sentence) {
    this.sentence.textContent = sentence;
    this.sentence.hidden = false;
    this.seekBar.setAttribute("aria-valuetext", `${this.at}/${this.steps.length}. ${sentence}`);
  }

  #tell() {
    this.seekBar.value = this.at;
    this.count.textContent = `${this.at}/${this.steps.length}`;
    if (this.sentence.hidden) {
      const spoken = fill(this.words.count, { n: this.at, all: this.steps.length });
      this.seekBar.setAttribute("aria-valuetext", spoken);
    }
  }

  #speak(atOnce) {
    if (!atOnce && Date.now() - this.#spoken < SPEAK_AGAIN) return;
    this.#spoken = Date.now();
    this.voice.textContent = this.sentence.textContent;
  }

  /** Keep what has just happened in sight, if the picture is. */
  #follow(parts) {
    const seen = parts.find((part) => part.getClientRects().length);
    const picture = this.figure.getBoundingClientRect();
    if (!seen || picture.bottom < 0 || picture.top > innerHeight) return;
    const { bottom, top } = seen.getBoundingClientRect();
    const lower = this.bar.getBoundingClientRect().top - 12;
    const upper = 72; // below the site's header
    const by = bottom > lower ? Math.min(bottom - lower, top - upper) : top < upper ? top - upper : 0;
    if (Math.abs(by) > 1) scrollBy({ top: by, behavior: still.matches ? "auto" : "smooth" });
  }
}

/** Let the strokes of a part run along their way. */
function fly(part) {
  if (!(part instanceof SVGElement) || !part.getClientRects().length) return;
  const timing = { duration: 420, easing: "ease-out" };
  for (const stroke of part.querySelectorAll("path:not([stroke-dasharray])")) {
    if (stroke.closest("[data-event], [data-part]") !== part) continue;
    const length = stroke.getTotalLength();
    stroke.animate([{ strokeDasharray: `0 ${length}` }, { strokeDasharray: `${length} 0` }], timing);
  }
  for (const other of part.querySelectorAll("polygon, text, rect")) {
    if (other.closest("[data-event], [data-part]") === part) other.animate([{ opacity: 0 }, { opacity: 1 }], timing);
  }
}

/** Give every picture in a part of the page that can be played its controls. */
export function addPlayers(root = document) {
  const holder = document.querySelector("[data-player-words]");
  if (!holder) return [];
  const words = JSON.parse(holder.dataset.playerWords);
  const language = document.documentElement.lang;
  const figures = [...root.querySelectorAll("figure[data-record]")].filter((figure) => {
    const block = figure.closest(".zl-lang");
    return !figure.querySelector(".player") && (!block || block.lang === language);
  });
  return figures.map((figure) => new Player(figure, figure.dataset.record, words));
}

addPlayers();
