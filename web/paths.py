"""Where things are."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from web.words import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
SITE = BUILD / "site"
LESSONS = ROOT / "notebooks"
GUIDES = {language: ROOT / f"guide_{language}" for language in LANGUAGES}
RUNS = BUILD / "runs"
DEFAULT_ADDRESS = "http://localhost:8000"


def site_address() -> str:
    """Return the address the site will have, without a slash at the end.

    The environment variable ``SITE_ADDRESS`` sets it for a deployment; addresses of pages on the
    site are relative all the same, only ``hreflang`` and ``canonical`` links need the whole one.
    """
    return os.environ.get("SITE_ADDRESS", "").rstrip("/") or DEFAULT_ADDRESS


def source_address() -> str:
    """Return the address of the repository, without a slash at the end; empty if none is known.

    ``SOURCE_ADDRESS`` names it; where a workflow of GitHub builds, that names its own.
    """
    given = os.environ.get("SOURCE_ADDRESS", "")
    server = os.environ.get("GITHUB_SERVER_URL", "")
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    return (given or (f"{server}/{repository}" if server and repository else "")).rstrip("/")


def unwritable() -> str:
    """Return what is wrong if the build folder can't be written, and how to mend it; else ""."""
    folder = BUILD
    try:
        BUILD.mkdir(parents=True, exist_ok=True)
        for folder in (BUILD, *(path for path in BUILD.iterdir() if path.is_dir())):
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        name = os.path.relpath(folder, ROOT)
        return f"{name} can't be written ({error.strerror}); make it yours again, or delete it"
    return ""


def sources_hash() -> str:
    """Return a hash over what shapes every page: the site's own code and words."""
    digest = hashlib.sha256()
    shared = sorted((ROOT / "locale").rglob("sphinx.po"))
    rooms = (ROOT / "web" / "lessons", ROOT / "web" / "site", ROOT / "web" / "page")
    code = sorted(path for room in rooms for path in room.glob("*.py"))
    benches = sorted(LESSONS.glob("*/bench.toml"))
    for path in (ROOT / "web" / "words.py", *code, *shared, *benches):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def guide_pages(language: str) -> list[str]:
    """Return the names of a language's guide pages: ``start``, ``sockets/req``, but not ``index``.

    The leaves in ``missing/`` are parts of one page.
    """
    folder = GUIDES[language]
    names = (path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.md"))
    return sorted(name for name in names if name != "index" and not name.startswith("missing/"))
