"""The wheel of the lessons' instruments, for readers who download a lesson.

It holds `zmqlab`, the programs, `purezmq`, and what stands beside the lessons (`zmqlab_lessons`,
see setup.py), but no wrong answer and no solution. What must stay true: it is written without a
network or a build tool; the same content gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from datetime import datetime
from pathlib import Path

from web.lessons.setup_cell import project, wheel_name
from web.paths import LESSONS, ROOT
from web.site.archive import pack

PACKAGES = ("examples", "purezmq", "zmqlab")
KINDS = (".py", ".c", ".typed")
BESIDE_LESSONS = "zmqlab_lessons"
WITHHELD = ("wrong.py",)
LICENCES = ("LICENSE", "LICENSE-text")
EXTRA = "learn"
WHEN = datetime(1980, 1, 1)
"""What all files of the wheel are dated: the first day that an archive knows."""


def lesson_modules() -> dict[str, bytes]:
    """Return what stands beside the lessons, by ``NN-topic/NAME.py``, without wrong answers."""
    return {
        path.relative_to(LESSONS).as_posix(): path.read_bytes()
        for path in sorted(LESSONS.glob("[0-9][0-9]-*/*.py"))
        if path.name not in WITHHELD
    }


def contents() -> dict[str, bytes]:
    """Return the files of the wheel by their names in it."""
    files = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.*")):
            if path.suffix in KINDS and "__pycache__" not in path.parts:
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    files |= {f"{BESIDE_LESSONS}/{name}": content for name, content in lesson_modules().items()}
    about = f"{'-'.join(wheel_name().split('-')[:2])}.dist-info"
    files[f"{about}/METADATA"] = _metadata().encode()
    files[f"{about}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: web.site.wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    scripts = [f"{name} = {target}" for name, target in project()["scripts"].items()]
    files[f"{about}/entry_points.txt"] = "\n".join(["[console_scripts]", *scripts, ""]).encode()
    for name in LICENCES:
        files[f"{about}/licenses/{name}"] = (ROOT / name).read_bytes()
    record = f"{about}/RECORD"
    lines = [f"{name},{_hash(content)},{len(content)}" for name, content in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return files


def _metadata() -> str:
    said = project()
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {said['name']}",
        f"Version: {said['version']}",
        f"Summary: {said['description']}",
        f"License-Expression: {said['license']}",
        *(f"License-File: {name}" for name in LICENCES),
        f"Requires-Python: {said['requires-python']}",
        *(f"Requires-Dist: {wanted}" for wanted in said["dependencies"]),
        f"Provides-Extra: {EXTRA}",
    ]
    for wanted in said["optional-dependencies"][EXTRA]:
        lines.append(f'Requires-Dist: {wanted}; extra == "{EXTRA}"')
    return "\n".join([*lines, ""])


def _hash(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={digest.decode().rstrip('=')}"


def wheel_bytes() -> bytes:
    """Return the wheel."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        pack(archive, contents(), WHEN)
    return written.getvalue()


def write_wheel(folder: Path) -> Path:
    """Write the wheel into a folder, leaving it alone if it is there; remove older ones."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / wheel_name()
    for other in folder.glob("*.whl"):
        if other != path:
            other.unlink()
    made = wheel_bytes()
    if not path.exists() or path.read_bytes() != made:
        path.write_bytes(made)
    return path
