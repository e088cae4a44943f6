"""The archives that readers take away: whole, checked, and the same whoever builds them."""

import ast
import errno
import getpass
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest

from web.lessons.folders import page_name, pages
from web.lessons.setup_cell import wheel_name
from web.paths import GUIDES, LESSONS, ROOT, SITE
from web.site import bundle
from web.site.epub import archive_name, newest_run, write_zip
from web.words import LANGUAGES

pytestmark = pytest.mark.xdist_group("bundle")
each_language = pytest.mark.parametrize("language", LANGUAGES)
OTHER = {"en": "ko", "ko": "en"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    assert (SITE / "index.html").exists(), "there is no build/site: run `make site` first"
    folder = tmp_path_factory.mktemp("bundle")
    bundle.write_archives(folder)
    bundle.write_sums(folder)
    return folder


def files(folder, language):
    """Return what is in an archive, by name, without its own folder."""
    [archive] = folder.glob(f"*-{language}-*.zip")
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        inside = {name: opened.read(name) for name in opened.namelist()}
    assert {name.split("/")[0] for name in inside} == {archive.stem}
    return {name.partition("/")[2]: content for name, content in inside.items()}


@each_language
def test_site_notebooks_programs_and_what_they_need_are_in_it(folder, language):
    inside = files(folder, language)
    lessons = [page_name(path) for path in pages()]
    assert lessons
    expected = {"README.txt", "index.html", "LICENSE", "LICENSE-text", "constraints.txt"}
    expected |= {f"{language}/{page}.html" for page in ("index", "search", "guide/start")}
    expected |= {f"{language}/lessons/{lesson}.html" for lesson in lessons}
    expected |= {f"notebooks/{lesson}.ipynb" for lesson in lessons}
    expected |= {
        "zmqlab/stage/__init__.py",
        "examples/__main__.py",
        "examples/request_reply/client.py",
    }
    assert expected <= set(inside)
    assert not [name for name in inside if name.startswith(f"{OTHER[language]}/")]
    assert not [name for name in inside if "__pycache__" in name or "/." in name]
    for lesson in lessons:
        notebook = json.loads(inside[f"notebooks/{lesson}.ipynb"])
        assert notebook["metadata"]["lesson"]["language"] == language


@each_language
def test_the_readme_speaks_the_language_and_names_what_is_there(folder, language):
    inside = files(folder, language)
    readme = inside["README.txt"].decode()
    assert ("이 폴더" in readme) == (language == "ko")
    assert "{{" not in readme and "{%" not in readme
    assert f"zeromq-companion-{language}-" in readme
    for name in ("index.html", "requirements.txt", "constraints.txt", "notebooks", "LICENSE"):
        assert name in readme
    assert "python3 -m http.server" in readme
    assert max(map(len, readme.splitlines())) <= 100


@each_language
def test_no_path_of_this_machine_is_in_it(folder, language):
    places = {str(ROOT), str(Path.home()) + os.sep, str(Path(sys.prefix))}
    if getpass.getuser() != "root":
        places.add(f"/{getpass.getuser()}/")
    for name, content in files(folder, language).items():
        found = [place for place in places if place.encode() in content]
        assert found == [], name
        assert name.endswith(".py") or b"http://localhost" not in content, name


class Links(HTMLParser):
    """What a page links to and can be linked at; quicker than a tree of it."""

    LINKS = (("a", "href"), ("link", "href"), ("script", "src"), ("img", "src"), ("form", "action"))

    def __init__(self):
        super().__init__()
        self.links, self.ids, self.languages, self.canonical = [], set(), set(), False

    @classmethod
    def of(cls, page):
        found = cls()
        found.feed(page)
        return found

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        found = [given.get(key) for name, key in self.LINKS if name == tag]
        self.links += [(tag, link) for link in found if link]
        self.ids.add(given.get("id"))
        self.languages.add(given.get("hreflang"))
        self.canonical = self.canonical or (tag == "link" and given.get("rel") == "canonical")


@each_language
def test_every_link_leads_to_something_in_the_archive(folder, language):
    inside = files(folder, language)
    pages = {
        name: Links.of(content.decode())
        for name, content in inside.items()
        if name.endswith(".html")
    }
    assert len(pages) >= 6
    broken = []
    for name, page in pages.items():
        for tag, link in page.links:
            address, fragment = urldefrag(urljoin(f"/{name}", link.partition("?")[0]))
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                assert tag == "a", f"{name} asks {link}"
                continue
            target = unquote(parts.path).lstrip("/")
            gone = target not in inside
            if not gone and fragment and target in pages:
                gone = unquote(fragment) not in pages[target].ids
            if gone:
                broken.append(f"{name}: {link}")
        assert page.links and OTHER[language] not in page.languages, name
        assert not page.canonical, name
    assert broken == []


@each_language
def test_notebooks_import_only_what_the_archive_has_or_asks_for(folder, language):
    inside = files(folder, language)
    asked = {line.partition("==")[0] for line in inside["requirements.txt"].decode().split()}
    pins = set(inside["constraints.txt"].decode().split())
    assert set(inside["requirements.txt"].decode().split()) <= pins
    names = {"pyzmq": "zmq"}
    known = {names.get(name, name) for name in asked} | set(sys.stdlib_module_names)
    known |= {name.split("/")[0] for name in inside if name.endswith("/__init__.py")}
    for name in filter(re.compile(r"(notebooks|zmqlab|examples)/.*\.(py|ipynb)$").match, inside):
        sources = [inside[name].decode()]
        if name.endswith(".ipynb"):
            cells = json.loads(sources[0])["cells"]
            sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        for source in sources:
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            for node in ast.walk(compile(source, name, "exec", flags)):
                wanted = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    wanted = [node.module]
                assert {module.split(".")[0] for module in wanted} <= known, name


@each_language
def test_a_program_of_the_unpacked_archive_runs(folder, language, tmp_path):
    [archive] = folder.glob(f"*-{language}-*.zip")
    shutil.unpack_archive(archive, tmp_path)
    here = tmp_path / archive.stem
    environment = dict(os.environ, PYTHONPATH=str(here))
    code = "import examples, zmqlab; print(examples.__file__, zmqlab.__file__, sep='\\n')"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=environment, capture_output=True, text=True
    ).stdout.split()
    assert [Path(one).parent.parent.resolve() for one in told] == [here.resolve()] * 2
    done = subprocess.run(
        [sys.executable, "-m", "examples", "run", "version"],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "libzmq" in done.stdout


@each_language
def test_checkers_are_where_the_archives_notebooks_find_them(language, tmp_path, monkeypatch):
    site = tmp_path / "site" / language
    (site / "notebooks").mkdir(parents=True)
    (site / "index.html").write_text("<h1>ØMQ</h1>", encoding="utf-8")
    (site / "notebooks" / "01-toy.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(bundle, "SITE", tmp_path / "site")
    inside = bundle.contents(language, datetime(2026, 11, 29))
    checkers = {path.relative_to(ROOT).as_posix() for path in LESSONS.glob("*/checks.py")}
    assert len(checkers) >= 7
    assert checkers <= set(inside)
    assert f"downloads/{wheel_name()}" in inside
    assert not [name for name in inside if name.endswith(("wrong.py", "lesson.md"))]
    here = tmp_path / "unpacked"
    for name, content in inside.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(content)
    code = (
        "from zmqlab.exercises import lessons\n"
        "print(*lessons.numbers())\n"
        "print(lessons.load('01').__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=here / "notebooks",
        env=dict(os.environ, PYTHONPATH=str(here)),
        capture_output=True,
        text=True,
        check=True,
    )
    numbers, found = done.stdout.splitlines()
    assert numbers.split() == sorted(Path(name).parent.name[:2] for name in checkers)
    assert Path(found).is_relative_to(here / "notebooks" / "01-first-message")


def test_the_same_content_gives_the_same_bytes(folder, tmp_path, monkeypatch):
    copy = tmp_path / "site"
    shutil.copytree(SITE, copy)  # with other times, and perhaps in another order
    monkeypatch.setattr(bundle, "SITE", copy)
    again = tmp_path / "again"
    bundle.write_archives(again)
    bundle.write_sums(again)
    for path in sorted(folder.iterdir()):
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_sums_are_those_of_the_files(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    told = dict(reversed(line.split("  ")) for line in lines)
    assert set(told) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    assert len(told) == len(LANGUAGES)
    for name, digest in told.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_an_archive_is_there_whole_or_not_at_all(tmp_path):
    when = datetime(2026, 11, 23, 12, 0, 0)
    with pytest.raises(TypeError):
        write_zip(tmp_path / "a.zip", {"good": b"1", "bad": object()}, when)
    assert list(tmp_path.iterdir()) == []
    write_zip(tmp_path / "a.zip", {"good": b"1"}, when)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_without_a_site_it_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bundle, "SITE", tmp_path)
    monkeypatch.setattr(bundle, "BUNDLE", tmp_path / "bundle")
    assert bundle.main() == 1
    assert capsys.readouterr().err == "bundle: there is no build/site yet: run `make site` first\n"


@each_language
def test_the_guide_names_the_files_as_they_are_called(language):
    guide = (GUIDES[language] / "how-lessons-work.md").read_text(encoding="utf-8")
    for ending in ("zip", "epub"):
        assert f"downloads/{archive_name(language, ending)}" in guide


@pytest.mark.parametrize("step", ["write_archives", "write_books", "write_sums"])
def test_a_full_disk_is_told_in_one_line(step, tmp_path, monkeypatch, capsys):
    (tmp_path / "en").mkdir()
    (tmp_path / "ko").mkdir()
    for language in LANGUAGES:
        (tmp_path / language / "index.html").touch()
    monkeypatch.setattr(bundle, "SITE", tmp_path)
    monkeypatch.setattr(bundle, "BUNDLE", tmp_path / "bundle")
    for name in ("write_archives", "write_books", "write_sums"):
        monkeypatch.setattr(bundle, name, lambda *given: [])

    def full(*given):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(bundle, step, full)
    assert bundle.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("bundle: ") and "No space left" in said and said.count("\n") == 1


def test_without_a_run_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("web.paths.RUNS", tmp_path)
    with pytest.raises(ValueError, match="run `make site` first"):
        newest_run()
