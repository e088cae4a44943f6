// Python for the page: fetches its files (with progress, cancel and resume), keeps them by their hash
// in the browser's cache, and starts workers with them. Nothing is fetched before the first call.
import * as Comlink from "comlink";

const CACHE = "zeromq-companion.python"; // caches.delete(CACHE) gives the room back

// What a browser must have; what is missing is said before a button is drawn.
export const able = () =>
  typeof WebAssembly === "object" && typeof Worker === "function" && typeof DecompressionStream === "function";

export class FetchError extends Error {}

const received = new Map(); // pieces of a file whose fetching was cancelled or broke off
let listed = null;
const ready = new Map(); // name: Promise of a Blob, unpacked

async function openCache() {
  try {
    return await caches.open(CACHE); // not there without https, refused in some private windows
  } catch {
    return null;
  }
}

async function list(root, signal) {
  if (listed) return listed;
  const cache = await openCache();
  const address = new URL("files.json", root).href;
  let answer = null;
  try {
    answer = await fetch(address, { signal, cache: "no-cache" });
    if (!answer.ok) throw new FetchError(`files.json: ${answer.status}`);
    await cache?.put(address, answer.clone());
  } catch (error) {
    if (signal?.aborted) throw error;
    answer = await cache?.match(address); // without a network
    if (!answer) throw new FetchError("files.json");
  }
  listed = await answer.json();
  const kept = new Set(Object.values(listed.files).map(({ path }) => new URL(path, root).href));
  for (const { url } of (await cache?.keys()) ?? []) {
    if (url !== address && !kept.has(url)) await cache.delete(url); // an older version's
  }
  return listed;
}

// Fetches a file's octets as the server has them; goes on where an earlier attempt broke off.
async function download(address, { signal, onBytes }) {
  const pieces = received.get(address) ?? [];
  received.set(address, pieces);
  const have = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const headers = have ? { Range: `bytes=${have}-` } : {};
  const answer = await fetch(address, { signal, headers });
  if (answer.status !== 206) pieces.length = 0;
  else onBytes(have);
  if (!answer.ok) throw new FetchError(`${address.split("/").pop()}: ${answer.status}`);
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    pieces.push(part.value);
    onBytes(part.value.length);
  }
  received.delete(address);
  return new Blob(pieces);
}

async function unpack(blob) {
  const head = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (head[0] !== 0x1f || head[1] !== 0x8b) return blob; // the server has said that it is gzip
  return new Response(blob.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
}

async function isWhole(blob, { sha256, size }) {
  if (!crypto.subtle) return blob.size === size; // a plain http address
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, "0")).join("") === sha256;
}

async function load(root, file, { signal, onBytes }) {
  const address = new URL(file.path, root).href;
  const cache = await openCache();
  const kept = await cache?.match(address);
  if (kept) {
    onBytes(file.packed);
    return unpack(await kept.blob());
  }
  const packed = await download(address, { signal, onBytes });
  const blob = await unpack(packed);
  if (!(await isWhole(blob, file))) throw new FetchError(file.path);
  try {
    await cache?.put(address, new Response(packed));
  } catch {
    // no room: it is fetched again next time
  }
  return blob;
}

// One file of the list, unpacked; asked for twice it is fetched once.
function file(root, name, options) {
  if (!ready.has(name)) {
    const promise = list(root, options.signal).then(({ files }) => load(root, files[name], options));
    promise.catch(() => ready.delete(name));
    ready.set(name, promise);
  }
  return ready.get(name);
}

// Loads a module of the list, which has no imports of its own.
export async function module(root, name) {
  const blob = await file(root, name, { onBytes: () => {} });
  const address = URL.createObjectURL(new Blob([blob], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

let fetched = null;

// Everything that a worker needs; onProgress(done, all) in octets on the wire.
export function fetchPython(root, { signal, onProgress = () => {} } = {}) {
  fetched ??= (async () => {
    const { files, lock } = await list(root, signal);
    const names = Object.keys(files).filter((name) => !files[name].later);
    const all = names.reduce((sum, name) => sum + files[name].packed, 0);
    let done = names.filter((name) => ready.has(name)).reduce((sum, name) => sum + files[name].packed, 0);
    onProgress(done, all);
    const onBytes = (octets) => {
      done += octets;
      onProgress(Math.min(done, all), all);
    };
    const blobs = await Promise.all(names.map((name) => file(root, name, { signal, onBytes })));
    const found = Object.fromEntries(names.map((name, n) => [name, blobs[n]]));
    return {
      lock,
      stdlib: found["stdlib.zip"],
      companion: found["companion.zip"],
      module: await WebAssembly.compile(await found["python.wasm"].arrayBuffer()),
      script: new Blob([found["worker.js"]], { type: "text/javascript" }),
    };
  })();
  fetched.catch(() => (fetched = null));
  return fetched;
}

// A worker with a Python of its own: {api, worker, info, busy, terminate}. api is worker.js's.
export async function startPython(root, { language, signal, onProgress, onStarting = () => {}, programs } = {}) {
  const { script, ...files } = await fetchPython(root, { signal, onProgress });
  onStarting();
  const address = URL.createObjectURL(script);
  const worker = new Worker(address, { type: "module" });
  const interrupts = globalThis.crossOriginIsolated ? new SharedArrayBuffer(1) : null;
  const api = Comlink.wrap(worker);
  const broken = new Promise((_, reject) => {
    worker.onerror = (event) => {
      event.preventDefault?.();
      reject(new Error(event.message || "the worker did not start"));
    };
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  broken.catch(() => {});
  try {
    const info = await Promise.race([api.start({ files, language, interrupts }, programs && callback(programs)), broken]);
    return {
      api,
      worker,
      info,
      signalInterrupt: interrupts && (() => Atomics.store(new Uint8Array(interrupts), 0, 2)),
      terminate: () => worker.terminate(),
    };
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    URL.revokeObjectURL(address);
  }
}

export const callback = Comlink.proxy;
export const transfer = Comlink.transfer;
