// A reader's progress: which questions are answered, which lessons are done, where one stopped.
// Kept in this browser alone, under one key for both languages; a lesson's name and its questions'
// keys are the same in both. What is stored may be anything (another version's, damaged, refused):
// what can't be read counts as nothing, and a lesson works the same without it.
"use strict";

{
  const KEY = "zeromq-companion.progress.2"; // another form of what is stored gets another number
  const OLD = "zeromq-companion.progress.1"; // the same without exercises: read until KEY is written
  const words = JSON.parse(document.querySelector(".frame").dataset.progressWords);
  const say = (word, values) => words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /* What is stored: {LESSON: {answers: {QUESTION: NUMBER}, passed: [EXERCISE], done, at, when}} --- */

  let memory = null; // instead of storage, where that is refused; lasts as long as the page

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  function sound(found) {
    const all = Object.create(null);
    for (const [name, entry] of isObject(found) ? Object.entries(found) : []) {
      if (!isObject(entry)) continue;
      const answers = isObject(entry.answers) ? Object.entries(entry.answers) : [];
      all[name] = {
        answers: Object.fromEntries(answers.filter(([, number]) => Number.isInteger(number))),
        passed: Array.isArray(entry.passed) ? entry.passed.filter((one) => typeof one === "string") : [],
        done: entry.done === true,
        at: typeof entry.at === "string" ? entry.at : "",
        when: Number.isFinite(entry.when) ? entry.when : 0,
      };
    }
    return all;
  }

  function load() {
    if (memory) return memory;
    try {
      return sound(JSON.parse(localStorage.getItem(KEY) ?? localStorage.getItem(OLD)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) memory = Object.create(null);
      return memory ?? Object.create(null);
    }
  }

  function save(all) {
    if (!memory) {
      try {
        localStorage.setItem(KEY, JSON.stringify(all));
      } catch {
        memory = all;
      }
    }
    show();
  }

  // Reads anew before it writes: another tab may have written since.
  function change(name, alter) {
    const all = load();
    all[name] ??= { answers: {}, passed: [], done: false, at: "", when: 0 };
    alter(all[name]);
    all[name].when = Date.now();
    save(all);
  }

  function forget(name) {
    const all = load();
    for (const one of name ? [name] : Object.keys(all)) delete all[one];
    save(all);
  }

  /* The lessons there are, from the list of pages --------------------------------------------- */

  const lessons = [...document.querySelectorAll(".site-nav .lesson-mark")].map((mark) => {
    const link = mark.closest("a");
    return {
      name: mark.dataset.lesson,
      questions: mark.dataset.questions.split(" ").filter(Boolean),
      exercises: (mark.dataset.exercises ?? "").split("|").filter(Boolean), // those that count
      address: link.href.split("#")[0],
      open: link.matches("[aria-current]"),
    };
  });
  const here = lessons.find((lesson) => lesson.open);

  const isPassed = (lesson, entry) => lesson.exercises.every((name) => entry?.passed.includes(name));
  const isComplete = (lesson, entry) =>
    lesson.questions.every((key) => Object.hasOwn(entry.answers, key)) && isPassed(lesson, entry);

  function progressOf(lesson, all) {
    const entry = all[lesson.name];
    const answered = lesson.questions.filter((key) => entry && Object.hasOwn(entry.answers, key)).length;
    const state = entry?.done ? "done" : answered || entry?.passed.length ? "begun" : "new";
    const passed = lesson.exercises.length > 0 && isPassed(lesson, entry);
    return { state, passed, answered, total: lesson.questions.length, at: entry?.at ?? "", when: entry?.when ?? 0 };
  }

  /* Showing it -------------------------------------------------------------------------------- */

  const SHAPES = {
    new: '<circle cx="8" cy="8" r="6"/>',
    begun: '<circle cx="8" cy="8" r="6"/><path class="filled" d="M8 2a6 6 0 0 0 0 12z"/>',
    done: '<circle class="filled" cx="8" cy="8" r="6"/><path class="tick" d="m5 8.25 2.25 2.25 4-4.5"/>',
  };

  function make(name, properties, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  function draw(mark, state) {
    mark.dataset.state = state;
    mark.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">${SHAPES[state]}</svg>`;
  }

  // A line that says in words what its mark shows.
  function line(node, { state, passed, answered, total }) {
    if (!node.firstChild) node.append(make("span", { className: "lesson-mark" }), " ", make("span"));
    const count = state === "new" ? "" : ` · ${say("answered", { n: answered, all: total })}`;
    draw(node.firstChild, state);
    const text = words[state] + count + (passed ? ` · ${words.passed}` : "");
    if (node.lastChild.textContent !== text) node.lastChild.textContent = text; // else said twice
  }

  // The paragraph of this class in the parent, made where it is missing: before `next` or last.
  function child(parent, css, next = null) {
    const found = parent.querySelector(`:scope > .${css}`);
    return found ?? parent.insertBefore(make("p", { className: css }), next);
  }

  function show() {
    const all = load();
    const found = new Map(lessons.map((lesson) => [lesson.name, progressOf(lesson, all)]));
    for (const place of document.querySelectorAll("[data-lesson]")) {
      const progress = found.get(place.dataset.lesson);
      if (place.matches(".lesson-mark")) {
        draw(place, progress.state);
        place.setAttribute("role", "img");
        place.setAttribute("aria-label", words[progress.state]);
      } else {
        line(child(place, "lesson-state"), progress);
      }
    }
    for (const part of document.querySelectorAll("[data-part]")) {
      const own = [...part.querySelectorAll("[data-lesson]")].map((node) => found.get(node.dataset.lesson));
      if (own.length) child(part, "part-progress", part.querySelector("ul")).textContent = doneOf(own);
    }
    const begun = [...found.values()].some(({ state }) => state !== "new");
    document.querySelector(".frame").classList.toggle("has-begun", begun);
    document.querySelectorAll(".progress-panel").forEach((panel) => showPanel(panel, [...found.values()]));
    document.querySelectorAll(".frame-home .ways ul").forEach((ways) => showContinue(ways, found));
    if (here) showLesson(found.get(here.name));
  }

  const doneOf = (progresses) =>
    say("lessons", { n: progresses.filter(({ state }) => state === "done").length, all: progresses.length });

  function showPanel(panel, progresses) {
    if (!panel.firstChild) {
      const button = make("button", { type: "button", className: "progress-button", textContent: words.forget });
      button.addEventListener("click", async () => {
        if (!(await ask(words.forget_ask, words.forget_yes))) return;
        forget();
        const told = child(panel, "progress-told");
        told.textContent = words.forgotten;
        told.tabIndex = -1;
        told.focus(); // the button that had the focus is gone
      });
      panel.append(
        make("p", { className: "progress-all" }),
        make("div", { className: "progress-bar", ariaHidden: "true" }, make("span")),
        make("p", { className: "progress-kept" }),
        button,
        " ",
        saving(panel),
        " ",
        loading(panel),
      );
    }
    const sum = (key) => progresses.reduce((total, progress) => total + progress[key], 0);
    const begun = progresses.some(({ state }) => state !== "new");
    panel.querySelector(".progress-all").textContent =
      `${words.title}: ${doneOf(progresses)} · ${say("answered", { n: sum("answered"), all: sum("total") })}`;
    panel.querySelector(".progress-bar span").style.width = `${(100 * sum("answered")) / (sum("total") || 1)}%`;
    panel.querySelector(".progress-kept").textContent = memory ? words.refused : words.kept;
    panel.querySelector("button.progress-button").hidden = !Object.keys(load()).length;
    if (begun) panel.querySelector(".progress-told")?.remove();
  }

  /* To another browser: all that the site has stored, edited code too, as a file --------------- */

  const OURS = "zeromq-companion.";
  const FILE = "zeromq-companion.json";

  function saving(panel) {
    const link = make("a", { className: "progress-button", href: "#", download: FILE, textContent: words.save });
    link.addEventListener("click", () => {
      const kept = { [KEY]: JSON.stringify(load()) };
      for (const [key, text] of memory ? [] : Object.entries(localStorage)) {
        if (key.startsWith(OURS)) kept[key] = text;
      }
      URL.revokeObjectURL(link.href);
      link.href = URL.createObjectURL(new Blob([JSON.stringify(kept)], { type: "application/json" }));
    });
    return link;
  }

  function loading(panel) {
    const input = make("input", { type: "file", accept: ".json,application/json", className: "visually-hidden" });
    input.addEventListener("change", async () => {
      const loaded = await takeOver(input.files[0]);
      const told = child(panel, "progress-told"); // made here: showing the progress removes it
      told.tabIndex = -1;
      told.textContent = loaded ? words.loaded : words.not_loaded;
      input.value = "";
      told.focus();
    });
    return make("label", { className: "progress-button" }, input, words.load);
  }

  // Takes over what a file holds; says whether it was one of ours.
  async function takeOver(file) {
    let found, progress;
    try {
      found = JSON.parse(await file.text());
      progress = JSON.parse(found[KEY]);
    } catch {
      return false;
    }
    if (!isObject(progress)) return false;
    for (const [key, text] of Object.entries(found)) {
      if (!key.startsWith(OURS) || key === KEY || typeof text !== "string" || memory) continue;
      try {
        localStorage.setItem(key, text);
      } catch {
        break; // full: what counts is the progress, which is kept in any case
      }
    }
    save(sound(progress));
    return true;
  }

  // The first way into the site is then back to where one stopped, or to the next lesson.
  function showContinue(ways, found) {
    ways.querySelector(".way-on")?.remove();
    const begun = lessons.filter(({ name }) => found.get(name).state === "begun");
    const last = begun.sort((a, b) => found.get(b.name).when - found.get(a.name).when)[0];
    const isDone = ({ name }) => found.get(name).state === "done";
    const target = last ?? lessons.slice(lessons.findLastIndex(isDone) + 1)[0];
    if (!target || !(last || lessons.some(isDone))) return;
    const at = last ? found.get(last.name).at : "";
    const link = make("a", {
      href: target.address + (at && `#${at}`),
      textContent: say(last ? "continue" : "next", { lesson: target.name.slice(0, 2) }),
    });
    ways.prepend(make("li", { className: "way-on" }, link));
  }

  /* A lesson's page --------------------------------------------------------------------------- */

  const forms = [...document.querySelectorAll("form.zq[data-key]")];
  const shown = new Map(); // which answers this page shows, by question

  let head, end;

  function setUpLesson() {
    head = make("div", { className: "lesson-progress" });
    const back = make("a", { className: "progress-back", textContent: words.back });
    head.append(make("p"), back, afreshButton());
    document.querySelector(".lesson-facts")?.after(head);

    const status = make("p");
    status.setAttribute("role", "status");
    const toggle = make("button", { type: "button", className: "progress-toggle" });
    toggle.addEventListener("click", () => {
      change(here.name, (entry) => {
        entry.done = !entry.done;
      });
    });
    end = make("section", { className: "lesson-end", ariaLabel: words.title });
    end.append(status, toggle, afreshButton());
    document.querySelector("#furo-main-content").append(end);

    const at = load()[here.name]?.at;
    back.hidden = !at || !document.getElementById(at);
    back.href = `#${at}`;
  }

  function afreshButton() {
    const button = make("button", { type: "button", className: "progress-button", textContent: words.afresh });
    button.addEventListener("click", async () => {
      if (!(await ask(words.afresh_ask, words.afresh_yes))) return;
      forget(here.name);
      history.replaceState(null, "", location.pathname);
      scrollTo(0, 0);
      location.reload();
    });
    return button;
  }

  function showLesson(progress) {
    line(head.querySelector("p"), progress);
    line(end.querySelector("p"), progress);
    end.querySelector(".progress-toggle").textContent = words[progress.state === "done" ? "mark_not_done" : "mark_done"];
    for (const button of document.querySelectorAll(":is(.lesson-progress, .lesson-end) .progress-button")) {
      button.hidden = progress.state === "new";
    }
  }

  function answered(form, number) {
    const key = form.dataset.key;
    shown.set(key, number);
    change(here.name, (entry) => {
      const first = !Object.hasOwn(entry.answers, key);
      if (first) entry.answers[key] = number;
      entry.at = form.closest("section[id]").id;
      // Only what completes a lesson marks it: a reader's "not done" stays.
      if (first && isComplete(here, entry)) entry.done = true;
    });
  }

  function passed(exercise) {
    change(here.name, (entry) => {
      if (entry.passed.includes(exercise)) return;
      entry.passed.push(exercise);
      if (isComplete(here, entry)) entry.done = true;
    });
  }

  // Shows the answers given before; on a question that is committed here already, nothing.
  function restore() {
    const answers = load()[here.name]?.answers ?? {};
    for (const form of forms) {
      const key = form.dataset.key;
      const known = shown.get(key);
      if (!Object.hasOwn(answers, key) || answers[key] === known) continue;
      if (!form.querySelector(`input[value="${answers[key]}"]`)) {
        change(here.name, (entry) => delete entry.answers[key]); // there is no such answer
      } else if (!known) {
        shown.set(key, answers[key]);
        form.dispatchEvent(new CustomEvent("zq-restore", { detail: answers[key] }));
      }
    }
  }

  // Where the reader is: the last section that begins above the middle of the screen.
  function keepPlace() {
    const entry = load()[here.name];
    const sections = [...document.querySelectorAll("#furo-main-content section section[id]")];
    const at = sections.findLast((section) => section.getBoundingClientRect().top < innerHeight / 2)?.id;
    if (!entry || !scrollY || !at || at === entry.at) return;
    change(here.name, (found) => {
      found.at = at;
    });
  }

  // Another tab has written, or this page comes back from the browser's memory of pages.
  function follow() {
    const answers = here ? (load()[here.name]?.answers ?? {}) : {};
    if ([...shown.keys()].some((key) => !Object.hasOwn(answers, key))) {
      location.reload(); // forgotten there, so here too: the questions are open again
      return;
    }
    if (here) restore();
    show();
  }

  /* Asking before something is forgotten ------------------------------------------------------ */

  function ask(question, yes) {
    const dialog = make("dialog", { className: "progress-ask" });
    const text = make("p", { id: "progress-question", textContent: question });
    const form = make("form", { method: "dialog" });
    form.append(
      make("button", { value: "keep", autofocus: true, className: "progress-button", textContent: words.keep }),
      make("button", { value: "yes", className: "progress-toggle", textContent: yes }),
    );
    dialog.setAttribute("aria-labelledby", text.id);
    dialog.append(text, form);
    document.querySelector(".frame").append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "yes");
      });
    });
  }

  if (here) {
    setUpLesson();
    restore();
    document.addEventListener("zq-answer", (event) => answered(event.target, event.detail));
    document.addEventListener("exercise-passed", (event) => passed(event.detail));
    addEventListener("pagehide", keepPlace);
    document.addEventListener("visibilitychange", () => document.hidden && keepPlace());
  }
  show();
  addEventListener("storage", (event) => (event.key === KEY || event.key === null) && follow());
  addEventListener("pageshow", (event) => event.persisted && follow());
}
