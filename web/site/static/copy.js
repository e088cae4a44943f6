// Copy buttons on code, and "copy as a program" on a lesson's cells. The program is joined from the
// pieces that web/lessons/plain_copy.py put into the page, as its `program` joins them.
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
      const copied = text();
      try {
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

  function programOf(number) {
    const needed = [number, ...program.cells[number].beside];
    const chosen = program.cells.filter(
      (piece, n) => needed.includes(n) || (n < number && !piece.alone),
    );
    const all = new Set(["import asyncio", ...chosen.flatMap((piece) => piece.imports)]);
    const future = (line) => line.startsWith("from __future__");
    const imports = [...[...all].filter(future), ...[...all].filter((line) => !future(line))];
    const blocks = chosen
      .filter((piece) => piece.body)
      .map((piece) => (piece.heading ? `    # == ${piece.heading}\n` : "") + piece.body);
    let contexts = [];
    for (const { opens, closes } of chosen) {
      contexts = [
        ...contexts.filter((name) => !closes.includes(name) && !opens.includes(name)),
        ...opens.filter((name) => !closes.includes(name)),
      ];
    }
    if (contexts.length) {
      const closing = contexts.reverse().map((name) => `    ${name}.destroy(linger=0)`);
      blocks.push(["    # == What is still open", ...closing].join("\n"));
    }
    return [
      chosen.some((piece) => piece.lab) ? program.head_lab : program.head,
      ...imports,
      "",
      "",
      ...(chosen.some((piece) => /\bshow\(/.test(piece.body)) ? [program.show, ""] : []),
      "async def main():",
      blocks.join("\n\n") || "    pass",
      "",
      "",
      "asyncio.run(main())",
      "",
    ].join("\n");
  }

  const lines = (text) => text.split("\n").length - 1;
  const plainDone = () => words.copied;
  const programDone = (text) => words.program_copied.replace("{}", lines(text));
  const shown = program ? [...program.cells.keys()].filter((n) => program.cells[n].shown) : [];
  const cells = [...document.querySelectorAll("#furo-main-content div.cell")];

  for (const pre of document.querySelectorAll("#furo-main-content .highlight > pre")) {
    if (pre.closest(NO_CODE)) continue;
    const input = pre.closest(".cell_input");
    if (input) {
      const bar = document.createElement("div");
      bar.className = "copy-bar";
      bar.append(makeButton(words.copy, () => codeOf(pre), plainDone));
      const number = shown[cells.indexOf(pre.closest("div.cell"))];
      if (program?.cells[number]?.offered) {
        bar.append(makeButton(words.copy_program, () => programOf(number), programDone));
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
