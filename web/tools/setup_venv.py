"""Make an environment and install what it needs, pinned: the first step of every make target.

Without an argument that is ``.venv`` with all that requirements.txt names. With the argument
``learn`` it is ``.venv-lab`` with only what a learner needs to run the lessons. Runs on the
system's own Python, before anything is installed: standard library only, and plain enough that an
old Python can say that it is too old.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parents[2]
STAMP = ".ready"
MINIMUM = (3, 11)
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


class Environment(NamedTuple):
    """A virtual environment: its folder, and what pip is to install in it."""

    folder: Path
    wanted: tuple  # type: ignore[type-arg]  # old Pythons read this

    @property
    def python(self) -> Path:
        """Return the path of its Python."""
        windows = self.folder / "Scripts" / "python.exe"
        return windows if windows.exists() else self.folder / "bin" / "python"


ALL = Environment(ROOT / ".venv", ("-r", "requirements.txt"))
LEARN = Environment(ROOT / ".venv-lab", ("-e", ".[learn]"))


def fail(message: str) -> NoReturn:
    """Say in one go what is missing and how to get it, and end."""
    sys.exit("setup: " + message)


def create(folder: Path) -> None:
    """Create a virtual environment, or say what is missing."""
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
    shutil.rmtree(folder, ignore_errors=True)
    venv.EnvBuilder(with_pip=True).create(folder)


def install(environment: Environment) -> None:
    """Install what an environment needs, with the constraints that lock every version."""
    command = [str(environment.python), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", *environment.wanted, "-c", "constraints.txt"]
    log = environment.folder / "install.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(os.environ, PYTHONUNBUFFERED="1"),
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
            + f"\n       All of it: {environment.folder.name}/install.log. Without a network"
            " nothing can be installed: set up once while online."
        )


def stop(process: subprocess.Popen) -> None:  # type: ignore[type-arg]  # old Pythons read this
    """End a process and, where there are process groups, all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGTERM)
    else:
        process.terminate()
    process.wait()


def main(arguments: list) -> None:  # type: ignore[type-arg]
    """Create and install, and leave a stamp that says it was done; Ctrl-C ends it in one line."""
    try:
        prepare(LEARN if arguments == ["learn"] else ALL)
    except KeyboardInterrupt:
        print("\nsetup: stopped; run it again", file=sys.stderr)
        sys.exit(130)


def prepare(environment: Environment) -> None:
    """Create and install what is not there yet."""
    folder = environment.folder
    print(f"setup: making {folder.name} with Python {VERSION} (the first time only)")
    working = (
        environment.python.exists()
        and subprocess.run(
            [str(environment.python), "-c", "import pip"], capture_output=True
        ).returncode
        == 0
    )
    if not working:
        create(folder)
    install(environment)
    (folder / STAMP).touch()
    print("setup: ready")


if __name__ == "__main__":
    main(sys.argv[1:])
