// Marks the words of a search on the page that was opened from its results, once; Escape clears.
// The words are painted (CSS Custom Highlight API), so the page itself does not change; a browser
// without it marks nothing.
"use strict";

{
  const KEY = "search-hits";
  const NOT_TEXT = "svg, script, style, button, .headerlink, .zl-lang";
  // In Latin letters whole words only: PUB does not stand in "publish".
  const pattern = (words) =>
    new RegExp(
      words
        .sort((a, b) => b.length - a.length)
        .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .map((word) => (/[가-힣]/.test(word) ? (word.length > 1 ? word : `(?<![가-힣])${word}`) : `(?<![\\w.])${word}(?!\\w)`))
        .join("|"),
      "gi",
    );

  const take = () => {
    try {
      const hits = JSON.parse(localStorage.getItem(KEY));
      if (hits?.page !== location.pathname) return [];
      localStorage.removeItem(KEY);
      const isWord = (word) => typeof word === "string" && word !== "";
      return Array.isArray(hits.words) ? hits.words.filter(isWord) : [];
    } catch {
      return []; // no storage, or not ours
    }
  };

  const mark = (words) => {
    const sought = pattern(words);
    const texts = document.createTreeWalker(document.getElementById("furo-main-content"), NodeFilter.SHOW_TEXT);
    const ranges = [];
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (node.parentElement.closest(NOT_TEXT)) continue;
      for (const match of node.data.matchAll(sought)) {
        const range = new Range();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        ranges.push(range);
      }
    }
    CSS.highlights.set(KEY, new Highlight(...ranges));
    addEventListener("keydown", (event) => event.key === "Escape" && CSS.highlights.delete(KEY), { once: false });
  };

  const words = globalThis.Highlight && CSS.highlights ? take() : [];
  if (words.length) mark(words);
}
