// What the build tells the page: where Python lies, the words of the page's language, its cells.
export const data = JSON.parse(document.getElementById("run-data")?.textContent ?? "null");
export const words = data?.words ?? {};
export const root = data && new URL(data.root, document.baseURI).href;

// A word with its places filled: say("fetching", {done: "2.1", all: "6.2"}).
export const say = (word, values = {}) => words[word].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function make(name, properties = {}, ...children) {
  const { data: own = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(name), rest);
  Object.assign(node.dataset, own);
  node.append(...children);
  return node;
}

// One voice for the whole page, so that two places never talk at once.
let voice = null;
export function announce(text) {
  voice ??= document.body.appendChild(make("p", { className: "visually-hidden", role: "status" }));
  voice.textContent = text;
}
