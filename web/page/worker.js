// A worker with a Python of its own. The page calls it through comlink (see `api` below).
// It asks for nothing over the network: the page hands it every file, already unpacked.
import * as Comlink from "comlink";
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";

const NOWHERE = "https://python.invalid/"; // Pyodide wants an address to load from; see `serve`
const CAP = 1_000_000; // characters that one run may print

let py, runner, openPrograms;

// A port to the page: octets are of streams (purezmq/transport/ports.py), texts are for onText. Every
// process has a number of its own, so that no two hand out the same free port.
function join(port, number, onText) {
  const ours = py.pyimport("pageport").connect((message) => port.postMessage(message.toJs?.() ?? message), number);
  port.onmessage = ({ data }) => (typeof data === "string" ? onText(data) : ours.take(data));
}

const now = () => performance.timeOrigin + performance.now();

// What pageprograms.py has of the browser: the page starts a lesson's programs.
const pagehost = {
  blocking: Boolean(WebAssembly.Suspending),
  now,
  open(heard) {
    const { port1, port2 } = new MessageChannel();
    join(port1, 0, heard);
    openPrograms(Comlink.transfer(port2, [port2]));
    return (text) => port1.postMessage(text);
  },
};

// Pyodide fetches its WebAssembly by address. It gets the module that the page has compiled.
function serve(module) {
  const fetchElsewhere = self.fetch;
  self.fetch = (address, options) =>
    String(address).startsWith(NOWHERE)
      ? Promise.resolve(new Response(null, { headers: { "content-type": "application/wasm" } }))
      : fetchElsewhere(address, options);
  WebAssembly.instantiateStreaming = async (_response, imports) => ({
    module,
    instance: await WebAssembly.instantiate(module, imports),
  });
}

const api = {
  // files: {module: WebAssembly.Module, stdlib: Blob, companion: Blob}; language: "en" or "ko";
  // interrupts: a SharedArrayBuffer of one octet, where the page has such a thing; programs: gets the
  // port of the lesson's programs when it starts the first.
  async start({ files, language = "en", interrupts = null }, programs) {
    serve(files.module);
    openPrograms = programs;
    const stdLibURL = URL.createObjectURL(files.stdlib);
    py = await loadPyodide({
      createPyodideModule,
      indexURL: NOWHERE,
      packageBaseUrl: NOWHERE,
      stdLibURL,
      lockFileContents: files.lock,
      env: { HOME: "/home/reader", ZMQLAB_LANGUAGE: language, PYTHONDONTWRITEBYTECODE: "1" },
    });
    URL.revokeObjectURL(stdLibURL);
    const place = py.runPython("import sys; next(p for p in sys.path if p.endswith('site-packages'))");
    py.unpackArchive(await files.companion.arrayBuffer(), "zip", { extractDir: place });
    py.registerJsModule("pagehost", pagehost);
    py.runPython(`
import asyncio, importlib
importlib.invalidate_caches()
import cellrunner, pageloop, pagestreams
pageloop.mend_task_names()
pageloop.forgive(asyncio.get_event_loop())
pageloop.drain(asyncio.get_event_loop())
pagestreams.carry(asyncio.get_event_loop())
import purezmq.standin
purezmq.standin.install(network=False)
import zmqlab
zmqlab.HOMES["Programs"] = "pageprograms"
runner = cellrunner.Runner()
runner.install()
`);
    runner = py.globals.get("runner");
    if (interrupts) py.setInterruptBuffer(new Uint8Array(interrupts));
    return { python: py.runPython("sys.version.split()[0]"), blocking: Boolean(WebAssembly.Suspending) };
  },

  // Runs code and resolves to {state, error, verdict}; cellrunner.py says what these are. Tracebacks
  // call the code `name`. `handlers` is one proxy with onOutput(kind, text) for "stdout", "stderr"
  // and "error", onDisplay(kind, text) for "html" and "text", and onEvent(json) for what a watched
  // socket did.
  async run(code, handlers, name = "") {
    const told = [];
    let room = CAP;
    const emit = (kind, text) => {
      const name = { event: "onEvent", html: "onDisplay", text: "onDisplay" }[kind] ?? "onOutput";
      const shown = name === "onOutput" ? text.slice(0, Math.max(room, 0)) : text;
      if (name === "onOutput") room -= text.length;
      const args = name === "onEvent" ? [text] : [kind, shown];
      if (shown && handlers) told.push(handlers[name](...args).catch(() => {}));
    };
    try {
      return JSON.parse(await runner.run(code, emit, name));
    } finally {
      await Promise.all(told); // the page has seen all of it before it hears of the end
      handlers?.[Comlink.releaseProxy]();
    }
  },

  // Cancels the cell that runs, where it awaits something. Resolves at once; an endless loop hears
  // nothing: only terminate() ends it.
  interrupt() {
    runner?.interrupt();
  },

  // Forgets all names, tasks and sockets of the cells: as a fresh Python, without the wait.
  async reset() {
    runner.interrupt();
    py.runPython("runner = cellrunner.Runner(); runner.install()");
    runner.destroy();
    runner = py.globals.get("runner");
  },

  // Resolves when Python has a turn: the page's way to see whether it is busy.
  ping: () => true,

  // A MessagePort to another worker or to the page: what is bound at its other end can then be
  // connected to from here, and the other way round (purezmq/transport/ports.py).
  connectHub(port) {
    join(port, 0, () => {});
  },

  // Runs a program to its end, in blocking style: pageprogram.py. Over its port come signals, and go
  // the lines that it prints, in order with the octets of its streams.
  async program(port, { path, arguments: given, number }) {
    const program = py.pyimport("pageprogram");
    const say = (kind, text) => port.postMessage(JSON.stringify({ kind, text, at: now() }));
    join(port, number, (name) => program.heard(name));
    say("begun", "");
    let status = 1;
    try {
      status = await program.run.callPromising(path, py.toPy(given), say, py.pyimport("pyodide.ffi").run_sync);
    } finally {
      say("exit", String(status));
    }
  },

  // Runs a line of Python now, and returns its value as JSON can hold it: for roles and tests.
  evaluate(source) {
    const value = py.runPython(source);
    return value?.toJs ? value.toJs({ dict_converter: Object.fromEntries }) : value;
  },
};

Comlink.expose(api);
