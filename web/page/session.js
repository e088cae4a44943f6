// The page's one Python for its cells: started at the first Run, ended when nothing else stops a cell.
import { callback, module, startPython, transfer } from "./python.js";
import { data, root } from "./data.js";

const PING = 80; // ms in which a Python that is not busy answers
const GRACE = 900; // ms that a busy cell has to come to an end after Stop
const STUBBORN = 2000; // ms that a cell has to end after it was cancelled

const after = (time) => new Promise((resolve) => setTimeout(resolve, time, false));
const within = (promise, time) => Promise.race([promise.then(() => true, () => true), after(time)]);

export const session = {
  python: null,
  generation: 0, // counts the Pythons that the page has had: names live as long as one
  starting: null,
  abort: null,

  // Resolves when Python is there. onStatus("fetching", done, all) and onStatus("starting").
  start(onStatus) {
    this.onStatus = onStatus;
    this.starting ??= this.begin();
    return this.starting;
  },

  async begin() {
    this.abort = new AbortController();
    try {
      this.python = await startPython(root, {
        language: data.language,
        signal: this.abort.signal,
        onProgress: (done, all) => this.onStatus?.("fetching", done, all),
        onStarting: () => this.onStatus?.("starting"),
        programs: (port) => this.openPrograms(port),
      });
    } catch (error) {
      this.starting = null;
      throw error;
    }
  },

  // The lesson's Python starts its first program.
  async openPrograms(port) {
    const { Programs } = await module(root, "programs.js");
    const start = () => startPython(root, { language: data.language });
    this.programs = new Programs(port, { start, transfer });
  },

  cancelStart() {
    this.abort?.abort(new DOMException("cancelled", "AbortError"));
  },

  // Runs code; resolves to what worker.js says, or to {state: "stopped", lost: true}.
  run(code, handlers, name) {
    const { api } = this.python;
    const lost = new Promise((resolve) => (this.onLost = () => resolve({ state: "stopped", lost: true })));
    this.running = Promise.race([api.run(code, callback(handlers), name), lost]);
    return this.running;
  },

  isBusy: async () => !(await within(session.python.api.ping(), PING)),

  // Stops the cell that runs: by cancelling it, by an interrupt, and else by ending Python.
  async stop() {
    const { python, running } = this;
    if (!python) return;
    const busy = await this.isBusy();
    if (!busy) python.api.interrupt();
    else if (python.signalInterrupt) python.signalInterrupt();
    if (await within(running, busy ? GRACE : STUBBORN)) return;
    this.end();
  },

  end() {
    this.python?.terminate();
    this.programs?.end();
    this.programs = null;
    this.python = null;
    this.starting = null;
    this.generation += 1;
    this.onLost?.();
  },
};
