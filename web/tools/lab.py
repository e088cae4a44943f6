"""Open the lessons in JupyterLab in one language: ``make lab``, ``make lab LANGUAGE=ko``.

It opens on the first lesson, later where the learner left off. Two variables of the environment
are for containers: ``ALLOW_ROOT=1`` lets JupyterLab run as root, ``IP=0.0.0.0`` lets other
machines reach it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from web.lessons.folders import page_name, pages
from web.lessons.front import LessonError
from web.lessons.localise import write_all
from web.paths import BUILD, ROOT, unwritable
from web.words import LANGUAGES
from zmqlab.doctor import is_root
from zmqlab.words.language import Language, Text

SETTINGS: dict[str, dict[str, object]] = {
    # Nothing is asked of the network.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # A lesson's name needs the whole width.
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},
}
"""What JupyterLab is set to until the learner sets it otherwise."""

READY = Text(
    en="lab: your lessons are in {folder}; Ctrl-C ends JupyterLab",
    ko="lab: 레슨은 {folder} 폴더에 있습니다. JupyterLab은 Ctrl-C로 끝냅니다",
)
AS_ROOT = Text(
    en="lab: JupyterLab does not run as root unless you allow it: ALLOW_ROOT=1 make lab"
    " (in a container: ALLOW_ROOT=1 IP=0.0.0.0 make lab)",
    ko="lab: JupyterLab을 root로 실행하려면 ALLOW_ROOT=1 make lab LANGUAGE=ko 명령을 쓰세요"
    " (컨테이너에서는 ALLOW_ROOT=1 IP=0.0.0.0 make lab LANGUAGE=ko)",
)


def write_settings() -> None:
    """Give this environment's JupyterLab our settings where it has none of its own."""
    path = Path(sys.prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    try:
        there = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError:
        return  # somebody's own file, and not ours to mend
    if not isinstance(there, dict) or SETTINGS.keys() <= there.keys():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**SETTINGS, **there}), encoding="utf-8")


def start_page(workspaces: Path, first: str) -> str:
    """Return where JupyterLab opens: at the first lesson, or where notebooks were left open."""
    kept = workspaces.glob("*.jupyterlab-workspace")
    left_open = any('"notebook:' in path.read_text(encoding="utf-8") for path in kept)
    return "/lab" if left_open else f"/lab/tree/{first}.ipynb"


def command(language: Language, environment: Mapping[str, str]) -> list[str]:
    """Return the command that starts JupyterLab on a language's notebooks."""
    first = start_page(workspaces(language), page_name(pages()[0]))
    made = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={notebooks(language)}"]
    # Its log would push what was said above out of sight; the address is shown all the same.
    made += ["--log-level=WARN", f"--LabApp.default_url={first}"]
    if allowed(environment):
        made.append("--allow-root")
    if environment.get("IP"):
        made.append(f"--ip={environment['IP']}")
    return made


def notebooks(language: Language) -> Path:
    """Return the folder of a language's notebooks."""
    return BUILD / "notebooks" / language


def workspaces(language: Language) -> Path:
    """Return the folder in which JupyterLab keeps what a learner has left open."""
    return BUILD / "lab" / language


def allowed(environment: Mapping[str, str]) -> bool:
    """Tell whether JupyterLab may run as root."""
    return environment.get("ALLOW_ROOT", "") not in ("", "0")


def main() -> int:
    """Write the localised notebooks (never over a learner's changes) and start JupyterLab."""
    asked = sys.argv[1] if len(sys.argv) > 1 else "en"
    if asked not in LANGUAGES:
        print(f"lab: there is no language {asked!r}; take one of: {', '.join(LANGUAGES)}")
        return 2
    language: Language = "ko" if asked == "ko" else "en"
    wrong = unwritable()
    if wrong:
        print(f"lab: {wrong}", file=sys.stderr)
        return 1
    if is_root() and not allowed(os.environ):
        print(AS_ROOT[language], file=sys.stderr)
        return 1
    try:
        write_all((language,))
    except LessonError as error:
        for fault in error.faults:
            place = Path(os.path.relpath(fault.path, ROOT))
            print(replace(fault, path=place), file=sys.stderr)
        print("lab: a lesson can't be read, see above", file=sys.stderr)
        return 1
    write_settings()
    environment = dict(
        os.environ,
        ZMQLAB_LANGUAGE=language,
        JUPYTERLAB_WORKSPACES_DIR=str(workspaces(language)),
    )
    folder = os.path.relpath(notebooks(language))
    print(READY.format(folder=folder)[language], flush=True)
    os.execve(sys.executable, command(language, os.environ), environment)


if __name__ == "__main__":
    sys.exit(main())
