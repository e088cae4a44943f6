// A worker with a Python of its own. The page calls it through comlink (see `api` below).
// It asks for nothing over the network: the page hands it every file, already unpacked.
import * as Comlink from "comlink";
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";

const NOWHERE = "https://python.invalid/"; // Pyodide wants an address to load from; see `serve`
const CAP = 1_000_000; // characters that one run may print

let py, runner;

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
  // interrupts: a SharedArrayBuffer of one octet, where the page has such a thing.
  async start({ files, language = "en", interrupts = null }) {
    serve(files.module);
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
    py.runPython(`
import asyncio, importlib
importlib.invalidate_caches()
import cellrunner, pageloop, pagestreams
pageloop.mend_task_names()
pageloop.allow_the_past(asyncio.get_event_loop())
pageloop.drain(asyncio.get_event_loop())
pagestreams.carry(asyncio.get_event_loop())
import purezmq.standin
purezmq.standin.install(network=False)
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
    const pageport = py.pyimport("pageport");
    const ours = pageport.connect((message) => {
      const octets = message.toJs ? message.toJs() : message;
      port.postMessage(octets);
    });
    port.onmessage = ({ data }) => ours.take(data);
  },

  // Runs a line of Python now, and returns its value as JSON can hold it: for roles and tests.
  evaluate(source) {
    const value = py.runPython(source);
    return value?.toJs ? value.toJs({ dict_converter: Object.fromEntries }) : value;
  },
};

Comlink.expose(api);
