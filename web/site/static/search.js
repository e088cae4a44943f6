// The page of results. Sphinx makes the index (searchindex.js calls Search.setIndex) and
// language_data.js (stopwords, Stemmer, and WORDS from web/site/search.py); what is a word, how it is
// stemmed and which particles are cut must agree with web/site/search.py.
//
// A query is cut into units (a word, or a term of several words); each unit knows the forms under
// which the index may hold it. Pages with all units come first; title > heading > text.
"use strict";

/* Words ------------------------------------------------------------------------------------ */

const WORD = /[0-9A-Za-z_\u00c0-\u024f]+(?:\.[0-9A-Za-z_\u00c0-\u024f]+)*|[가-힣]+/g;
const isHangul = (word) => word >= "가" && word <= "힣\uffff";
const stemmer = new Stemmer();
const stem = (word) => (/^[a-z]+$/.test(word) ? stemmer.stemWord(word) : word);
const endings = new Set(WORDS.endings);
// NFKC: a Korean or Japanese keyboard may give ＰＵＢ, as wide as 펍.
const wordsOf = (text) => text.normalize("NFKC").toLowerCase().match(WORD) ?? [];

// Stemmed words as the index knows them together: joined to one, and stemmed as it does.
const keyOf = (words) => (words.length === 1 ? words[0] : stem(words.join("")));

// The names of a term by each of them: loadbalanc, 부하분산, 로드밸런싱.
const names = new Map();
for (const group of WORDS.names) {
  for (const name of group) names.set(keyOf(name), [...(names.get(keyOf(name)) ?? []), ...group]);
}

function corrected(word) {
  for (const [wrong, right] of Object.entries(WORDS.misspelt)) word = word.replaceAll(wrong, right);
  return word;
}

/* The index -------------------------------------------------------------------------------- */

const LONGEST_NAME = 5;
const TITLE = 20;
const HEADING = 10;
const TEXT = 3;
// More, where web/site/search.py adds a mark: socket* on a page that says it often, socket! on the one that
// explains it (the glossary).
const MORE = { "*": 2, "!": 6 };
const LONGER = 0.25;
const MOST_LONGER = 50;
const has = (table, word) => Object.hasOwn(table, word);

class Index {
  constructor(data) {
    this.data = data;
    const words = new Set([...Object.keys(data.terms), ...Object.keys(data.titleterms)]);
    this.vocabulary = [...words].filter((word) => !(word.at(-1) in MORE));
    this.titles = data.titles.map((title) => wordsOf(title).map(stem));
  }

  holds(word) {
    return has(this.data.terms, word) || has(this.data.titleterms, word);
  }

  // Returns the pages that hold exactly this word, and how much it says about each.
  pages(word, weight = 1) {
    const found = new Map();
    const { terms, titleterms } = this.data;
    const listed = (table, key) => (has(table, key) ? [table[key]].flat() : []);
    for (const page of listed(terms, word)) found.set(page, TEXT);
    for (const page of listed(titleterms, word)) found.set(page, this.inTitle(page, word) ? TITLE : HEADING);
    for (const [mark, more] of Object.entries(MORE)) {
      for (const page of listed(terms, word + mark)) found.set(page, (found.get(page) ?? 0) + more);
    }
    for (const [page, score] of found) found.set(page, score * weight);
    return found;
  }

  inTitle(page, word) {
    const title = this.titles[page];
    if (title.some((other) => other === word || other.split(/[._]/).map(stem).includes(word))) return true;
    if (!isHangul(word)) return title.join("").includes(word) && word.length > 3;
    if (word.length > 1) return title.join("").includes(word);
    return title.some((other) => other[0] === word && endings.has(other.slice(1)));
  }

  // Returns longer words of the index that begin with this one; if there are none, that contain it.
  longer(word) {
    const short = word.length < (isHangul(word) ? 2 : 3);
    if (short && this.holds(word)) return [];
    const begin = this.vocabulary
      .filter((other) => other !== word && other.startsWith(word))
      .slice(0, MOST_LONGER); // "a" begins a tenth of all words
    if (begin.length || short || this.holds(word)) return begin;
    return this.vocabulary.filter((other) => other.includes(word));
  }
}

/* The query -------------------------------------------------------------------------------- */

// Returns the word, and what is left of it without a particle where the index knows that.
function withoutParticles(index, word) {
  if (!isHangul(word)) return [word];
  const found = [word];
  const known = (rest) => index.holds(rest) || names.has(rest);
  for (let end = word.length - 1; end > 0; end--) {
    const rest = word.slice(0, end);
    if (endings.has(word.slice(end)) && known(rest) && (end > 1 || !index.holds(word))) found.push(rest);
  }
  const verb = verbStem(word);
  if (verb && index.holds(verb)) found.push(verb);
  return found;
}

// Returns the stem of a verb whose last syllable took up a consonant: 보내 of 보냅니다, 보낸, 보낼,
// 보냈다; 버리 of 버린다, 버렸습니다.
function verbStem(word) {
  const base = word.replace(/(니다|습니다|다|고|지만|는데)$/, "");
  const last = base.charCodeAt(base.length - 1) - 0xac00;
  const [vowel, coda] = [Math.floor((last % 588) / 28), last % 28];
  const [N, L, B, SS, YEO, I] = [4, 8, 17, 20, 6, 20];
  if (base.length < 2 || ![N, L, B, SS].includes(coda)) return "";
  const contracted = coda === SS && vowel === YEO; // 렸 is 리었
  return base.slice(0, -1) + String.fromCharCode(0xac00 + last - coda + (contracted ? (I - YEO) * 28 : 0));
}

// Returns two or three words of the index that make up this one: 메시지패턴.
function pieces(index, word, most = 3) {
  for (let end = word.length - 1; end > 1 && most > 1; end--) {
    const head = word.slice(0, end);
    if (!index.holds(head)) continue;
    for (const rest of withoutParticles(index, word.slice(end)).reverse()) {
      if (rest.length > 1 && index.holds(rest)) return [head, rest];
    }
    const more = pieces(index, word.slice(end), most - 1);
    if (more) return [head, ...more];
  }
  return null;
}

// A form: words that a page must hold, and what the form is worth; together, where the index knows
// them joined to one word, or apart, anywhere on the page.
const form = (words, weight, together = true) => ({ words, weight, together });

function plainForms(index, word) {
  const forms = withoutParticles(index, stem(word)).map((found) => form([found], 1));
  const parts = word.split(/[._]+/).filter(Boolean).map(stem);
  if (parts.length > 1 && !index.holds(word)) forms.push(form(parts, 0.5, false));
  if (isHangul(word) && !forms.some(({ words }) => index.holds(words[0]))) {
    const found = pieces(index, word);
    if (found) forms.push(form(found, 0.7, false));
  }
  return forms;
}

function nameForms(key) {
  return (names.get(key) ?? []).flatMap((name) => {
    if (keyOf(name) !== key) return [form(name, 0.8)];
    const words = name.filter((word) => !stopwords.has(word));
    return words.length > 1 ? [form(name, 1), form(words, 0.5, false)] : [form(name, 1)];
  });
}

// Cuts a query into units: the longest run of words that is a term, else word by word.
function unitsOf(index, query) {
  let words = wordsOf(query).map(corrected);
  const telling = words.filter((word) => !stopwords.has(word) && !endings.has(word));
  if (telling.length) words = words.filter((word) => !endings.has(word) || word.length > 1);
  const units = [];
  for (let at = 0; at < words.length; ) {
    let unit = null;
    for (let length = Math.min(LONGEST_NAME, words.length - at); length > 0 && !unit; length--) {
      const run = words.slice(at, at + length);
      const begin = run.slice(0, -1).map(stem);
      for (const last of withoutParticles(index, stem(run.at(-1)))) {
        const joined = keyOf([...begin, last]);
        if (length === 1 && stopwords.has(last)) continue;
        const forms = nameForms(joined);
        if (length > 1 && !forms.length && run.every(isHangul) && index.holds(joined)) {
          const words = [...begin, last];
          forms.push(form(words, 1), form(words, 0.5, false));
        }
        if (!forms.length) continue;
        unit = { text: run.join(" "), forms: [...forms, ...(unit?.forms ?? [])], length };
      }
      if (unit && length === 1) unit.forms.push(...plainForms(index, run[0]));
    }
    const word = words[at];
    if (!unit && !(stopwords.has(word) && telling.length)) {
      unit = { text: word, forms: plainForms(index, word), length: 1 };
    }
    if (unit) units.push(unit);
    at += unit?.length ?? 1;
  }
  return units;
}

function best(into, found) {
  for (const [page, score] of found) into.set(page, Math.max(score, into.get(page) ?? 0));
}

// Returns each page's score for a unit: the best of its forms.
function pagesOf(index, unit) {
  const found = new Map();
  for (const { words, weight, together } of unit.forms) {
    const each = (together ? [keyOf(words)] : words).map((word) => index.pages(word, weight));
    const all = [...each[0]].filter(([page]) => each.every((pages) => pages.has(page)));
    best(found, all.map(([page]) => [page, Math.min(...each.map((pages) => pages.get(page)))]));
  }
  // Longer words that begin so count too, but never as much as the word itself.
  const longer = new Set(
    unit.forms
      .filter(({ words, weight }) => weight === 1 && words.length === 1)
      .flatMap(({ words }) => index.longer(words[0])),
  );
  for (const word of longer) best(found, index.pages(word, LONGER));
  unit.forms.push(...[...longer].map((word) => form([word], LONGER)));
  unit.rarity = 1 + 1 / Math.max(1, found.size);
  return found;
}

// Returns the pages for a query, best first: { page, score, lacks: [unit, ...] }. Lessons lead where
// the score is the same.
function ranked(index, units) {
  const isLesson = (page) => index.data.docnames[page].startsWith("lessons/");
  const results = new Map();
  for (const unit of units) {
    for (const [page, score] of pagesOf(index, unit)) {
      if (!results.has(page)) results.set(page, { page, score: 0, units: [] });
      const result = results.get(page);
      result.score += score;
      result.units.push(unit);
    }
  }
  return [...results.values()]
    .map((result) => ({ ...result, lacks: units.filter((unit) => !result.units.includes(unit)) }))
    .sort(
      (a, b) =>
        a.lacks.length - b.lacks.length ||
        b.score - a.score ||
        isLesson(b.page) - isLesson(a.page) ||
        a.page - b.page,
    );
}

/* What a result shows ---------------------------------------------------------------------- */

const NOT_TEXT =
  "svg, script, style, button, legend, summary, figcaption, nav, .headerlink, .zl-lang, .text_html, .recorded," +
  " .visually-hidden, .lesson-kicker, .lesson-facts, .lesson-download, .lesson-ran, .lesson-card-facts, .zq-verdict," +
  " .term-hint";
// What a reader has not opened yet: an excerpt of it gives away a hint or an answer's reason.
const FOLDED = "details, .zq-reason";
const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, td, th, pre, label";
const HEADINGS = "h1, h2, h3, h4, h5, h6, dt, .glossary-name";
const EXCERPT = 200;

// Returns where a word of a text is, or holds, a word of a form: [start, end], or null.
function place(found, wanted) {
  const word = found[0].toLowerCase();
  if (isHangul(word) !== isHangul(wanted)) return null;
  if (!isHangul(word)) {
    const same = [word, ...word.split(/[._]+/)].some((part) => part === wanted || stem(part) === wanted);
    return same ? [found.index, found.index + word.length] : null;
  }
  const at = wanted.length > 1 ? word.indexOf(wanted) : word.startsWith(wanted) ? 0 : -1;
  if (at < 0 || (wanted.length === 1 && word.length > 1 && !endings.has(word.slice(1)))) return null;
  return [found.index + at, found.index + at + wanted.length];
}

// Returns where a text holds the words of a form, one after the other.
function runs(tokens, words) {
  const found = [];
  for (let at = 0; at + words.length <= tokens.length; at++) {
    const places = words.map((word, step) => place(tokens[at + step], word));
    if (places.every(Boolean)) found.push([places[0][0], places.at(-1)[1]]);
  }
  return found;
}

// Returns how well a text says what a unit asks for, and where: { value, places }.
function hitsIn(text, unit) {
  const tokens = [...text.matchAll(WORD)];
  const hits = unit.forms.map(({ words, weight, together }) => {
    if (!together) {
      const each = words.map((word) => runs(tokens, [word]));
      const held = each.filter((places) => places.length).length;
      return { value: (weight * held) / words.length, places: each.flat() };
    }
    const places = runs(tokens, words);
    if (words.length > 1) places.push(...runs(tokens, [keyOf(words)]));
    return { value: places.length ? weight : 0, places };
  });
  const value = Math.max(0, ...hits.map((hit) => hit.value));
  const worth = value ? hits.filter((hit) => hit.value * 2 > value) : [];
  return { value, places: worth.flatMap((hit) => hit.places) };
}

const clean = (text) => text.replace(/\s+/g, " ").trim();

// Returns a page's blocks of text in order; of code, each line.
function blocksOf(main) {
  return [...main.querySelectorAll(BLOCKS)]
    .filter((block) => !block.querySelector(BLOCKS))
    .flatMap((block) => {
      const kind = block.tagName === "PRE" ? "code" : block.matches(HEADINGS) ? "heading" : "text";
      const lines = kind === "code" ? block.textContent.split("\n") : [block.textContent];
      return lines.map((line) => ({ block, kind, text: clean(line) }));
    });
}

// Returns the block of a page that says most about the units, and the section it stands in.
function passage(html, units) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector('[role="main"]');
  main.querySelectorAll(NOT_TEXT).forEach((element) => element.remove());
  const blocks = blocksOf(main);
  const words = new Set();
  let [chosen, most] = [-1, 0];
  blocks.forEach(({ block, kind, text }, at) => {
    const hits = units.map((unit) => hitsIn(text, unit));
    for (const [start, end] of hits.flatMap((hit) => hit.places)) words.add(text.slice(start, end).toLowerCase());
    const whole = hits.every((hit) => hit.value >= 0.5);
    const said =
      hits.reduce((sum, hit, number) => sum + hit.value * units[number].rarity, 0) +
      (kind === "heading" && whole ? 0.2 : 0) -
      (kind === "code" ? 0.1 : 0);
    const value = block.closest(FOLDED) ? said / 1000 : said;
    if (value > most) [chosen, most] = [at, value];
  });
  const from = Math.max(chosen, 0);
  const section = blocks[from]?.block.closest("section[id], .glossary-entry[id]");
  // Under a heading stands what is worth reading; a hit in the page's title leads to its top.
  let shown = blocks[from];
  if (chosen < 0 || shown.kind === "heading") {
    shown = blocks.slice(from).find(({ block, kind }) => block.tagName === "P" && kind === "text") ?? shown;
  }
  const isTop = !section || !section.parentElement.closest("section");
  return {
    text: shown?.text ?? "",
    isCode: shown?.kind === "code",
    anchor: isTop ? "" : `#${section.id}`,
    heading: isTop ? "" : clean(section.querySelector(HEADINGS).textContent),
    words: [...words],
  };
}

// Returns a text cut to what can be taken in at a glance, its hits marked.
function excerpt(text, isCode, units) {
  const hits = units.flatMap((unit) => hitsIn(text, unit).places).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
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

/* The page --------------------------------------------------------------------------------- */

const output = document.getElementById("search-results");
const say = (name, values) => output.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

function show(index, result, units) {
  const { docnames, titles } = index.data;
  const address = `${document.documentElement.dataset.content_root}${docnames[result.page]}.html`;
  const item = document.createElement("li");
  const heading = document.createElement("h2");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = titles[result.page];
  heading.append(link);
  item.append(heading);
  if (result.lacks.length) {
    const lacks = document.createElement("p");
    lacks.className = "search-lacks";
    lacks.textContent = say("lacks", { words: result.lacks.map((unit) => unit.text).join(", ") });
    item.append(lacks);
  }
  const load = async () => {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const found = passage(await answer.text(), units);
    link.href = address + found.anchor;
    if (found.heading) {
      const where = document.createElement("span");
      where.className = "search-section";
      where.textContent = ` › ${found.heading}`;
      link.append(where);
    }
    if (found.text) heading.after(excerpt(found.text, found.isCode, units));
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

const Search = {
  setIndex(data) {
    const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
    const input = document.querySelector(".search-form-large input");
    input.value = query;
    if (!query) {
      input.focus();
      return;
    }
    const index = new Index(data);
    const units = unitsOf(index, query);
    const results = ranked(index, units);
    const status = document.getElementById("search-status");
    const list = document.createElement("ol");
    list.className = "search";
    list.setAttribute("role", "list"); // Safari forgets it where list-style is none
    if (!results.length) {
      status.textContent = say("none", { query });
      document.getElementById("search-help").hidden = false;
      return;
    }
    status.textContent = say(results.length === 1 ? "one" : "found", { query, count: results.length });
    // A page is fetched for its excerpt when its result comes near the window.
    const waiting = new Map();
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue;
          watch.unobserve(target);
          waiting.get(target)().catch(() => {}); // without a server there are no excerpts
        }
      },
      { rootMargin: "300px" },
    );
    for (const result of results) {
      const { item, load } = show(index, result, units);
      list.append(item);
      waiting.set(item, load);
      watch.observe(item);
    }
    output.append(list);
  },
};
