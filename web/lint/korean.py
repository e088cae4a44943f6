"""Rules for Korean prose: terms, particles by sound, spelling, and what smells of translation.

What they look for is data: ``korean.toml``, the terms in ``glossary/``, and how names sound, which
`zmqlab.words.language` knows for the instruments too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from web.lessons.front import Fault
from web.lessons.source import parse
from web.lessons.terms import terms
from web.lint.prose import CODE, HANGUL, Block, masked, short, unquoted
from web.lint.registry import Rules, declare
from zmqlab.words.language import READINGS, particle

Found = tuple[int, str, str]
"""A position in a block, what is wrong there, how to mend it."""

KOREAN = Rules[Block, Found]()

DATA: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "korean.toml").read_text(encoding="utf-8")
)
LONGEST_SENTENCE = 90
# Each particle as it is after a consonant and after a vowel.
PAIRS = ("은/는", "이/가", "을/를", "으로/로", "과/와", "이나/나", "이라는/라는", "이란/란")
PAIR_OF = {form: pair for pair in PAIRS for form in pair.split("/")}
PARTICLES = sorted(PAIR_OF, key=len, reverse=True)
# After a noun, the other particles may be endings of a verb or the noun's own syllable.
CERTAIN = ("로", "으로", "는", "은", "를", "을", "와", "과", "가")
TRAILING = (
    "으로부터|로부터|에서는|에서도|으로는|로는|에는|에도|까지는|보다는|이라고|이라는|입니다|이며|이고|이나|"
    "까지|부터|에서|에게|으로|라고|라는|처럼|보다|마다|은|는|이|가|을|를|의|에|와|과|로|도|만|인|나"
)


def korean(
    path: Path, page: list[Block], *, lines: bool = True, markdown: bool = True
) -> Iterator[Fault]:
    """Check a page of Korean.

    Parameters
    ----------
    path
        The file to name.
    page
        Its blocks.
    lines
        Whether a line break in a block is one in the file; not so in a ``.po``.
    markdown
        Whether asterisks mean something.
    """
    for rule in KOREAN.rules:
        if rule.check is asterisks and not markdown:
            continue
        for block in page:
            for position, what, mend in rule.check(block) if HANGUL.search(block.content) else ():
                further = block.content[:position].count("\n") if lines else 0
                yield Fault(path, block.line + further, what, mend, rule.id)
    yield from _introduced(path, page, lines)


@KOREAN.rule("K01", "bold and emphasis close: no literal asterisk, and no bracket in bold")
def asterisks(block: Block) -> Iterator[Found]:
    """Find by rendering the asterisks that stay (escaped ones are meant), brackets in bold."""
    raw = block.content
    for token in parse(raw.replace(r"\*", "")):
        bold = 0
        for child in token.children or []:
            bold += child.nesting if child.type in ("strong_open", "strong_close") else 0
            if bold and child.type == "text" and "(" in child.content:
                where = max(raw.find(child.content), 0)
                yield where, f"bracket in bold: {child.content}", "put it outside"
            if child.type == "text" and "*" in child.content:
                text = child.content.strip()
                yield (
                    max(raw.find(text[:20]), 0),
                    f"literal asterisk: {short(text)}",
                    "close bold after a letter, with brackets, quotes and code outside it",
                )


@KOREAN.rule("K02", "no word that the glossary calls misspelt, in quotes neither")
def misspelt(block: Block) -> Iterator[Found]:
    """Find misspelt words."""
    text = masked(block.content)
    for term in terms():
        for word in term.misspelt:
            for match in re.finditer(re.escape(word), text):
                yield match.start(), f"{word}", f"write {term.korean}"


@KOREAN.rule("K03", "the glossary's term, not a name that it refuses (outside brackets)")
def refused(block: Block) -> Iterator[Found]:
    """Find other names where the term should stand."""
    text = masked(block.content)
    for term in terms():
        for word in term.refused:
            pattern = rf"(?<![가-힣(]){word}(?=({TRAILING})?(?![가-힣)]))"
            for match in re.finditer(pattern, text):
                if text.count("(", 0, match.start()) == text.count(")", 0, match.start()):
                    yield match.start(), f"{word}", f"the term is {term.korean}"


@KOREAN.rule("K04", "words are spaced: 할 수 있다, 두 개, 해 보다")
def spacing(block: Block) -> Iterator[Found]:
    """Find words that are written together."""
    text = masked(block.content)
    for row in DATA["spacing"]:
        for match in re.finditer(row["pattern"], text):
            yield match.start(), f"{match[0].strip()}", f"write {row['write']}"


@KOREAN.rule("K05", "a particle follows the sound of a name or term as it is read aloud")
def particles(block: Block) -> Iterator[Found]:
    """Find particles that the sound before them does not take."""
    raw = block.content
    either = "|".join(PARTICLES)
    names = "|".join(sorted(READINGS, key=len, reverse=True))
    for match in re.finditer(rf"(?<![\w])({names})`?\**({either})(?![가-힣])", raw):
        right = particle(match[1], PAIR_OF[match[2]])
        if right != match[1] + match[2]:
            yield match.start(), f"{match[1]}{match[2]}", f"write {right}"
    for match in re.finditer(rf"([가-힣])\**({either})(?![가-힣])", raw):
        before = raw[: match.start(2)].rstrip("*")
        for noun in _nouns():
            if before.endswith(noun) and not re.search(rf"[가-힣]{noun}$", before):
                right = particle(noun, PAIR_OF[match[2]])
                if match[2] in CERTAIN and right != noun + match[2]:
                    yield match.start(), f"{noun}{match[2]}", f"write {right}"


@KOREAN.rule("K06", "no space between code or a name and its particle")
def spaced_particles(block: Block) -> Iterator[Found]:
    """Find particles that stand alone."""
    spaced = "은|는|을|를|가|의|에|에서|으로|로|와|과"
    pattern = rf"(?:`|(?<=[A-Za-z0-9)])) ({spaced})(?=[\s,.?!]|$)"
    for match in re.finditer(pattern, block.content):
        yield match.start(), f"space before {match[1]!r}", "code and names keep their particle"


@KOREAN.rule("K07", "a socket's type keeps its name: PUSH 소켓, not 푸시 소켓")
def translated_names(block: Block) -> Iterator[Found]:
    """Find socket types written in Hangul."""
    for match in re.finditer(r"(?<![가-힣])(\w+) 소켓", masked(block.content)):
        if match[1] in DATA["translated"]:
            yield match.start(), match[0], f"write {DATA['translated'][match[1]]} 소켓"


@KOREAN.rule("K08", "nothing that smells of translation: 당신, …에 의해, 은(는), 될 것입니다 …")
def forbidden(block: Block) -> Iterator[Found]:
    """Find phrases that Korean does without."""
    if block.quoted:
        return
    free = unquoted(masked(block.content))
    for row in DATA["forbidden"]:
        for match in re.finditer(row["pattern"], free):
            yield match.start(), match[0], row["write"]


@KOREAN.rule("K09", "no dash between clauses")
def dashes(block: Block) -> Iterator[Found]:
    """Find dashes."""
    if block.quoted:
        return
    for match in re.finditer(r"[—–]| -{1,2} ", unquoted(masked(block.content))):
        yield match.start(), f"dash {match[0].strip()!r}", "a colon, a comma or a new sentence"


@KOREAN.rule("K10", f"at most {LONGEST_SENTENCE} characters a sentence, code not counted")
def long_sentences(block: Block) -> Iterator[Found]:
    """Find sentences that are too long."""
    if block.quoted:
        return
    raw = block.content
    plain = re.sub(r"!?\[[^\]]*\]\([^()\s]*\)|<[^>]+>", "", CODE.sub("", raw)).replace("*", "")
    for sentence in re.split(r"(?<=[.?!])\s+", plain.replace("\n", " ")):
        if len(sentence) > LONGEST_SENTENCE:
            yield (
                max(raw.find(sentence[:10]), 0),
                f"sentence of {len(sentence)} characters: {short(sentence)}",
                f"at most {LONGEST_SENTENCE}",
            )


ONCE = declare("K11", "the English of a term stands in brackets once a page")


def _introduced(path: Path, page: list[Block], lines: bool) -> Iterator[Fault]:
    seen: set[str] = set()
    for block in page:
        pattern = r"([가-힣]+)(?:\*\*)?\(([A-Za-z][A-Za-z -]*)\)"
        for match in re.finditer(pattern, masked(block.content)):
            key = match[2].lower()
            if key in seen:
                line = block.line + (block.content[: match.start()].count("\n") if lines else 0)
                yield Fault(path, line, f"{match[0]} once more", "once a page is enough", ONCE)
            seen.add(key)


@cache
def _nouns() -> tuple[str, ...]:
    return tuple(term.korean for term in terms() if re.fullmatch(r"[가-힣 ]+", term.korean))
