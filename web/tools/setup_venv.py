"""Make ``.venv`` and install what requirements.txt pins: the first step of every make target.

Runs on the system's own Python, before anything is installed: standard library only, and
plain enough that an old Python can say that it is too old.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / ".ready"
MINIMUM = (3, 11)
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


def fail(message: str) -> NoReturn:
    """Say in one go what is missing and how to get it, and end."""
    sys.exit("setup: " + message)


def venv_python() -> Path:
    """Return the path of the Python inside ``.venv``."""
    windows = VENV / "Scripts" / "python.exe"
    return windows if windows.exists() else VENV / "bin" / "python"


def create() -> None:
    """Create the virtual environment, or say what is missing."""
    if sys.version_info < MINIMUM:
        fail(
            f"this is Python {VERSION}; 3.11 or newer is needed.\n"
            "       If you have one under another name: make PYTHON=python3.12 serve"
        )
    try:
        import ensurepip  # noqa: F401  (Debian ships venv without it until python3-venv is there)
        import venv
    except ImportError:
        fail(
            "Python's venv module is missing.\n"
            "       Debian and Ubuntu: sudo apt install python3-venv\n"
            "       Fedora: it comes with python3; macOS: it comes with python.org's and Homebrew's"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    venv.EnvBuilder(with_pip=True).create(VENV)


def install() -> None:
    """Install the pinned requirements with the constraints that lock the rest."""
    command = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "-r", "requirements.txt", "-c", "constraints.txt"]
    log = VENV / "install.log"
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=out,
            start_new_session=True,  # Ctrl-C comes here alone; stop() then ends all of pip
        )
        try:
            count = 0
            for line in process.stdout or []:
                out.write(line)
                if line.startswith("Collecting"):
                    count += 1
                    if sys.stdout.isatty():
                        print(f"\rsetup: {count:3} packages found", end="", flush=True)
                elif line.startswith("Installing collected"):
                    end = "\r" if sys.stdout.isatty() else ""
                    names = line.partition(":")[2].split(",")
                    print(f"{end}setup: installing {len(names)} packages (this takes a minute)")
            code = process.wait()
        except KeyboardInterrupt:
            stop(process)
            raise
    if code:
        tail = log.read_text(encoding="utf-8").strip().splitlines()[-5:]
        fail(
            "the packages could not be installed. Their last words:\n       "
            + "\n       ".join(tail)
            + "\n       All of it: .venv/install.log. Without a network nothing can be installed:"
            " set up once while online."
        )


def stop(process: subprocess.Popen) -> None:  # type: ignore[type-arg]  # old Pythons read this
    """End a process and, where there are process groups, all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.terminate()
    process.wait()


def main() -> None:
    """Create and install, and leave a stamp that says it was done; Ctrl-C ends it in one line."""
    try:
        prepare()
    except KeyboardInterrupt:
        print("\nsetup: stopped; run it again", file=sys.stderr)
        sys.exit(130)


def prepare() -> None:
    """Create and install what is not there yet."""
    print(f"setup: making .venv with Python {VERSION} (the first time only)")
    working = venv_python().exists() and (
        subprocess.run([str(venv_python()), "-c", "import pip"], capture_output=True).returncode
        == 0
    )
    if not working:
        create()
    install()
    STAMP.touch()
    print("setup: ready")


if __name__ == "__main__":
    main()
