// Shows what search.js finds, as one types: on the page of results, and in a dialog on every page.
"use strict";

const EXCERPT = 200;
const PAUSE = 120; // milliseconds without a key before a query is answered

const searched = (() => {
  const root = document.documentElement.dataset.content_root ?? "./";
  Search.folder = `${root}search/`;
  let opening = null;
  const open = () => (opening ??= openIndex().catch((error) => {
    opening = null;
    throw error;
  }));
  return { root, open };
})();

// Returns a text cut to what can be taken in at a glance, its hits marked.
function excerpt(index, text, isCode, units) {
  const hits = units.flatMap((unit) => hitsIn(index, text, unit).places).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const fits = text.length <= EXCERPT * 1.25;
  const first = hits[0]?.[0] ?? 0;
  const start = fits || first < EXCERPT / 2 ? 0 : text.indexOf(" ", first - EXCERPT / 2) + 1;
  const end = fits || start + EXCERPT >= text.length ? text.length : text.lastIndexOf(" ", start + EXCERPT);
  const line = document.createElement(isCode ? "code" : "span");
  let at = start;
  if (start) line.append("… ");
  for (const [from, to] of hits) {
    if (from < at || to > end) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(from, to);
    line.append(text.slice(at, from), mark);
    at = to;
  }
  line.append(text.slice(at, end), end < text.length ? " …" : "");
  const paragraph = document.createElement("p");
  paragraph.className = "search-excerpt";
  paragraph.append(line);
  return paragraph;
}

// Makes the list's item of a result, and a function that loads its section and excerpt.
function itemOf(index, say, result, units, level) {
  const [name, title] = index.pages[result.page];
  const address = `${searched.root}${name}.html`;
  const item = document.createElement("li");
  const head = document.createElement(level);
  head.className = "search-title";
  const link = document.createElement("a");
  link.href = address;
  link.textContent = title;
  head.append(link);
  item.append(head);
  if (result.lacks.length) {
    const lacks = document.createElement("p");
    lacks.className = "search-lacks";
    lacks.textContent = say("lacks", { words: result.lacks.map((unit) => unit.text).join(", ") });
    item.append(lacks);
  }
  const load = async () => {
    const { anchor, heading, blocks } = await textOf(index, result.section);
    if (anchor) {
      const where = document.createElement("span");
      where.className = "search-section";
      where.textContent = ` › ${heading}`;
      link.href = `${address}#${anchor}`;
      link.append(where);
    }
    const found = passage(index, blocks, units);
    if (found.text) head.after(excerpt(index, found.text, found.isCode, units));
    // The page that opens marks these (search-hits.js).
    link.addEventListener("click", () => {
      const hits = { page: new URL(link.href).pathname, words: found.words };
      try {
        localStorage.setItem("search-hits", JSON.stringify(hits));
      } catch {
        // Storage is full or forbidden: the page opens without marks.
      }
    });
  };
  return { item, load };
}

// A list of results below a box, and the line that says how many there are.
class Results {
  #asked = 0;
  #timer = 0;

  constructor({ output, status, level, most = Infinity, none = () => {} }) {
    Object.assign(this, { output, status, level, most, none });
  }

  // Answers when no key was pressed for a moment.
  soon(query) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.answer(query), PAUSE);
  }

  async answer(query) {
    clearTimeout(this.#timer);
    const number = ++this.#asked;
    const index = await searched.open();
    const found = query ? await find(index, query) : null;
    if (number !== this.#asked) return; // a later query is on its way
    this.#show(index, query, found);
  }

  #show(index, query, found) {
    const known = index.say;
    const say = (name, values) => known[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
    this.output.replaceChildren();
    this.none(Boolean(found && !found.results.length));
    if (!found) {
      this.status.textContent = "";
      return;
    }
    const { units, results } = found;
    const count = results.length;
    this.status.textContent = say(count ? (count === 1 ? "one" : "found") : "none", { query, count });
    if (!count) return;
    const list = document.createElement("ol");
    list.className = "search";
    list.setAttribute("role", "list"); // Safari forgets it where list-style is none
    // The excerpt is fetched when its result comes near the window.
    const waiting = new Map();
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue;
          watch.unobserve(target);
          waiting.get(target)().catch(() => {}); // the list is worth something without it
        }
      },
      { rootMargin: "200px" },
    );
    for (const result of results.slice(0, this.most)) {
      const { item, load } = itemOf(index, say, result, units, this.level);
      list.append(item);
      waiting.set(item, load);
      watch.observe(item);
    }
    this.output.append(list);
  }
}

const SearchDialog = new (class {
  box = null;

  open(text) {
    if (!this.box) this.#make();
    if (!this.box.dialog.open) this.box.dialog.showModal();
    this.box.input.focus();
    this.box.input.select();
    if (text) {
      this.box.input.value = text;
      this.box.results.soon(text.trim());
    }
    searched.open().catch(() => {});
  }

  #make() {
    const form = document.querySelector(".site-header .search-form");
    const label = form.querySelector("input").getAttribute("aria-label");
    const dialog = document.createElement("dialog");
    dialog.className = "search-dialog";
    dialog.setAttribute("aria-label", label);
    const own = form.cloneNode(true);
    own.classList.add("search-form-dialog");
    const input = own.querySelector("input");
    input.value = "";
    const status = document.createElement("p");
    status.setAttribute("role", "status");
    status.className = "search-dialog-status";
    const output = document.createElement("div");
    output.className = "search-dialog-results";
    dialog.append(own, status, output);
    document.body.append(dialog);
    const results = new Results({ output, status, level: "p", most: 12 });
    input.addEventListener("input", () => results.soon(input.value.trim()));
    // Up and down go through the results; the box is above the first.
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault(); // by itself it empties the box first
        dialog.close();
        input.blur(); // else it keeps the focus until the next frame, and takes the next key
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const places = [input, ...output.querySelectorAll("a")];
      const next = places[places.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("a")) dialog.close();
    });
    this.box = { dialog, input, results };
  }
})();

{
  const input = document.querySelector(".search-form-large input");
  if (input) {
    const results = new Results({
      output: document.getElementById("search-results"),
      status: document.getElementById("search-status"),
      level: "h2",
      none: (nothing) => (document.getElementById("search-help").hidden = !nothing),
    });
    const address = (query) => (query ? `?q=${encodeURIComponent(query)}` : location.pathname);
    const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
    input.value = query;
    if (query) results.answer(query);
    else input.focus();
    input.addEventListener("input", () => results.soon(input.value.trim()));
    input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", address(input.value.trim()));
      results.answer(input.value.trim());
    });
  }
}
