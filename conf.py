"""Sphinx: one configuration for both languages; ``-t ko`` builds the Korean one.

``make site`` stages the sources under ``build/src/{en,ko}`` (guide pages, lessons) and runs this
for each, after ``web.lessons.run`` has run the lessons and put their outputs into the cache.
"""

import sys
import uuid
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

import myst_nb.sphinx_ext  # noqa: E402

from web.lessons.curriculum import lessons_hash  # noqa: E402
from web.page import build as page  # noqa: E402
from web.paths import BUILD, site_address, sources_hash  # noqa: E402
from web.site import scripts  # noqa: E402
from web.words import VERSION, WORDS  # noqa: E402

language = "ko" if tags.has("ko") else "en"  # type: ignore[name-defined]  # noqa: F821
words = WORDS[language]

project = "ØMQ Companion"
author = "the ØMQ Companion contributors"
copyright = f"{date.today().year}, {author}"
version = release = VERSION

extensions = [
    "myst_nb",
    "web.site.directives",
    "web.tools.lighthouse",
    "web.site.core",
    "web.site.states",
    "web.site.sockets",
    "web.site.options",
    "web.site.chapters",
    "web.site.missing",
    "web.site.walk",
    "web.site.pages",
    "web.site.search_index",
    "web.site.glossary",
    "web.lessons.plain_copy",
    "web.site.turns",
    "web.site.highlight",
    "web.site.code_comments",
    "web.site.plumbing",
    "web.site.player",
    "web.site.bench",
    "web.site.runnable",
    "web.site.scripts",
    "web.site.lean",
    "web.site.styles",
]
source_suffix = {".md": "myst-nb"}
exclude_patterns = [
    "guide/index.md",
    "guide/missing/*",  # leaves, which guide/missing.md takes in
    "**/jupyter_execute/**",
    "**/.ipynb_checkpoints/**",
]
nitpicky = True
locale_dirs = [str(ROOT / "locale")]
gettext_compact = False
gettext_uuid = False
gettext_location = False
gettext_last_translator = ""
gettext_language_team = ""
translation_progress_classes = True

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# myst-nb has no setting for it, and would put its copies of the notebooks into the site.
myst_nb.sphinx_ext.OUTPUT_FOLDER = str(BUILD / "jupyter_execute")
nb_execution_mode = "cache"
nb_execution_cache_path = str(BUILD / "cache")
nb_execution_in_temp = True
nb_execution_timeout = 120
nb_execution_show_tb = True
nb_merge_streams = True

html_theme = "furo"
html_title = words["site"]
html_baseurl = f"{site_address()}/{language}/"
html_static_path = ["web/site/static", str(BUILD / "static")]
templates_path = ["web/site/templates"]
html_js_files = [(scripts.NAME, {"defer": "defer"})]
html_favicon = "web/site/static/mark.svg"
html_copy_source = False
html_permalinks_icon = "#"
html_use_index = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {},
    "dark_css_variables": {},
}
pygments_style = "web.site.highlight.Quiet"
pygments_dark_style = "web.site.highlight.Quiet"

if tags.has("epub"):  # type: ignore[name-defined]  # noqa: F821
    templates_path, html_static_path = [], ["web/site/book"]
epub_title = words["site"]
epub_description = words["pitch"]
epub_contributor = author
epub_uid, epub_scheme = "book", "UUID"
epub_identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"zeromq-companion-{language}").urn
epub_css_files = ["book.css"]
epub_show_urls = "no"
epub_tocdepth = 3
epub_tocscope = "includehidden"
epub_use_index = False

# A changed directive or word must reach every page, so their hash is a part of the configuration.
companion_sources = sources_hash()
# And what the sidebar, the home page and the outline say of lessons.
companion_lessons = lessons_hash(language)
# What a reader fetches before the first cell runs, in MB; 0 if nothing runs in this build's pages.
companion_runs = page.megabytes() if page.available() else 0.0
