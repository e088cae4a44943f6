// Compiles those modules of the standard library that every start imports: with that Python starts in
// less than half the time. Run by build.py under Node, which has Pyodide beside it; arguments: the
// library's zip, our own zip, and where the new zip of the library goes.
import fs from "node:fs";
import { loadPyodide } from "pyodide";

const [given, own, made] = process.argv.slice(2);
const py = await loadPyodide({ stdLibURL: given });
const archive = new Uint8Array(fs.readFileSync(own));
const place = py.runPython("import sys; next(p for p in sys.path if p.endswith('site-packages'))");
py.unpackArchive(archive, "zip", { extractDir: place });
py.FS.writeFile("/given.zip", new Uint8Array(fs.readFileSync(given)));
py.runPython(`
import importlib, importlib.util, sys, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

importlib.invalidate_caches()
import cellrunner, pageloop
pageloop.mend_task_names()
import purezmq.standin
purezmq.standin.install(network=False)
import zmq.asyncio
from zmqlab import Stage, check, free_endpoint, idea
import json, random, traceback
import zmqlab.draw.sequence

LIBRARY = "/lib/python314.zip/"
origins = (getattr(module.__spec__, "origin", None) or "" for module in sys.modules.values() if module.__spec__)
used = {origin.removeprefix(LIBRARY) for origin in origins if origin.startswith(LIBRARY)}
with zipfile.ZipFile("/given.zip") as old, zipfile.ZipFile("/made.zip", "w") as new:
    for one in old.infolist():
        content = old.read(one)
        name = one.filename
        if name in used:
            code = compile(content, LIBRARY + name, "exec", dont_inherit=True, optimize=2)
            content = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(content), False))
            name += "c"
        new.writestr(zipfile.ZipInfo(name), content)
print(len(used))
`);
fs.writeFileSync(made, py.FS.readFile("/made.zip"));
