// The bench before its first Run: the roles' code as it stands, and a link's if the page came by one.
// What the live bench needs is fetched at the press of Run.
import { data, root } from "./data.js";
import { able, callback, fetchPython, module, startPython, transfer } from "./python.js";

const LINK = "#bench=";

/** What a shared link carries: the roles' code where it is the reader's own, and what was done when. */
export function readLink(hash) {
  if (!hash.startsWith(LINK)) return null;
  try {
    const octets = Uint8Array.from(atob(hash.slice(LINK.length).replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
    const told = JSON.parse(new TextDecoder().decode(octets));
    return told.v === 1 && typeof told.code === "object" && Array.isArray(told.acts) ? told : null;
  } catch {
    return null;
  }
}

export function writeLink(told) {
  const octets = new TextEncoder().encode(JSON.stringify({ v: 1, ...told }));
  const text = btoa(String.fromCharCode(...octets));
  return LINK + text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function setUpBench(section) {
  const words = JSON.parse(section.dataset.words);
  const run = section.querySelector('[data-action="run"]');
  const status = section.querySelector("[data-bench-status]");
  section.classList.add("is-scripted");
  if (!able()) {
    status.textContent = words.unable;
    return;
  }
  status.textContent = words.before.replace("{mb}", data.megabytes);
  for (const area of section.querySelectorAll("textarea")) area.readOnly = false;
  const told = readLink(location.hash);
  if (told) {
    for (const role of section.querySelectorAll("[data-role]")) {
      const own = told.code[role.dataset.role];
      if (typeof own === "string") role.querySelector("textarea").value = own;
    }
    status.textContent = words.linked;
    section.scrollIntoView();
  }
  section.classList.add("is-able");
  run.hidden = false;
  let live = null;
  let loading = false;
  run.addEventListener("click", async () => {
    if (live) return void live.run();
    if (loading) return;
    loading = true;
    for (const role of section.querySelectorAll("[data-role]")) role.dataset.roleState = "starting";
    section.dataset.benchState = "starting";
    status.textContent = words.fetching;
    try {
      const { Live } = await module(root, "benchlive.js");
      live = new Live(section, { root, words, told, writeLink, python: { callback, fetchPython, module, startPython, transfer } });
      live.run();
    } catch (error) {
      for (const role of section.querySelectorAll("[data-role]")) role.dataset.roleState = "off";
      section.dataset.benchState = "failed";
      status.textContent = words.not_fetched.replace("{name}", error.message);
    } finally {
      loading = false;
    }
  });
}

export function setUpBenches() {
  if (!data) return;
  for (const section of document.querySelectorAll("[data-bench]")) setUpBench(section);
}
