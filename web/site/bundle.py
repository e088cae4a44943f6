"""What a reader takes away: ``make bundle`` writes one archive a language to ``build/bundle``.

In each: the built site of that language, its notebooks, and what it takes to run them; beside them
the books (`web.site.epub`), and ``SHA256SUMS``. What must stay true: an unpacked archive works from
any static server, below any path and without a network; no link in it leads to what it doesn't
hold; the same content gives the same bytes.

``make bundle EDITION=class`` writes archives without the exercises' solutions, and no books, to
``build/bundle-class``.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import time
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.lessons.setup_cell import FOLDER, wheel_name
from web.page import build as python
from web.paths import BUILD, ROOT, SITE
from web.site.archive import write_zip
from web.site.edition import notebook_without_solutions, page_without_solutions
from web.site.epub import archive_name, newest_run, write_books
from web.site.wheel import lesson_modules, wheel_bytes
from web.words import LANGUAGES, VERSION, WORDS, date

BUNDLE = BUILD / "bundle"
CLASS = "class"
"""The edition that holds no solutions."""
PROGRAMS = ("examples", "purezmq", "zmqlab")
AS_THEY_ARE = ("constraints.txt", "LICENSE", "LICENSE-text")
# A copy on a stick has no address, and the other language is in an archive of its own.
ELSEWHERE = re.compile(
    r'\s*(?:<a class="language".*?</a>'
    r'|<link rel="(?:canonical|alternate)" [^>]*>'
    r'|<meta (?:property|name)="(?:og|twitter):[^>]*>)',
    re.DOTALL,
)


def requirements() -> str:
    """Return what the notebooks need of others, pinned, one a line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    learn, lessons = extras["learn"], extras["lessons"]
    own = f"{project['name']}["
    wanted = project["dependencies"] + learn
    wanted += [name for name in lessons if not name.startswith(own)]
    names = [re.split(r"[^\w.-]", line)[0] for line in wanted]
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    lines = [pin for pin in pins if pin.partition("==")[0] in names]
    if len(lines) != len(names):
        raise ValueError(f"requirements.txt does not pin all of {', '.join(names)}")
    return "\n".join(lines) + "\n"


def for_edition(path: Path, content: bytes, language: str, edition: str) -> bytes:
    """Return a file of the site as an edition has it: that for a class holds no solution."""
    if edition != CLASS:
        return content
    if path.suffix == ".html":
        return page_without_solutions(content.decode()).encode()
    if path.suffix == ".ipynb":
        return notebook_without_solutions(content, WORDS[language]["solution"])
    return content


def contents(language: str, when: datetime, edition: str = "") -> dict[str, bytes]:
    """Return the files of an archive by their names in it, without its own folder."""
    templates = Environment(
        loader=FileSystemLoader(ROOT / "web" / "site" / "templates" / "bundle"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    values = {
        "language": language,
        "words": WORDS[language],
        "version": VERSION,
        "date": date(when.isoformat(), language),
        "archive": edition_name(language, edition),
        "edition": edition,
    }
    files = {
        "README.txt": templates.get_template(f"README.{language}.txt").render(values).encode(),
        "index.html": templates.get_template("index.html").render(values).encode(),
        "requirements.txt": requirements().encode(),
    }
    for name in AS_THEY_ARE:
        files[name] = (ROOT / name).read_bytes()
    for folder in PROGRAMS:
        for path in (ROOT / folder).rglob("*.*"):
            if path.is_file() and "__pycache__" not in path.parts:
                files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    files |= {f"notebooks/{name}": content for name, content in lesson_modules().items()}
    files[f"{FOLDER}/{wheel_name()}"] = wheel_bytes()
    for path in (SITE / language).rglob("*.*"):
        if not path.is_file() or path.name.startswith("."):
            continue
        inside = path.relative_to(SITE / language)
        content = path.read_bytes()
        if path.suffix == ".html":
            content = ELSEWHERE.sub("", content.decode()).encode()
        content = for_edition(path, content, language, edition)
        files[f"{language}/{inside.as_posix()}"] = content
        if path.suffix == ".ipynb":
            files[inside.as_posix()] = content  # a copy to work in, where `zmqlab` is found
    for path in (SITE / "programs").glob("*.*"):
        files[f"programs/{path.name}"] = path.read_bytes()
    for path in (SITE / python.FOLDER).glob("*.*"):
        files[f"{python.FOLDER}/{path.name}"] = path.read_bytes()
    return dict(sorted(files.items()))


def edition_name(language: str, edition: str) -> str:
    """Return an archive's file name."""
    name = archive_name(language, "zip")
    return f"{name.removesuffix('.zip')}-{edition}.zip" if edition else name


def write_archives(folder: Path = BUNDLE, edition: str = "") -> list[Path]:
    """Write one archive a language; everything in it lies in a folder of the archive's name."""
    when = newest_run()
    archives = []
    for language in LANGUAGES:
        archives.append(folder / edition_name(language, edition))
        files = contents(language, when, edition)
        within = archives[-1].stem
        write_zip(archives[-1], {f"{within}/{name}": files[name] for name in files}, when)
    return archives


def write_sums(folder: Path = BUNDLE) -> None:
    """Write ``SHA256SUMS``, which ``sha256sum -c`` reads, for all other files of the folder."""
    paths = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def main(arguments: Sequence[str] = ()) -> int:
    """Write archives, books and sums; return 0, or 1 with the reason in a line."""
    edition = arguments[0] if arguments else ""
    if edition not in ("", CLASS):
        print(f"bundle: there is no edition {edition!r}; there is {CLASS!r}", file=sys.stderr)
        return 2
    folder = BUNDLE.with_name(f"{BUNDLE.name}-{edition}") if edition else BUNDLE
    started = time.perf_counter()
    missing = [language for language in LANGUAGES if not (SITE / language / "index.html").exists()]
    if missing:
        print("bundle: there is no build/site yet: run `make site` first", file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    try:
        files = write_archives(folder, edition)
        if not edition:
            files += write_books(folder)
        write_sums(folder)
    except (OSError, ValueError) as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbundle: stopped; run it again", file=sys.stderr)
        return 130
    for path in files:
        print(f"bundle: {path.relative_to(ROOT)}, {path.stat().st_size / 1000:.0f} kB")
    print(f"bundle: {folder.relative_to(ROOT)} is ready, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
