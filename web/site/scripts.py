"""The script of every page, made of several files: one request, and a seventh less to fetch.

The minified form of a file is taken where `web.page.build` made one. What must stay true: each file
keeps its names in a block of its own or shares them with no other, and none throws while it loads,
for those behind it would not run.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from web.lessons.staging import write_if_changed
from web.paths import BUILD, ROOT

NAME = "page.js"
PARTS = (
    "site.js",
    "progress.js",
    "search-hits.js",
    "search-open.js",
    "hints.js",
    "copy.js",
)


def write_script(app: Sphinx) -> None:
    """Put the files together before Sphinx copies what is static."""
    if app.builder.name != "html":
        return
    made = BUILD / "static"
    own = ROOT / "web" / "site" / "static"
    paths = [made / name if (made / name).exists() else own / name for name in PARTS]
    write_if_changed(made / NAME, "".join(path.read_text(encoding="utf-8") for path in paths))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect; ``conf.py`` has every page ask for it."""
    app.connect("builder-inited", write_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
