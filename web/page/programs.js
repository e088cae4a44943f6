// A lesson's programs: a worker with a Python of its own for each, and the hub between them and the
// lesson's. pageprograms.py asks for them; pageprogram.py runs in them.
import { Hub } from "./hub.js";

const LESSON = "lesson";
const SPARE_MEMORY = 4; // GB: with less there is no spare
const now = () => performance.timeOrigin + performance.now();

export class Programs {
  #hub = new Hub();
  #programs = new Map();
  #count = 0;
  #spare = null;
  #over = false;

  // port: to the lesson's Python; start(): resolves to another Python; transfer: comlink's.
  constructor(port, { start, transfer }) {
    Object.assign(this, { port, start, transfer });
    this.#hub.join(LESSON, port, (text) => this.#ordered(JSON.parse(text)));
  }

  #ordered(order) {
    if (order.signal) this.#signal(this.#programs.get(order.pid), order.signal);
    else this.#begin(order);
  }

  async #take() {
    const spare = this.#spare;
    this.#spare = null;
    return (await spare?.catch(() => null)) ?? this.start();
  }

  // Start and restart take a Python that is there already; the next one is made meanwhile.
  #prepareSpare() {
    if (this.#spare || this.#over || (navigator.deviceMemory ?? SPARE_MEMORY) < SPARE_MEMORY) return;
    this.#spare = this.start();
    this.#spare.catch(() => {}); // no memory for it: the next start takes longer
  }

  async #begin({ pid, path, arguments: given }) {
    const program = { pid, name: `program ${pid}`, python: null, frozen: false, held: [], over: false };
    this.#programs.set(pid, program);
    try {
      const python = await this.#take();
      if (program.over) return void python.terminate();
      program.python = python;
      const { port1, port2 } = new MessageChannel();
      program.port = port1;
      this.#hub.join(program.name, port1, (text) => this.#heard(program, JSON.parse(text)));
      const about = { path, arguments: given, number: ++this.#count };
      await python.api.program(this.transfer(port2, [port2]), about);
    } catch (error) {
      this.#heard(program, { kind: "err", text: error.message, at: now() });
      this.#end(program, 1);
    }
  }

  // What a program printed, or that it is there, or its end. A frozen one is heard when it goes on.
  #heard(program, told) {
    if (program.over) return;
    if (program.frozen) return void program.held.push(told);
    if (told.kind === "exit") return this.#end(program, told.text, told.at);
    if (told.kind === "begun") this.#prepareSpare();
    this.port.postMessage(JSON.stringify({ pid: program.pid, ...told }));
  }

  #signal(program, name) {
    if (!program || program.over) return;
    if (name === "SIGKILL") return this.#end(program, -9); // terminate(): no clean-up, no goodbye
    if (name === "SIGSTOP" || name === "SIGCONT") this.#freeze(program, name === "SIGSTOP");
    if (program.port) program.port.postMessage(name);
    else if (name === "SIGINT") this.#end(program, -2);
    else if (name === "SIGTERM") this.#end(program, -15);
  }

  // The network holds what goes to and from it, and the program itself stops where it waits next.
  #freeze(program, frozen) {
    program.frozen = frozen;
    this.#hub.freeze(program.name, frozen);
    if (!frozen) for (const told of program.held.splice(0)) this.#heard(program, told);
  }

  #end(program, status, at = now()) {
    program.over = true;
    program.python?.terminate();
    this.#hub.leave(program.name);
    this.#programs.delete(program.pid);
    this.port.postMessage(JSON.stringify({ pid: program.pid, kind: "exit", text: String(status), at }));
  }

  // The lesson's Python is gone, and with it all that it has started.
  end() {
    this.#over = true;
    for (const program of [...this.#programs.values()]) this.#end(program, -9);
    this.#spare?.then((python) => python.terminate(), () => {});
  }
}
