"""Build the whole site: run what changed, then both languages, then what both share.

``python -m web.site.build`` is ``make site``. The result is ``build/site``: ``en/``, ``ko/``, a
chooser at the root, and a page for addresses that do not exist.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.lessons.cells import parse
from web.lessons.folders import page_name, page_path, pages
from web.lessons.front import Fault, LessonError
from web.lessons.localise import localise
from web.lessons.plain_copy import write_programs
from web.lessons.run import run_lessons
from web.lessons.setup_cell import FOLDER
from web.lessons.source import read
from web.lessons.staging import stage, write_if_changed
from web.page import build as page
from web.paths import BUILD, LESSONS, ROOT, SITE, site_address, unwritable
from web.site.cards import write_cards
from web.site.player import write_records
from web.site.wheel import write_wheel
from web.words import LANGUAGES, WORDS
from zmqlab.draw import colours


def faults() -> list[Fault]:
    """Read every lesson and parse its cells; return what would make the build fail, by line."""
    found: list[Fault] = []
    for path in pages():
        try:
            lesson = read(path)
        except LessonError as error:
            found += error.faults
            continue
        except UnicodeDecodeError:
            found.append(Fault(path, 1, "not UTF-8", "save it as UTF-8"))
            continue
        for cell in lesson.code():
            try:
                parse(cell.source)
            except SyntaxError as error:
                line = cell.line + (error.lineno or 1) - 1
                found.append(Fault(path, line, f"cell is not Python: {error.msg}", "mend the cell"))
            except ValueError as error:  # a null byte
                found.append(Fault(path, cell.line, f"cell is not Python: {error}", "remove it"))
    return [replace(fault, path=fault.path.relative_to(LESSONS.parent)) for fault in found]


def sphinx(language: str) -> subprocess.Popen[bytes]:
    """Start the Sphinx build of one language; warnings count as errors."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-c", str(ROOT)]
    command += ["-t", language, "-d", str(BUILD / "doctrees" / language)]
    command += [str(BUILD / "src" / language), str(SITE / language)]
    # In a session of its own, so that Ctrl-C comes here alone and is told in one line.
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def write_pages() -> list[str]:
    """Run both Sphinx builds; return the languages that failed. None outlives this call."""
    builds: dict[str, subprocess.Popen[bytes]] = {}
    try:
        # Side by side: the lessons have run, so neither waits for the other's outputs.
        for language in LANGUAGES:
            builds[language] = sphinx(language)
        return [language for language, build in builds.items() if build.wait()]
    finally:
        for language, build in builds.items():
            if build.poll() is None:
                build.kill()
                build.wait()
                # A page may be half-written: without this file Sphinx writes all of them again.
                (SITE / language / ".buildinfo").unlink(missing_ok=True)


def remove_old() -> None:
    """Delete pages and notebooks whose sources are gone."""
    for language in LANGUAGES:
        for built in [
            *SITE.glob(f"{language}/guide/**/*.html"),
            *SITE.glob(f"{language}/lessons/*.html"),
        ]:
            source = BUILD / "src" / built.relative_to(SITE).with_suffix(".md")
            if not source.exists():
                built.unlink()
        for notebook in SITE.glob(f"{language}/notebooks/*.ipynb"):
            if page_path(notebook.stem) is None:
                notebook.unlink()
    shutil.rmtree(SITE / "jupyter_execute", ignore_errors=True)  # where it once was


def write_notebooks() -> None:
    """Put each lesson as a notebook, in each language, where the download button points."""
    for language in LANGUAGES:
        for path in pages():
            name = page_name(path)
            notebook, missing = localise(path, language, download=True)
            if missing:
                blocks = "1 block stays" if len(missing) == 1 else f"{len(missing)} blocks stay"
                print(f"{language}/{name}: {blocks} English: run make translate")
            target = SITE / language / "notebooks" / f"{name}.ipynb"
            write_if_changed(target, nbformat.writes(notebook) + "\n")


def write_root() -> None:
    """Write what stands above both languages: the chooser, the 404 page, the site map."""
    templates = Environment(
        loader=FileSystemLoader(ROOT / "web" / "site" / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
    )
    for name in ("chooser", "404"):
        page = templates.get_template(f"root/{name}.html").render(
            words=WORDS, address=site_address(), base=urlsplit(site_address()).path + "/"
        )
        write_if_changed(SITE / ("index.html" if name == "chooser" else "404.html"), page)
    for name in ("mark.svg", "root.css"):
        shutil.copyfile(ROOT / "web" / "site" / "static" / name, SITE / name)
    write_if_changed(SITE / ".nojekyll", "")


def main(arguments: Sequence[str] = ()) -> int:
    """Build; return 0, 1 if a lesson or a page failed, 2 for an argument, 130 after Ctrl-C."""
    if arguments:
        print("site: `make site` builds all of it and takes no arguments", file=sys.stderr)
        return 2
    try:
        return build()
    except KeyboardInterrupt:
        print("\nsite: stopped; run it again", file=sys.stderr)
        return 130


def build() -> int:
    """Build everything that changed; return 0, or 1 if a lesson or a page failed."""
    started = time.perf_counter()
    wrong = unwritable()
    if wrong:
        print(f"site: {wrong}", file=sys.stderr)
        return 1
    found = faults()
    if found:
        print(*found, sep="\n", file=sys.stderr)
        print("site: not built, these lessons can't be read, see above", file=sys.stderr)
        return 1
    stage()
    write_if_changed(BUILD / "static" / "colours.css", colours.css_variables())
    page.prepare()
    failed = run_lessons()
    if failed:
        print(f"site: not built, these lessons failed: {', '.join(failed)}", file=sys.stderr)
        return 1
    write_records()
    write_cards()  # the pages name those that there are
    print(f"site: building {', '.join(LANGUAGES)} ...", flush=True)
    write_programs()  # the pages say which there are
    broken = write_pages()
    if broken:
        print(
            f"site: these builds failed, see above: {', '.join(broken)}\n"
            "      if the reason isn't clear there: `make clean`, then `make site` again",
            file=sys.stderr,
        )
        return 1
    remove_old()
    write_notebooks()
    write_wheel(SITE / FOLDER)
    page.publish()
    write_root()
    print(f"site: build/site is ready, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
