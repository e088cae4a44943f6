"""What it takes to play recorded sequences in a page, without Python.

Each picture that was drawn from a record names it (`zmqlab.draw`). The records stand beside the
styles, one file each, and are fetched when a reader presses Play; a page with such a picture gets
the player's script and its words, and no other page does.
"""

from __future__ import annotations

import json
from typing import Any

from sphinx.application import Sphinx

from web.lessons.folders import page_name, pages
from web.lessons.run import records_path
from web.lessons.staging import write_if_changed
from web.paths import BUILD
from web.words import WORDS

FOLDER = BUILD / "static" / "records"
MARK = ' data-record="'


def write_records() -> None:
    """Write the records of all lessons' pictures, and delete those that no picture has."""
    found: dict[str, Any] = {}
    for path in pages():
        found |= json.loads(records_path(page_name(path)).read_text(encoding="utf-8"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.json"):
        if old.stem not in found:
            old.unlink()
    for name, record in found.items():
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        write_if_changed(FOLDER / f"{name}.json", text)


def add_player(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give a page with a picture that can be played what plays it."""
    if MARK not in context.get("body", ""):
        return
    app.add_js_file("page/player.js", type="module")
    said = WORDS[app.config.language]
    words = {key.removeprefix("player_"): said[key] for key in said if key.startswith("player_")}
    context["player_words"] = json.dumps(words, ensure_ascii=False)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect."""
    app.connect("html-page-context", add_player)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
