"""Where things are, and the staging of sources under the addresses that readers see.

Both languages are built from folders of the same shape, so that pages, ``.po`` files and
addresses agree: ``build/src/LANGUAGE/index.md``, ``guide/``, ``lessons/``, all of them links.
"""

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


def stage() -> None:
    """Lay ``build/src`` anew: links to the guides and lessons under their readers' addresses."""
    for language in LANGUAGES:
        folder = BUILD / "src" / language
        folder.mkdir(parents=True, exist_ok=True)
        guide = GUIDES[language]
        _link(folder / "guide", guide)
        _link(folder / "lessons", LESSONS)
        _link(folder / "index.md", guide / "index.md")


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.resolve() == target.resolve():
        return
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=target.is_dir())


def sources_hash() -> str:
    """Return a hash over what shapes every page: the site's own code, words and curriculum."""
    digest = hashlib.sha256()
    shared = [
        ROOT / "web" / "lessons" / "curriculum.csv",
        *sorted((ROOT / "locale").rglob("sphinx.po")),
    ]
    for path in (
        ROOT / "web" / "words.py",
        *sorted((ROOT / "web" / "lessons").glob("*.py")),
        *sorted((ROOT / "web" / "site").glob("*.py")),
        *shared,
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
