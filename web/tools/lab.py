"""Open the lessons in JupyterLab in one language: ``make lab``, ``make lab LANGUAGE=ko``."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from web.lessons.localise import write_all
from web.lessons.source import LessonError
from web.paths import BUILD, ROOT, unwritable
from web.words import LANGUAGES


def keep_offline() -> None:
    """Keep this environment's JupyterLab from asking the network for news and updates."""
    path = Path(sys.prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        notification = {"fetchNews": "false", "checkForUpdates": False}
        settings = {"@jupyterlab/apputils-extension:notification": notification}
        path.write_text(json.dumps(settings), encoding="utf-8")


def main() -> int:
    """Write the localised notebooks (never over a learner's changes) and start JupyterLab."""
    language = sys.argv[1] if len(sys.argv) > 1 else "en"
    if language not in LANGUAGES:
        print(f"lab: there is no language {language!r}; take one of: {', '.join(LANGUAGES)}")
        return 2
    wrong = unwritable()
    if wrong:
        print(f"lab: {wrong}", file=sys.stderr)
        return 1
    try:
        write_all()
    except LessonError as error:
        for fault in error.faults:
            place = Path(os.path.relpath(fault.path, ROOT))
            print(replace(fault, path=place), file=sys.stderr)
        print("lab: a lesson can't be read, see above", file=sys.stderr)
        return 1
    keep_offline()
    folder = BUILD / "notebooks" / language
    environment = dict(os.environ, ZMQLAB_LANGUAGE=language)
    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}"]
    print(f"lab: your lessons are in {os.path.relpath(folder)}; Ctrl-C ends JupyterLab", flush=True)
    os.execve(sys.executable, command, environment)


if __name__ == "__main__":
    sys.exit(main())
