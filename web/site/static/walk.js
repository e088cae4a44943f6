// One question at a time on a page that is written as a list: "Which pattern do I need?" and "Why
// is my message missing?". The address carries the way (#walk/answer/receivers), so that it can be
// shared and the browser's Back works. "#list" shows the list, and so does an anchor within it.
"use strict";

{
  const walk = document.querySelector(".walk");
  const words = JSON.parse(walk.dataset.words);
  const start = document.getElementById(walk.dataset.start);
  const prefix = start.id.replace(/-.*/, "-");
  const AWAY = "onbeforematch" in document.body ? "until-found" : "hidden"; // found by the browser's search

  function make(name, className, ...children) {
    const made = document.createElement(name);
    made.className = className;
    made.append(...children);
    return made;
  }

  // A question's answers: what each says, and the section to which it leads.
  function answersOf(section) {
    return [...section.querySelectorAll(":scope > ul > li > p")].flatMap((answer) => {
      const link = answer.querySelector('a[href^="#"]:not(.term)');
      const to = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!to) return [];
      const before = new Range();
      before.setStart(answer, 0);
      before.setEndBefore(link);
      const said = before.toString().replace(/[:\s]+$/, "");
      return [{ said, leads: link.textContent, to }];
    });
  }

  const questions = new Map();
  for (const section of start.parentElement.querySelectorAll(":scope > section")) {
    questions.set(section, answersOf(section));
  }
  const steps = new Set([...questions.keys(), ...[...questions.values()].flat().map(({ to }) => to)]);
  const page = start.parentElement.parentElement;
  const stays = (step) => step.parentElement === page; // a part of the page, which everybody may need
  const groups = new Set([...steps].filter((step) => !stays(step)).map((step) => step.parentElement));
  groups.delete(start.parentElement);
  for (const group of groups) group.querySelectorAll(":scope > section").forEach((section) => steps.add(section));

  const address = (way) => `#${["walk", ...way.map((step) => step.id.replace(prefix, ""))].join("/")}`;
  const headingOf = (section) => section.querySelector("h2, h3");

  // What stands behind the # of an address; as it is where its encoding is wrong.
  function fragment(hash) {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return hash.slice(1);
    }
  }

  // The steps that the address names, as far as answers lead there; null if it names the list.
  function wayOf(hash) {
    const [first, ...names] = fragment(hash).split("/");
    if (first === "list") return null;
    const way = [{ at: start, answer: null }];
    for (const name of names) {
      const answer = questions.get(way.at(-1).at)?.find(({ to }) => to.id === prefix + name);
      if (!answer) break;
      way.push({ at: answer.to, answer });
    }
    return way;
  }

  function link(text, href, className = "") {
    const made = make("a", className, text);
    made.href = href;
    return made;
  }

  // What has been answered, each answer leading back to its question; Back, Start again, the list.
  function drawWay(way) {
    const taken = way.map(({ at }) => at).slice(1);
    const path = make("ol", "walk-path");
    for (const [n, { answer }] of way.slice(1).entries()) {
      const question = make("span", "visually-hidden", `${headingOf(way[n].at).firstChild.textContent} `);
      const back = link("", address(taken.slice(0, n)));
      back.append(question, answer.said);
      path.append(make("li", "", back));
    }
    const ways = make("p", "walk-ways");
    if (taken.length) {
      ways.append(link(`← ${words.back}`, address(taken.slice(0, -1)), "walk-back"), link(words.again, address([])));
    }
    ways.append(link(words.list, "#list"));
    walk.replaceChildren(...(taken.length ? [path] : []), ways);
  }

  function drawAnswers(section, way) {
    const list = make("ul", "walk-answers");
    for (const { said, leads, to } of questions.get(section)) {
      const choice = link("", address([...way, to]));
      choice.append(make("span", "", said), " ", make("span", "walk-leads", leads));
      list.append(make("li", "", choice));
    }
    section.append(list);
  }

  function hide(section, away) {
    if (away) section.setAttribute("hidden", AWAY);
    else section.removeAttribute("hidden");
    const entry = document.querySelector(`.toc-tree a[href="#${section.id}"]`);
    if (entry) entry.parentElement.hidden = away;
  }

  // Shows the last step of the way alone; everything if there is no way.
  function show(way) {
    const last = way?.at(-1).at ?? null;
    document.querySelector(".walk-answers")?.remove();
    for (const step of steps) {
      hide(step, Boolean(last) && step !== last && !stays(step));
      step.classList.toggle("walk-asked", step === last && questions.has(step));
      step.classList.toggle("walk-card", step === last && !questions.has(step));
    }
    for (const group of groups) {
      hide(group, Boolean(last) && !group.contains(last));
      group.classList.toggle("walk-group", Boolean(last) && group.contains(last));
    }
    walk.hidden = false;
    if (!way) {
      walk.replaceChildren(make("p", "walk-ways", link(words.one, "#walk")));
      return;
    }
    const taken = way.map(({ at }) => at).slice(1);
    drawWay(way);
    if (questions.has(last)) drawAnswers(last, taken);
  }

  // The reader's place follows: a screen reader says the new heading, Tab leads to the answers.
  function moveTo(section) {
    const heading = headingOf(section);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    const header = document.querySelector(".site-header").getBoundingClientRect().bottom;
    const top = stays(section) ? heading : walk;
    const seen = top.getBoundingClientRect().top >= header && section.getBoundingClientRect().bottom <= innerHeight;
    if (!seen) top.scrollIntoView();
  }

  // What the address asks for. An anchor of the page is the browser's matter, unless it is hidden.
  function go(before) {
    const { hash, href } = location;
    if (before && href.endsWith("#")) return; // the link to the page's top
    const target = /^#(walk|list)(\/|$)/.test(hash) ? null : document.getElementById(fragment(hash));
    if (target?.closest("[hidden]")) {
      show(null);
      target.scrollIntoView();
    } else if (!target) {
      const way = wayOf(hash);
      show(way);
      if (way && (before || way.length > 1)) moveTo(way.at(-1).at);
      else if (before) walk.scrollIntoView({ block: "nearest" });
    }
  }

  show(wayOf(""));
  go(false);
  addEventListener("hashchange", () => go(true));
  document.addEventListener("beforematch", () => show(null)); // the browser's search found a word
}
