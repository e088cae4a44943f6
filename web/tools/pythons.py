"""Run the core's tests on newer Pythons: ``python -m web.tools.pythons 3.13 3.14``.

A Python that is installed here is used as it is. Another one is taken from Debian's newest release,
where apt can reach it: its packages are unpacked under ``build/pythons``, never installed, with the
C library that they were built for. What the tests need comes from wheels, into a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from web.paths import BUILD, ROOT

FOLDER = BUILD / "pythons"
VERSIONS = ("3.12", "3.13", "3.14")
NEEDS = ("hypothesis", "psutil", "pytest", "pytest-cov", "pyzmq", "rich", "typer")
PACKAGES = (
    "libc6",
    "libbz2-1.0",
    "libexpat1",
    "libffi8",
    "liblzma5",
    "libsqlite3-0",
    "libssl3t64",
    "libuuid1",
    "libzstd1",
    "zlib1g",
)
"""What Debian's Python is linked to, beside its own packages."""
SUITE = "sid"
WRAPPER = """#!/bin/sh
PYTHONHOME={root}/usr exec {loader} --argv0 "$0" --library-path {libraries} {real} "$@"
"""


class PythonError(Exception):
    """A Python that can't be had here, and why."""


def installed(version: str) -> Path | None:
    """Return an installed Python of this version that starts, None if there is none."""
    places = [shutil.which(f"python{version}")]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places += [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    for place in filter(None, places):
        try:
            asked = [place, "-c", "import ssl, sys; print('%d.%d' % sys.version_info[:2])"]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.stdout.strip() == version:
            return Path(place)
    return None


def unpacked(version: str) -> Path:
    """Unpack Debian's Python of this version under ``build/pythons`` and return its program.

    Raises
    ------
    PythonError
        If there is no apt here, or it has no such Python.
    """
    root = FOLDER / f"debian-{version}"
    program = root / f"python{version}"
    if program.exists():
        return program
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise PythonError(f"no Python {version} here, and no apt to get one")
    own = (f"python{version}-minimal", f"libpython{version}-minimal", f"libpython{version}-stdlib")
    archives = _download((*own, *PACKAGES))
    for archive in archives:
        subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
    loaders = sorted(root.rglob("ld-linux*.so*"))
    if not loaders:
        raise PythonError(f"Debian's packages of Python {version} hold no loader")
    libraries = sorted({str(path.parent) for path in root.rglob("*.so.*") if path.is_file()})
    words = {
        "root": root,
        "loader": loaders[0],
        "libraries": ":".join(libraries),
        "real": root / "usr" / "bin" / f"python{version}",
    }
    program.write_text(WRAPPER.format(**words), encoding="utf-8")
    program.chmod(0o755)
    return program


def _download(packages: tuple[str, ...]) -> list[Path]:
    """Download packages of Debian's newest release, with lists of our own beside apt's."""
    apt = FOLDER / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    mirror = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True
    ).stdout.split()
    if not mirror:
        raise PythonError("apt knows no mirror: run `apt-get update` first")
    site = next((one for one in mirror if "security" not in one), mirror[0])
    keys = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    (apt / "sources.list").write_text(f"deb {keys} {site} {SUITE} main\n", encoding="utf-8")
    settings = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State": apt,
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
    packs = apt / "packages"
    packs.mkdir(exist_ok=True)
    for command in (["update"], ["download", *packages]):
        done = subprocess.run(
            ["apt-get", "-qq", *options, *command], cwd=packs, capture_output=True, text=True
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            raise PythonError(f"apt-get {command[0]} failed: {lines[-1] if lines else '?'}")
    return [path for name in packages for path in packs.glob(f"{name}_*.deb")]


def wheels(version: str) -> Path:
    """Fetch what the tests need for this version into a folder of its own; return the folder."""
    target = FOLDER / f"wheels-{version}"
    if (target / "pytest").is_dir():
        return target
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-warn-conflicts"]
    command += ["--target", str(target), "--python-version", version, "--only-binary", ":all:"]
    command += ["-c", str(ROOT / "constraints.txt"), *NEEDS]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise PythonError(f"pip has not all that the tests need for Python {version}")
    return target


def test(version: str, arguments: list[str]) -> int:
    """Run the core's tests on one version; return pytest's status."""
    program = installed(version) or unpacked(version)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{wheels(version)}"}
    command = [str(program), "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/purezmq"]
    print(f"pythons: {version} by {program}", flush=True)
    return subprocess.run([*command, *arguments], cwd=ROOT, env=environment).returncode


def main(versions: list[str]) -> int:
    """Run the core's tests on these versions; 1 if one failed or could not be had."""
    failed = 0
    for version in versions or VERSIONS:
        try:
            failed |= bool(test(version, []))
        except PythonError as error:
            print(f"pythons: {error}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
