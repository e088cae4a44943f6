// Finds sections of the site for a query: words, the index and its ranking. It touches no page, so
// that tests run it without a browser; search-page.js shows what is found.
//
// The index lies in files of a few kilobytes (web/site/search_index.py), of which a query loads
// those that it needs. What is a word, how it is stemmed and which particles are cut must agree with
// web/site/search.py.
//
// A query is cut into units (a word, or a term of several words); each unit knows the forms under
// which the index may hold it. A page counts by its best section for each unit, a rare unit for
// more; and by how near the query comes to a question that people ask.
"use strict";

/* Files ------------------------------------------------------------------------------------ */

const Search = {
  waiting: new Map(),
  folder: "",
  version: "",

  // A file of the index calls this when it is loaded.
  take(name, data) {
    Search.waiting.get(name)?.done(data);
  },

  // Loads one file; the same promise for who asks again. A file that fails is asked for again.
  load(name) {
    if (!Search.waiting.has(name)) {
      const entry = {};
      entry.data = new Promise((resolve, reject) => Object.assign(entry, { done: resolve, reject }));
      Search.waiting.set(name, entry);
      Search.fetch(name, (error) => {
        Search.waiting.delete(name);
        entry.reject(error);
      });
    }
    return Search.waiting.get(name).data;
  },

  // Asks for a file by a script, which also works where a page was opened without a server.
  fetch(name, failed) {
    const script = document.createElement("script");
    script.src = `${Search.folder}${name}.js${Search.version}`;
    script.onerror = () => failed(new Error(`no ${name}`));
    document.head.append(script);
    script.onload = () => script.remove();
  },
};

/* Words ------------------------------------------------------------------------------------ */

const WORD = /[0-9A-Za-z_\u00c0-\u024f]+(?:\.[0-9A-Za-z_\u00c0-\u024f]+)*|[가-힣]+/g;
const TYPED = /[0-9A-Za-z_\u00c0-\u024f]+(?:\.[0-9A-Za-z_\u00c0-\u024f]+)*|[가-힣ㄱ-ㅣ]+/g;
const isHangul = (word) => word >= "ㄱ" && word <= "힣\uffff";
// NFKC: a Korean or Japanese keyboard may give ＰＵＢ, as wide as 펍. It also turns letters of Hangul
// that stand alone into those that begin a syllable; TYPED wants them as they were typed.
const plain = (text) => text.normalize("NFC").replace(/[\uff01-\uff5e]/g, (one) => one.normalize("NFKC")).toLowerCase();
const wordsOf = (text) => plain(text).match(WORD) ?? [];

// What words.js brings, and what follows from it.
class Language {
  constructor(known) {
    this.shards = known.shards;
    this.step = known.step; // from a section to the next, in the number that also holds a weight
    this.text = known.text; // what a word says that stands in the text once
    this.asked = known.asked; // what it says at most that stands in a question, and not in the title
    this.stopwords = new Set(known.stopwords);
    this.endings = new Set(known.endings);
    this.misspelt = Object.entries(known.misspelt);
    this.stemmer = new EnglishStemmer();
    // The names of a term by each of them: loadbalanc, 부하분산, 로드밸런싱.
    this.names = new Map();
    for (const group of known.names) {
      for (const name of group) {
        const key = this.keyOf(name);
        this.names.set(key, [...(this.names.get(key) ?? []), ...group]);
      }
    }
  }

  stem(word) {
    return /^[a-z]+$/.test(word) ? this.stemmer.stemWord(word) : word;
  }

  // Stemmed words as the index knows them together: joined to one, and stemmed as it does.
  keyOf(words) {
    return words.length === 1 ? words[0] : this.stem(words.join(""));
  }

  corrected(word) {
    for (const [wrong, right] of this.misspelt) word = word.replaceAll(wrong, right);
    return word;
  }
}

/* Keys of a Korean keyboard ---------------------------------------------------------------- */

const KEYS = "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml";
const LETTERS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ";
const FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const MIDDLE = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
const LAST = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
const PAIRS = {
  ㅘ: "ㅗㅏ", ㅙ: "ㅗㅐ", ㅚ: "ㅗㅣ", ㅝ: "ㅜㅓ", ㅞ: "ㅜㅔ", ㅟ: "ㅜㅣ", ㅢ: "ㅡㅣ", ㄳ: "ㄱㅅ", ㄵ: "ㄴㅈ", ㄶ: "ㄴㅎ",
  ㄺ: "ㄹㄱ", ㄻ: "ㄹㅁ", ㄼ: "ㄹㅂ", ㄽ: "ㄹㅅ", ㄾ: "ㄹㅌ", ㄿ: "ㄹㅍ", ㅀ: "ㄹㅎ", ㅄ: "ㅂㅅ",
};
const JOINED = Object.fromEntries(Object.entries(PAIRS).map(([whole, pair]) => [pair, whole]));

// Returns the letters of a word of Hangul, one for each key that was pressed: 펍 is ㅍㅓㅂ.
function lettersOf(word) {
  return [...word]
    .flatMap((one) => {
      const code = one.charCodeAt(0) - 0xac00;
      if (code < 0) return [one];
      return [FIRST[Math.floor(code / 588)], MIDDLE[Math.floor((code % 588) / 28)], LAST[code % 28].trim()];
    })
    .map((letter) => PAIRS[letter] ?? letter)
    .join("");
}

// Returns what the same keys give in Latin letters: ㅔㅕㅠ is pub.
function latinOf(word) {
  const keys = [...lettersOf(word)].map((letter) => KEYS[LETTERS.indexOf(letter)] ?? "");
  return keys.join("").toLowerCase();
}

// Returns what the same keys give in Hangul, or "" where that is no word: thzpt is 소켓.
function hangulOf(word) {
  const letters = [...word].map((key) => LETTERS[KEYS.indexOf(key)]);
  if (word.length < 4 || letters.some((letter) => !letter)) return "";
  let text = "";
  for (let at = 0; at < letters.length; ) {
    const first = FIRST.indexOf(letters[at++]);
    if (first < 0 || !MIDDLE.includes(letters[at])) return "";
    let middle = letters[at++];
    if (JOINED[middle + letters[at]] && MIDDLE.includes(JOINED[middle + letters[at]])) middle = JOINED[middle + letters[at++]];
    let last = " ";
    const beginsNext = (place) => place + 1 < letters.length && MIDDLE.includes(letters[place + 1]);
    if (at < letters.length && LAST.includes(letters[at]) && !beginsNext(at)) {
      last = letters[at++];
      const both = JOINED[last + letters[at]];
      if (both && LAST.includes(both) && !beginsNext(at)) {
        last = both;
        at += 1;
      }
    }
    text += String.fromCharCode(0xac00 + first * 588 + MIDDLE.indexOf(middle) * 28 + LAST.indexOf(last));
  }
  return text;
}

/* The index -------------------------------------------------------------------------------- */

const LONGEST_NAME = 5;
const LONGER = 0.25;
const NEAR = 0.4;
const MOST_LONGER = 50;

class Index {
  constructor(language, list) {
    this.language = language;
    this.pages = list.pages;
    this.texts = list.texts;
    this.asks = list.asks;
    this.pageOf = list.pages.flatMap(([, , first], page) => {
      const next = list.pages[page + 1]?.[2] ?? first + 1; // of the last page no more is known
      return Array(next - first).fill(page);
    });
    this.words = new Map(); // of the shards that are loaded: each word's steps
    this.loaded = new Set();
  }

  add(shard) {
    for (const [word, listed] of Object.entries(shard)) this.words.set(word, listed);
  }

  // Returns the number of the shard that holds a word: by its first syllable or two letters.
  shardOf(word) {
    const second = isHangul(word) || word.length < 2 ? 0 : word.charCodeAt(1);
    return (word.charCodeAt(0) * 31 + second) % this.language.shards;
  }

  // Loads the shards that hold words which begin as these do.
  async load(words) {
    const numbers = new Set([...words].map((word) => this.shardOf(word)));
    const wanted = [...numbers].filter((number) => !this.loaded.has(number));
    const shards = await Promise.all(wanted.map((number) => Search.load(`w${number}`)));
    for (const [at, shard] of shards.entries()) {
      this.loaded.add(wanted[at]);
      this.add(shard);
    }
  }

  holds(word) {
    return this.words.has(word);
  }

  // Returns the sections that hold exactly this word, and how much it says about each.
  sectionsOf(word, weight = 1) {
    const found = new Map();
    const listed = this.words.get(word) ?? [];
    let section = 0;
    for (const step of listed) {
      section += Math.floor(step / this.language.step);
      found.set(section, (step % this.language.step) * weight);
    }
    return found;
  }

  // Returns longer words of the index that begin with this one, letter by letter: 파이프라 begins
  // 파이프라인, and so does 파이프라이, whose last syllable is not yet whole.
  longer(word) {
    if (word.length < (isHangul(word) ? 2 : 3) && this.holds(word)) return [];
    const letters = isHangul(word) ? lettersOf(word) : word;
    const spelt = isHangul(word) ? lettersOf : (other) => other;
    return [...this.words.keys()]
      .filter((other) => other !== word && other[0] === word[0] && spelt(other).startsWith(letters))
      .slice(0, MOST_LONGER); // "a" begins a tenth of all words
  }

  // Returns the words of the index that differ from this one by a slip of one or two keys.
  near(word) {
    const letters = isHangul(word) ? lettersOf(word) : word;
    const slips = letters.length < 4 ? 0 : letters.length < 8 ? 1 : 2;
    if (!slips) return [];
    return [...this.words.keys()].filter((other) => {
      if (isHangul(other) !== isHangul(word) || other[0] !== word[0]) return false;
      const others = isHangul(other) ? lettersOf(other) : other;
      return Math.abs(others.length - letters.length) <= slips && distance(letters, others) <= slips;
    });
  }
}

// Returns how many keys differ: one too many, one missing, another one, or two in the wrong order.
function distance(one, other) {
  let rows = [[], Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const [before, last] = rows;
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        row[j] = Math.min(row[j], before[j - 2] + 1);
      }
    }
    rows = [last, row];
  }
  return rows[1][other.length];
}

/* The query -------------------------------------------------------------------------------- */

// Returns the word, and what is left of it without a particle where the index knows that.
function withoutParticles(index, word) {
  if (!isHangul(word)) return [word];
  const { endings, names } = index.language;
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
  const base = word.replace(/(니다|습니다|다|고|지만|는데|어요|나요)$/, "");
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

// Returns the longest word of the index that begins this one, and the longest that ends it: 응답 of
// 응답안옴.
function within(index, word) {
  const found = [];
  for (let end = word.length - 1; end > 1 && !found.length; end--) {
    if (index.holds(word.slice(0, end))) found.push(word.slice(0, end));
  }
  for (let from = Math.max(1, found[0]?.length ?? 0); from < word.length - 1; from++) {
    if (index.holds(word.slice(from))) return [...found, word.slice(from)];
  }
  return found;
}

// A form: words that a section must hold, and what the form is worth; together, where the index
// knows them joined to one word, or apart, anywhere in the section.
const form = (words, weight, together = true) => ({ words, weight, together });

function plainForms(index, word) {
  const { language } = index;
  const stem = (one) => language.stem(one);
  const forms = withoutParticles(index, stem(word)).map((found) => form([found], 1));
  const parts = word.split(/[._]+/).filter(Boolean).map(stem);
  if (parts.length > 1 && !index.holds(word)) forms.push(form(parts, 0.5, false));
  if (isHangul(word) && !forms.some(({ words }) => index.holds(words[0]))) {
    const found = pieces(index, word);
    if (found) forms.push(form(found, 0.7, false));
    else forms.push(...within(index, word).map((part) => form([part], NEAR)));
  }
  if (!forms.some(({ words }) => words.every((one) => index.holds(one))) && !index.longer(stem(word)).length) {
    forms.push(...index.near(stem(word)).map((found) => form([found], NEAR)));
  }
  return forms;
}

function nameForms(index, key) {
  const { language } = index;
  return (language.names.get(key) ?? []).flatMap((name) => {
    if (language.keyOf(name) !== key) return [form(name, 0.8)];
    const words = name.filter((word) => !language.stopwords.has(word));
    return words.length > 1 ? [form(name, 1), form(words, 0.5, false)] : [form(name, 1)];
  });
}

// Tells whether the index knows a word in some form; what it may know must be loaded.
function knows(index, word) {
  const { language } = index;
  const forms = withoutParticles(index, language.stem(word));
  return forms.some((one) => index.holds(one) || language.names.has(one)) || index.longer(language.stem(word)).length > 0;
}

// Returns the words of a query: slips of spelling mended, and those of the keyboard's layout.
function typed(index, query) {
  const { language } = index;
  return (plain(query).match(TYPED) ?? []).map((word) => {
    const right = language.corrected(word);
    const whole = /^[가-힣]+$/.test(word);
    if (whole && (knows(index, right) || pieces(index, word))) return right;
    if (!isHangul(word) && knows(index, word)) return word;
    const other = isHangul(word) ? latinOf(word) : hangulOf(word);
    return other && knows(index, other) ? other : right;
  });
}

// Cuts a query's words into units: the longest run of words that is a term, else word by word.
function unitsOf(index, query) {
  const { language } = index;
  const { stopwords, endings } = language;
  let words = typed(index, query);
  const telling = words.filter((word) => !stopwords.has(word) && !endings.has(word));
  if (telling.length) words = words.filter((word) => !endings.has(word) || word.length > 1);
  const units = [];
  for (let at = 0; at < words.length; ) {
    let unit = null;
    for (let length = Math.min(LONGEST_NAME, words.length - at); length > 0 && !unit; length--) {
      const run = words.slice(at, at + length);
      const begin = run.slice(0, -1).map((word) => language.stem(word));
      for (const last of withoutParticles(index, language.stem(run.at(-1)))) {
        const joined = language.keyOf([...begin, last]);
        if (length === 1 && stopwords.has(last)) continue;
        const forms = nameForms(index, joined);
        if (length > 1 && !forms.length && run.every(isHangul) && index.holds(joined)) {
          const each = [...begin, last];
          forms.push(form(each, 1), form(each, 0.5, false));
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

/* Ranking ---------------------------------------------------------------------------------- */

const TOGETHER = 0.6; // what a section is worth that says all of it, beside each unit's best
const ASKED = 60; // a question that people ask, typed as it stands
const IN_PART = 0.4; // what a section is worth that has one piece of a word of several, and not the rest
const ALIKE = 0.34; // from here on two texts have something in common

function best(into, found) {
  for (const [section, score] of found) into.set(section, Math.max(score, into.get(section) ?? 0));
}

// Returns each section's score for a unit: the best of its forms.
function scoresOf(index, unit) {
  const found = new Map();
  const { language } = index;
  for (const { words, weight, together } of unit.forms) {
    const each = (together ? [language.keyOf(words)] : words).map((word) => index.sectionsOf(word, weight));
    for (const section of new Set(each.flatMap((one) => [...one.keys()]))) {
      const scores = each.map((one) => one.get(section) ?? 0);
      const mean = scores.reduce((sum, score) => sum + score, 0) / each.length;
      best(found, [[section, scores.includes(0) ? mean * IN_PART : Math.min(...scores)]]);
    }
  }
  // Longer words that begin so count too, but never as much as the word itself.
  const longer = new Set(
    unit.forms
      .filter(({ words, weight }) => weight === 1 && words.length === 1)
      .flatMap(({ words }) => index.longer(words[0])),
  );
  for (const word of longer) best(found, index.sectionsOf(word, LONGER));
  unit.forms.push(...[...longer].map((word) => form([word], LONGER)));
  return found;
}

function pairsOf(text) {
  const letters = plain(text).replace(/[^0-9a-z가-힣]/g, "");
  const pairs = new Map();
  for (let at = 0; at + 2 <= letters.length; at++) {
    const pair = letters.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return { pairs, count: Math.max(0, letters.length - 1) };
}

// Returns how much two texts have in common, 0 to 1, by their pairs of letters (Dice).
function alike(one, other) {
  let common = 0;
  for (const [pair, count] of one.pairs) common += Math.min(count, other.pairs.get(pair) ?? 0);
  const value = (2 * common) / (one.count + other.count || 1);
  return Math.max(0, value - ALIKE) / (1 - ALIKE);
}

// Returns the sections with a question near the query, and how much that says.
function asked(index, query) {
  const wanted = pairsOf(query);
  const found = new Map();
  if (wanted.count < 2) return found;
  index.askPairs ??= index.asks.map(([section, text]) => [section, pairsOf(text)]);
  best(found, index.askPairs.map(([section, pairs]) => [section, ASKED * alike(wanted, pairs)]));
  for (const [section, score] of found) if (!score) found.delete(section);
  return found;
}

// Returns the pages for a query, best first: { page, section, score, lacks: [unit, ...] }. Lessons
// lead where the score is the same.
function ranked(index, units, query = "") {
  const { asked: mostAsked, text } = index.language;
  const results = new Map();
  const isTop = (section) => index.pages[of(section).page][2] === section;
  const of = (section) => {
    const page = index.pageOf[section] ?? index.pages.length - 1;
    if (!results.has(page)) results.set(page, { page, units: new Map(), sections: new Map(), asked: 0 });
    return results.get(page);
  };
  for (const unit of units) {
    const scores = scoresOf(index, unit);
    unit.rarity = Math.log(1 + index.pageOf.length / (1 + scores.size));
    for (const [section, score] of scores) {
      const result = of(section);
      result.units.set(unit, Math.max(result.units.get(unit) ?? 0, score * unit.rarity));
      // What a page is asked for says which page it is, not where on it the answer stands.
      const said = !isTop(section) || score > mostAsked ? score : Math.min(score, text);
      result.sections.set(section, (result.sections.get(section) ?? 0) + said * unit.rarity);
    }
  }
  const all = units.reduce((sum, unit) => sum + unit.rarity, 0) || 1;
  for (const [section, score] of asked(index, query)) {
    const result = of(section);
    result.asked = Math.max(result.asked, score);
    // A question is asked of a page, and some section of it says the answer.
    const more = isTop(section) ? 0 : score;
    result.sections.set(section, (result.sections.get(section) ?? 0) + more);
  }
  const isLesson = (page) => index.pages[page][0].startsWith("lessons/");
  return [...results.values()]
    .map((result) => {
      const lacks = units.filter((unit) => !result.units.has(unit));
      const [section, most] = [...result.sections].reduce((a, b) => (b[1] > a[1] ? b : a));
      const each = [...result.units.values()].reduce((sum, score) => sum + score, 0);
      const covered = 1 - lacks.reduce((sum, unit) => sum + unit.rarity, 0) / all;
      const score = (each + TOGETHER * most) * covered ** 2 + result.asked;
      return { page: result.page, section, score, lacks };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || isLesson(b.page) - isLesson(a.page) || a.page - b.page);
}

/* All of it -------------------------------------------------------------------------------- */

// Returns the index with nothing but the list of pages loaded.
async function openIndex() {
  const known = await Search.load("words");
  if (known.version && !Search.version) Search.version = `?v=${known.version}`;
  const index = new Index(new Language(known), await Search.load("pages"));
  index.say = known.say;
  return index;
}

// Returns how a word of a query begins in the index, if it stands there as it was typed.
function asTyped(index, word) {
  if (isHangul(word)) return [index.language.corrected(word)];
  return [word, ...word.split(/[._]+/)].filter(Boolean).flatMap((part) => [part, index.language.stem(part)]);
}

// Returns how else it may begin there: each syllable may begin a word of it (메시지패턴), and the
// keyboard may have had another layout.
function asMeant(index, word) {
  const syllables = isHangul(word) ? index.language.corrected(word) : hangulOf(word);
  return [...syllables, ...(isHangul(word) ? [latinOf(word)] : [])].filter(Boolean);
}

// Returns units and pages for a query, best first.
async function find(index, query) {
  const words = plain(query).match(TYPED) ?? [];
  await index.load(words.flatMap((word) => asTyped(index, word)));
  const unknown = words.filter((word) => !knows(index, index.language.corrected(word)));
  await index.load(unknown.flatMap((word) => asMeant(index, word)));
  let units = unitsOf(index, query);
  const before = index.loaded.size;
  await index.load(units.flatMap((unit) => unit.forms.flatMap(({ words }) => [...words, index.language.keyOf(words)])));
  if (index.loaded.size > before) units = unitsOf(index, query);
  return { units, results: ranked(index, units, query) };
}

/* Excerpts --------------------------------------------------------------------------------- */

// Returns where a word of a text is, or holds, a word of a form: [start, end], or null.
function place(index, found, wanted) {
  const { language } = index;
  const word = found[0].toLowerCase();
  if (isHangul(word) !== isHangul(wanted)) return null;
  if (!isHangul(word)) {
    const same = [word, ...word.split(/[._]+/)].some((part) => part === wanted || language.stem(part) === wanted);
    return same ? [found.index, found.index + word.length] : null;
  }
  const at = wanted.length > 1 ? word.indexOf(wanted) : word.startsWith(wanted) ? 0 : -1;
  if (at < 0 || (wanted.length === 1 && word.length > 1 && !language.endings.has(word.slice(1)))) return null;
  return [found.index + at, found.index + at + wanted.length];
}

// Returns where a text holds the words of a form, one after the other.
function runs(index, tokens, words) {
  const found = [];
  for (let at = 0; at + words.length <= tokens.length; at++) {
    const places = words.map((word, step) => place(index, tokens[at + step], word));
    if (places.every(Boolean)) found.push([places[0][0], places.at(-1)[1]]);
  }
  return found;
}

// Returns how well a text says what a unit asks for, and where: { value, places }.
function hitsIn(index, text, unit) {
  const tokens = [...text.matchAll(WORD)];
  const hits = unit.forms.map(({ words, weight, together }) => {
    if (!together) {
      const each = words.map((word) => runs(index, tokens, [word]));
      const held = each.filter((places) => places.length).length;
      return { value: (weight * held) / words.length, places: each.flat() };
    }
    const places = runs(index, tokens, words);
    if (words.length > 1) places.push(...runs(index, tokens, [index.language.keyOf(words)]));
    return { value: places.length ? weight : 0, places };
  });
  const value = Math.max(0, ...hits.map((hit) => hit.value));
  const worth = value ? hits.filter((hit) => hit.value * 2 > value) : [];
  return { value, places: worth.flatMap((hit) => hit.places) };
}

// Returns the block of a section that says most about the units, and all that is to be marked in
// it: { text, isCode, words }. Under a heading stands what is worth reading.
function passage(index, blocks, units) {
  const words = new Set();
  let [chosen, most] = [-1, 0];
  blocks.forEach(([kind, text], at) => {
    const hits = units.map((unit) => hitsIn(index, text, unit));
    for (const [start, end] of hits.flatMap((hit) => hit.places)) words.add(text.slice(start, end).toLowerCase());
    const value = hits.reduce((sum, hit, number) => sum + hit.value * (units[number].rarity ?? 1), 0) - (kind === "c" ? 0.1 : 0);
    if (value > most && "tc".includes(kind)) [chosen, most] = [at, value];
  });
  const [kind, text] = blocks[chosen] ?? blocks.find(([one]) => one === "t") ?? blocks[0] ?? ["t", ""];
  return { text, isCode: kind === "c", words: [...words] };
}

// Returns a section's anchor, heading and blocks of text.
async function textOf(index, section) {
  const after = index.texts.findIndex((start) => start > section);
  const number = (after < 0 ? index.texts.length : after) - 1;
  const [anchor, heading, blocks] = (await Search.load(`t${number}`))[section - index.texts[number]];
  return { anchor, heading, blocks };
}
