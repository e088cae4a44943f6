"""Build the whole site: run what changed, then both languages, then what both share.

``python -m web.build`` is ``make site``. The result is ``build/site``: ``en/``, ``ko/``, a chooser
at the root, and a page for addresses that do not exist.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.notebooks import localise
from web.run import run_lessons
from web.stage import BUILD, LESSONS, ROOT, SITE, site_address, stage
from web.words import LANGUAGES, WORDS
from zmqlab import colours


def sphinx(language: str) -> subprocess.Popen[bytes]:
    """Start the Sphinx build of one language; warnings count as errors."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", str(ROOT)]
    command += ["-t", language, "-d", str(BUILD / "doctrees" / language)]
    command += [str(BUILD / "src" / language), str(SITE / language)]
    return subprocess.Popen(command, cwd=ROOT)


def write_if_changed(path: Path, text: str) -> None:
    """Write a text file, but leave it alone (and its time) if it holds the same already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def write_notebooks() -> None:
    """Put each lesson as a notebook, in each language, where the download button points."""
    for language in LANGUAGES:
        for path in sorted(LESSONS.glob("[0-9][0-9]-*.md")):
            notebook, _missing = localise(path, language)
            target = SITE / language / "notebooks" / f"{path.stem}.ipynb"
            write_if_changed(target, nbformat.writes(notebook) + "\n")


def write_root() -> None:
    """Write what stands above both languages: the chooser, the 404 page, the site map."""
    templates = Environment(
        loader=FileSystemLoader(ROOT / "web" / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
    )
    for name in ("chooser", "404"):
        page = templates.get_template(f"root/{name}.html").render(
            words=WORDS, address=site_address(), base=urlsplit(site_address()).path + "/"
        )
        write_if_changed(SITE / ("index.html" if name == "chooser" else "404.html"), page)
    for name in ("mark.svg", "root.css"):
        shutil.copyfile(ROOT / "web" / "static" / name, SITE / name)
    write_if_changed(SITE / ".nojekyll", "")


def main() -> int:
    """Build everything that changed; return 0, or 1 if a lesson or a page failed."""
    started = time.perf_counter()
    stage()
    write_if_changed(BUILD / "static" / "colours.css", colours.css_variables())
    failed = run_lessons()
    if failed:
        print(f"site: not built, these lessons failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    print(f"site: building {', '.join(LANGUAGES)} ...", flush=True)
    # Side by side: the lessons have run, so neither waits for the other's outputs.
    builds = {language: sphinx(language) for language in LANGUAGES}
    broken = [language for language, build in builds.items() if build.wait()]
    if broken:
        print(f"site: these builds failed, see above: {', '.join(broken)}", file=sys.stderr)
        return 1
    write_notebooks()
    write_root()
    print(f"site: build/site is ready, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
