"""The search index: what each section of each page says, in files of a few kilobytes each.

A query fetches the list of pages, the files that hold its words, and the texts of the sections
that it shows. All of them are scripts that call ``Search.take(name, data)``, for a page that was
opened without a server can't fetch anything else:

    words.js       what search.js knows of words: stemmer, stop words, names, the files' version
    pages.js       ``pages``: name, title, first section; ``asks``: a section and a question as
                   people type it; ``texts``: the first section of each file of texts
    w0.js ...      words, by how they begin: of each word the steps to its sections
    t0.js ...      of sections the anchor, the heading and the text, block by block

What must stay true: what readers don't read as text of the page is not in the index (pictures,
which hold both languages; buttons and the other words of the page's frame). `shard` does what
``Index.load`` in search.js does.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sphinx
from docutils import nodes
from sphinx.application import Sphinx

from web.lessons.folders import front, page_name, pages
from web.lessons.staging import write_if_changed
from web.site import search
from web.site.directives import tag
from web.site.missing import leaves
from web.words import WORDS

FOLDER = "search"
SHARDS = 256
STEP = 32
"""A step from one section to the next, times this, plus a weight: one number for both."""
CHUNK = 1_500
"""Characters of text in one file, about."""
OFTEN = 3
"""Blocks of a section that hold a word; each one up to here says a little more."""
WEIGHTS = {"title": 20, "name": 16, "ask": 12, "heading": 10, "text": 3, "code": 1, "folded": 1}
SAID = ("found", "one", "none", "lacks")
SHOWN = {"title": "h", "heading": "h", "text": "t", "code": "c"}
"""Kinds of blocks as search.js knows them: under a heading stands what is worth reading."""
STEMMER = ("base-stemmer.js", "english-stemmer.js")


@dataclass
class Section:
    """A section of a page, or an entry of the glossary: its words' weights, its blocks of text."""

    anchor: str
    heading: str
    words: dict[str, int] = field(default_factory=dict)
    blocks: list[tuple[str, str]] = field(default_factory=list)


class Reader:
    """Reads a page's sections from its tree."""

    def __init__(self, language: search.English) -> None:
        self._language = language
        self.sections: list[Section] = []
        self._counts: list[Counter[str]] = []

    def read(self, document: nodes.document) -> list[Section]:
        """Return the sections of a page, in order."""
        self._begin("", "")
        self._children(document, 0, False)
        for section, counts in zip(self.sections, self._counts, strict=True):
            for word, count in counts.items():
                section.words[word] += min(count, OFTEN) - 1
        return self.sections

    def _begin(self, anchor: str, heading: str) -> int:
        self.sections.append(Section(anchor, heading))
        self._counts.append(Counter())
        return len(self.sections) - 1

    def _children(self, node: nodes.Node, at: int, folded: bool) -> None:
        for child in node.children:
            self._node(child, at, folded)

    def _node(self, node: nodes.Node, at: int, folded: bool) -> None:
        if not isinstance(node, nodes.Element) or "no-search" in node["classes"]:
            return
        if isinstance(node, nodes.section):
            self._section(node, at)
        elif isinstance(node, tag) and _css(node) & {"glossary-entry"}:
            name = next(node.findall(lambda one: isinstance(one, tag) and _is_name(one)), None)
            heading = _name(name) if name else ""
            self._children(node, self._begin(node["attributes"].get("id", ""), heading), folded)
        elif isinstance(node, tag) and _is_name(node):
            self._words(at, _name(node), "name")
        elif _is_block(node):
            self._block(node, at, folded)
        else:
            closed = isinstance(node, tag) and (
                node["name"] == "details" or "zq-reason" in _css(node)
            )
            self._children(node, at, folded or closed)

    def _section(self, node: nodes.section, at: int) -> None:
        title = next(iter(node.findall(nodes.title)), None)
        heading = title.astext() if title else ""
        if not self.sections[0].heading and at == 0:
            self.sections[0].heading = heading  # the page's own: its address has no anchor
            self._children(node, 0, False)
        else:
            self._children(node, self._begin(node["ids"][0], heading), False)

    def _block(self, node: nodes.Element, at: int, folded: bool) -> None:
        kind = _kind(node, at)
        texts = node.astext().splitlines() if kind == "code" else [node.astext()]
        for text in filter(None, (" ".join(line.split()) for line in texts)):
            self._words(at, text, "folded" if folded else kind)
            if not folded:
                self.sections[at].blocks.append((SHOWN[kind], text))

    def _words(self, at: int, text: str, kind: str) -> None:
        section = self.sections[at]
        for word in self._language.words(text):
            section.words[word] = max(WEIGHTS[kind], section.words.get(word, 0))
            self._counts[at][word] += 1


def _css(node: tag) -> set[str]:
    return set(node["attributes"].get("class", "").split())


def _is_name(node: tag) -> bool:
    return "glossary-name" in _css(node)


def _name(node: nodes.Node) -> str:
    """Return a glossary's name without the link that stands beside it."""
    return node.astext().split("\n")[0]


def _is_block(node: nodes.Element) -> bool:
    if isinstance(node, tag):
        inline = (nodes.Text, nodes.Inline)
        return bool(node.children) and all(isinstance(child, inline) for child in node.children)
    return isinstance(node, nodes.TextElement)


def _kind(node: nodes.Element, at: int) -> str:
    if isinstance(node, nodes.title):
        return "heading" if at else "title"
    return "code" if isinstance(node, nodes.literal_block) else "text"


def shard(word: str) -> int:
    """Return the number of the file that holds a word: by its first syllable or two letters."""
    second = ord(word[1]) if len(word) > 1 and word[0] < "가" else 0
    return (ord(word[0]) * 31 + second) % SHARDS


def keep(app: Sphinx, document: nodes.document, name: str) -> None:
    """Keep a page's sections beside its tree; pages may be written by several processes."""
    language = (search.Korean if app.config.language == "ko" else search.English)({})
    path = _kept(app, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = [asdict(section) for section in Reader(language).read(document)]
    path.write_text(json.dumps(sections, ensure_ascii=False), encoding="utf-8")


def _kept(app: Sphinx, name: str) -> Path:
    return Path(app.doctreedir) / FOLDER / f"{name}.json"


def asked(app: Sphinx, sections: dict[str, list[Section]]) -> Iterator[tuple[str, int, str]]:
    """Give the questions that people ask: a page, its section's number there, the question."""
    language = app.config.language
    for path in pages():
        name = f"lessons/{page_name(path)}"
        if name in sections:
            asks = front(path).get("asks") or {}
            yield from ((name, 0, ask) for ask in asks.get(language, ()))
    if "guide/missing" in sections:
        anchors = {section.anchor: at for at, section in enumerate(sections["guide/missing"])}
        for leaf in leaves(language):
            number = anchors[leaf.label]
            yield from (("guide/missing", number, ask) for ask in leaf.asks)
    for name, of_page in sections.items():
        said = app.env.metadata.get(name, {}).get("asks", "{}")
        numbers = {section.anchor: number for number, section in enumerate(of_page)}
        for anchor, asks in json.loads(said).items():
            yield from ((name, numbers[anchor], ask) for ask in asks)


def files(app: Sphinx) -> Iterator[tuple[str, Any]]:
    """Give the names of all files of data and what is in them."""
    sections = {
        name: [Section(**one) for one in json.loads(_kept(app, name).read_text("utf-8"))]
        for name in sorted(app.env.found_docs)
        if _kept(app, name).is_file()
    }
    language = (search.Korean if app.config.language == "ko" else search.English)({})
    asks = list(asked(app, sections))
    first: dict[str, int] = {}
    ordered: list[Section] = []
    for name, of_page in sections.items():
        first[name] = len(ordered)
        ordered += of_page
    for name, number, ask in asks:
        words = sections[name][number].words
        for word in language.words(ask):
            words[word] = max(WEIGHTS["ask"], words.get(word, 0))
    texts = list(_texts(ordered))
    yield (
        "pages",
        {
            "pages": [[name, sections[name][0].heading, first[name]] for name in sections],
            "asks": [[first[name] + number, ask] for name, number, ask in asks],
            "texts": [start for start, _ in texts],
        },
    )
    shards: list[dict[str, list[int]]] = [{} for _ in range(SHARDS)]
    last: dict[str, int] = {}
    for number, section in enumerate(ordered):
        for word, weight in section.words.items():
            step = (number - last.get(word, 0)) * STEP + weight
            shards[shard(word)].setdefault(word, []).append(step)
            last[word] = number
    yield from ((f"w{number}", dict(sorted(found.items()))) for number, found in enumerate(shards))
    yield from (
        (f"t{number}", [[one.anchor, one.heading, one.blocks] for one in chunk])
        for number, (_, chunk) in enumerate(texts)
    )


def _texts(sections: list[Section]) -> Iterator[tuple[int, list[Section]]]:
    """Give the number of each chunk's first section, and its sections."""
    start = 0
    length = 0
    for number, section in enumerate(sections):
        size = sum(len(text) for _, text in section.blocks)
        if number > start and length + size > CHUNK:
            yield start, sections[start:number]
            start, length = number, 0
        length += size
    yield start, sections[start:]


def publish(app: Sphinx, exception: Exception | None) -> None:
    """Write the files, and take away those of an earlier build."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    written = {}
    for name, data in files(app):
        known = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        written[f"{name}.js"] = f'Search.take("{name}",{known});\n'
    version = hashlib.sha256("".join(written.values()).encode()).hexdigest()[:12]
    written["words.js"] = words(app, version)
    for name, text in written.items():
        write_if_changed(folder / name, text)
    for path in folder.iterdir():
        if path.name not in written:
            path.unlink()


def words(app: Sphinx, version: str) -> str:
    """Return the script with what search.js knows of words."""
    language = (search.Korean if app.config.language == "ko" else search.English)({})
    known = {
        "version": version,
        "shards": SHARDS,
        "step": STEP,
        "text": WEIGHTS["text"],
        "asked": WEIGHTS["ask"] + OFTEN - 1,
        "stopwords": sorted(language.stopwords),
        "endings": sorted(search.ENDINGS),
        "names": search.other_names(),
        "misspelt": search.misspelt(),
        "say": {name: WORDS[app.config.language][f"search_{name}"] for name in SAID},
    }
    folder = Path(sphinx.__file__).parent / "search" / "minified-js"
    stemmer = "".join((folder / name).read_text(encoding="utf-8") for name in STEMMER)
    data = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return f'{stemmer}Search.take("words",{data});\n'


class unsearched(nodes.General, nodes.Element):  # noqa: N801  (as docutils names node classes)
    """Stands around what is not to be searched, and adds nothing to the page."""


def pass_by(self: Any, node: unsearched) -> None:
    """Write nothing."""


# Of the page's frame: what `web.site.directives` makes of these.
FRAME_NAMES = {"button", "legend", "summary", "figcaption"}
FRAME_CLASSES = {
    "lesson-kicker", "lesson-facts", "lesson-download", "lesson-ran", "lesson-card-facts",
}  # fmt: skip


def leave_out(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep a page's words for the index, without pictures and the words of the page's frame."""
    if app.builder.name == "html":
        mark(doctree)
        keep(app, doctree, docname)


def mark(doctree: nodes.document) -> None:
    """Mark what is not searched: pictures and the words of the page's frame."""
    for raw in list(doctree.findall(nodes.raw)):
        raw.replace_self(unsearched("", raw.deepcopy(), classes=["no-search"]))
    for node in doctree.findall(tag):
        if node["name"] in FRAME_NAMES or _css(node) & FRAME_CLASSES:
            node["classes"].append("no-search")


def without_sphinxs(app: Sphinx) -> None:
    """Leave Sphinx's own index and its page of results away."""
    if app.builder.name == "html":
        app.builder.search = False  # type: ignore[attr-defined]


def page_of_results(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page of results."""
    if app.builder.name == "html":
        yield "search", {}, "search.html"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the languages, and what is left out."""
    app.add_node(unsearched, html=(pass_by, pass_by))
    app.connect("builder-inited", without_sphinxs)
    app.connect("doctree-resolved", leave_out)
    app.connect("html-collect-pages", page_of_results)
    app.connect("build-finished", publish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
