// Copy buttons on code, and "copy as a program" on a lesson's cells. web/lessons/plain_copy.py wrote
// the programs to ../../programs, and told the page which there are.
// Prompts and outputs are never copied. Without JavaScript there are no buttons.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("copy-data")?.textContent ?? "null");
  if (!data) return;
  const { words, program } = data;
  const SHOWN = 2000; // ms that a button shows its tick
  const NO_CODE = ".highlight-text, .highlight-none, .highlight-output, .cell_output";

  const told = document.createElement("p");
  told.className = "copy-told";
  told.setAttribute("role", "status");
  document.querySelector("#furo-main-content").append(told);

  const icon = `<svg class="copy-sheets" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linejoin="round"><rect x="9" y="9" width="11" height="11" rx="2"/><path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3"/></svg>
    <svg class="copy-tick" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.5"><path d="m5 13 5 5 9-11"/></svg>`;

  // The clipboard proper needs https or localhost; a class reads from http://192.168... too.
  async function write(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const focused = document.activeElement;
    const box = document.createElement("textarea");
    box.value = text;
    box.style.position = "fixed";
    box.style.opacity = "0";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    focused.focus({ preventScroll: true });
    if (!done) throw new Error("the browser refused");
  }

  function say(text, failure) {
    told.classList.toggle("is-failure", failure);
    told.textContent = "";
    setTimeout(() => (told.textContent = text), 50); // said again even if it is the same
  }

  // A button that copies what `text` returns and then says `done`.
  function makeButton(label, text, done) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button";
    button.innerHTML = icon;
    button.append(label);
    let timer = 0;
    button.addEventListener("click", async () => {
      let copied = "";
      try {
        copied = await text();
        await write(copied);
      } catch {
        return say(words.not_copied, true);
      }
      say(done(copied), false);
      button.classList.add("is-done");
      clearTimeout(timer);
      timer = setTimeout(() => button.classList.remove("is-done"), SHOWN);
    });
    return button;
  }

  function codeOf(pre) {
    const copy = pre.cloneNode(true);
    for (const part of copy.querySelectorAll(".gp, .go, .gt, .linenos, .copy-button")) part.remove();
    return `${copy.textContent.replace(/\n+$/, "")}\n`;
  }

  // Pages without a server may load scripts and no other files: one script has all programs.
  const fromScript = () =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      window.copyPrograms = resolve;
      script.onerror = () => reject(new Error("no programs"));
      script.src = `../../programs/${program.page}.js`;
      document.head.append(script);
    });

  async function programOf(number, kind) {
    const name = `${program.page}-${number}${kind}.py`;
    if (location.protocol === "file:") return (await fromScript())[name];
    const answer = await fetch(`../../programs/${name}`);
    if (!answer.ok) throw new Error(name);
    return answer.text();
  }

  const lines = (text) => text.split("\n").length - 1;
  const plainDone = () => words.copied;
  const programDone = (text) => words.program_copied.replace("{}", lines(text));
  const ejectOf = (name) => `python -m examples eject ${name} ${name}\n`;
  const cells = [...document.querySelectorAll("#furo-main-content div.cell")];

  for (const pre of document.querySelectorAll("#furo-main-content .highlight > pre")) {
    if (pre.closest(NO_CODE)) continue;
    const input = pre.closest(".cell_input");
    if (input) {
      const bar = document.createElement("div");
      bar.className = "copy-bar";
      bar.append(makeButton(words.copy, () => codeOf(pre), plainDone));
      const at = cells.indexOf(pre.closest("div.cell"));
      const number = program?.numbers[at];
      const { plain, example, instruments } = program?.cells[at] ?? {};
      const add = (label, text, done) => bar.append(makeButton(label, text, done));
      if (plain) add(words.copy_program, () => programOf(number, ""), programDone);
      if (example) {
        const told = words.example_copied.replace("{}", example);
        add(words.copy_example.replace("{}", example), () => ejectOf(example), () => told);
      }
      if (instruments) {
        add(words.copy_instruments, () => programOf(number, "-instruments"), programDone);
      }
      input.prepend(bar);
    } else {
      const button = makeButton("", () => codeOf(pre), plainDone);
      button.setAttribute("aria-label", words.copy);
      button.title = words.copy;
      pre.parentElement.classList.add("copy-beside");
      pre.after(button);
    }
  }
})();
