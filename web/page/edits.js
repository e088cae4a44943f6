// What the reader changed in the cells' code: kept in this browser, by page and cell.
const KEY = "zeromq-companion.code.1";

let memory = null; // instead of storage, where that is refused; lasts as long as the page

function load() {
  if (memory) return memory;
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return typeof found === "object" && found !== null && !Array.isArray(found) ? found : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) memory = {};
    return memory ?? {};
  }
}

export function editOf(page, key) {
  const text = load()[page]?.[key];
  return typeof text === "string" ? text : null;
}

// Keeps a text, or forgets it if it is null. Returns false if it lasts only as long as the page.
export function keepEdit(page, key, text) {
  const all = load();
  const own = typeof all[page] === "object" && all[page] !== null ? all[page] : {};
  if (text === null) delete own[key];
  else own[key] = text;
  if (Object.keys(own).length) all[page] = own;
  else delete all[page];
  if (!memory) {
    try {
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      memory = all;
    }
  }
  return !memory;
}

// A short name for a text: the same text has the same name in every visit.
export function nameOf(text) {
  let hash = 0x811c9dc5;
  for (const octet of new TextEncoder().encode(text)) hash = Math.imul(hash ^ octet, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
