"""Writes an example's programs into a folder, to be taken home: they run with pyzmq alone.

What must stay true:

- A written program is the program of ``examples/``, line by line. Only the module in an import
  changes, and the name of a file that lies elsewhere here.
- Nothing that is there already is overwritten.
- A program that needs more than pyzmq is left out, and named.
"""

from __future__ import annotations

import ast
import shutil
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zmq

from examples.table import Example, Wiring
from zmqlab.run import role
from zmqlab.words.language import Text, kernel_language

HELPER = "zmqlab.run.role"
FIRST_PORT = 5555
HERE = Path(__file__).parent

README = Text(
    en="{name}, from lesson {lesson} of the ØMQ Companion: {about}\n"
    "Install pyzmq with `pip install pyzmq`, then start each in a terminal of its own, in this "
    "order: {commands}\n",
    ko="{name}, ZeroMQ 길잡이 레슨 {lesson}의 예제: {about}\n"
    "`pip install pyzmq`로 pyzmq를 설치한 뒤, 터미널을 하나씩 열어 다음 순서로 실행하세요: "
    "{commands}\n",
)


@dataclass(frozen=True)
class Ejected:
    """What `eject` wrote.

    Attributes
    ----------
    files : dict of str to Path
        The copy of each program and shared module, by its place below ``examples/``.
    left_out : dict of str to str
        What was not written, by its place, and the module that it would need.
    """

    files: dict[str, Path]
    left_out: dict[str, str]


def eject(example: Example, folder: Path) -> Ejected:
    """Write the programs of an example, the helper that they import, and a README.

    Raises
    ------
    FileExistsError
        If the folder is there and not empty, or is a file.
    OSError
        If it can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(folder)
    names, left_out = _chosen(example)
    folder.mkdir(parents=True, exist_ok=True)
    for place, name in names.items():
        (folder / name).write_text(_rewritten(place, names), encoding="utf-8")
    shutil.copyfile(role.__file__, folder / Path(role.__file__).name)
    (folder / "README.md").write_text(_readme(example, names), encoding="utf-8")
    return Ejected({place: folder / name for place, name in names.items()}, left_out)


def bare_python(folder: Path) -> list[str]:
    """Make a Python that has pyzmq and no other package; return the command that runs it."""
    venv.EnvBuilder(symlinks=sys.platform != "win32", with_pip=False).create(folder)
    packages = next(folder.glob("[Ll]ib/**/site-packages"))
    installed = Path(zmq.__file__).parent.parent
    for found in (installed / "zmq", *installed.glob("pyzmq*")):
        (packages / found.name).symlink_to(found)
    program = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return [str(program), "-E"]  # without PYTHONPATH, which may lead to other packages


def _chosen(example: Example) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of what is written, by its place, and what is left out, with its reason."""
    names: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for file in (*example.files, *example.also):
        place = example.place(file)
        needed = _needed(place)
        missing = [module for module in needed if not _comes_along(module)]
        if missing:
            left_out[place] = missing[0]
            continue
        for one in (place, *filter(None, map(_place, needed))):
            own, _, name = one.rpartition("/")
            if own and own != example.folder and name in _own_names(example):
                name = f"{own}_{name}"
            names[one] = name
    return names, left_out


def _own_names(example: Example) -> set[str]:
    return {path.name for path in (HERE / example.folder).glob("*.py")}


def _needed(place: str) -> list[str]:
    """Return the modules that a program imports, and those that its own modules import."""
    found: list[str] = []
    waiting = [place]
    while waiting:
        source = (HERE / waiting.pop()).read_text(encoding="utf-8")
        for _node, module in _imports(source):
            if module not in found:
                found.append(module)
                waiting += filter(None, [_place(module)])
    return found


def _imports(source: str) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Return the statements that import, with the modules that they name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or ""


def _place(module: str) -> str | None:
    """Return where a module of ours is, as ``gil/compute.py``; None for any other.

    What several examples share lies in ``examples/`` itself: ``liveness.py``.
    """
    package, *names = module.split(".")
    place = "/".join(names) + ".py"
    return place if package == "examples" and names and (HERE / place).is_file() else None


def _comes_along(module: str) -> bool:
    top = module.split(".")[0]
    own = module == HELPER or _place(module) is not None
    return own or top == "zmq" or top in sys.stdlib_module_names


def _rewritten(place: str, names: dict[str, str]) -> str:
    """Return a program's text, which imports from its own folder and names the files there."""
    text = (HERE / place).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for node, module in _imports(text):
        other = _place(module)
        if module == HELPER or other:
            name = Path(names[other] if other else role.__file__).stem
            line = node.lineno - 1
            lines[line] = lines[line].replace(f"from {module} ", f"from {name} ", 1)
    text = "".join(lines)
    for other, name in names.items():
        text = text.replace(f"../{other}", name)
    return text


def _readme(example: Example, names: dict[str, str]) -> str:
    package = (HERE / example.folder / "__init__.py").read_text(encoding="utf-8")
    text = README.format(
        name=example.folder,
        about=ast.get_docstring(ast.parse(package)),
        lesson=example.lesson,
        commands=", ".join(f"`{command}`" for command in _commands(example, names)),
    )
    return text[kernel_language()]


def _commands(example: Example, names: dict[str, str]) -> Iterator[str]:
    """Return what is typed to start each part, on ports that fit together."""
    port = FIRST_PORT
    wiring = Wiring(folder=".")
    for part in example.chosen():
        words = wiring.arguments(part)
        bound = []
        for place in range(1, len(words)):
            if words[place - 1] == "--bind":
                if words[place].endswith(":*"):
                    words[place] = f"{words[place][:-1]}{port}"
                    port += 1
                bound.append(words[place])
        wiring.started(part, bound)
        shown = [f'"{word}"' if " " in word else word for word in words]
        yield " ".join(["python", names[example.place(part.file)], *shown])
