// Opens the search in a dialog: by "/" or Ctrl-K, or from the header's box or button. Without this
// script the box leads to the page of results.
"use strict";

{
  const here = document.currentScript.src;
  const version = new URL(here).search;
  let loading = null;

  const load = (name) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = new URL(name, here).href + version;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });

  const open = async (text = "") => {
    loading ??= load("search.js").then(() => load("search-page.js"));
    try {
      await loading;
    } catch (error) {
      loading = null; // the next press tries again
      throw error;
    }
    SearchDialog.open(text);
  };

  const writes = (element) => element.closest("input, textarea, select, [contenteditable]");

  if (!document.querySelector(".search-form-large")) {
    const box = document.querySelector(".site-header .search-form input");
    const link = document.querySelector(".site-header .search-link");
    box?.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      open(box.value).catch(() => box.focus());
    });
    box?.addEventListener("input", () => open(box.value).catch(() => {}));
    link?.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open().catch(() => (location.href = link.href));
    });
  }
  addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !writes(event.target);
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!slash && !(k && !event.target.closest("textarea, .cm-editor"))) return;
    event.preventDefault();
    const large = document.querySelector(".search-form-large input");
    if (large) large.focus();
    else open().catch(() => {});
  });
}
