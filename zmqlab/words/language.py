"""The two languages of what the instruments print.

Whatever goes into HTML carries both languages and shows that of the page; what is printed as plain
text speaks the kernel's. Lessons' own output is English and never passes through here.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, Language] = ("en", "ko")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in both languages.

    Parameters
    ----------
    en, ko : str
        The words in English and in Korean.

    Examples
    --------
    >>> Text(en="closed", ko="닫힘")["ko"]
    '닫힘'
    """

    en: str
    ko: str

    def __getitem__(self, language: Language) -> str:
        return self.ko if language == "ko" else self.en

    def format(self, *args: object, **values: object) -> Text:
        """Fill the places in both languages; a `Text` among the values gives its own language."""

        def filled(language: Language) -> str:
            def own(value: object) -> object:
                return value[language] if isinstance(value, Text) else value

            named = {name: own(value) for name, value in values.items()}
            return self[language].format(*map(own, args), **named)

        return Text(filled("en"), filled("ko"))


def kernel_language() -> Language:
    """Language of this kernel: that of the notebook it runs, else that of the system.

    Returns
    -------
    {"en", "ko"}
        ``ZMQLAB_LANGUAGE`` decides; then the language written in the notebook that Jupyter names
        in ``JPY_SESSION_NAME``; then ``LC_ALL`` and ``LANG``; else English.
    """
    asked = os.environ.get("ZMQLAB_LANGUAGE", "")
    if asked in LANGUAGES:
        return asked
    written = _notebook_language(os.environ.get("JPY_SESSION_NAME", ""))
    if written:
        return written
    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "ko" if system.lower().startswith("ko") else "en"


@cache
def _notebook_language(name: str) -> Language | None:
    if not name.endswith(".ipynb"):
        return None
    try:
        notebook = json.loads(Path(name).read_text(encoding="utf-8"))
        language = notebook["metadata"]["lesson"]["language"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return language if language in LANGUAGES else None


class Worded:
    """What can be told in lines of text: its text alternative, and what a plain terminal shows."""

    def text_lines(self, language: Language) -> list[str]:
        """The lines of the text alternative, in one language."""
        raise NotImplementedError

    def text(self, language: Language | None = None) -> str:
        """The text alternative.

        Parameters
        ----------
        language : {"en", "ko"}, optional
            The kernel's if not given.

        Returns
        -------
        str
        """
        language = language or kernel_language()
        return "\n".join(self.text_lines(language))

    def __repr__(self) -> str:
        return self.text()


def both(render: Callable[[Language], str]) -> str:
    """HTML in both languages, of which the page or the kernel shows one.

    Parameters
    ----------
    render : callable
        Gives the HTML for "en" or "ko". Ids in it must differ between the two.

    Returns
    -------
    str
        Two blocks. The one that is not the kernel's language is hidden; the site's style sheet
        shows that of the page instead.
    """
    spoken = kernel_language()
    blocks = []
    for language in LANGUAGES:
        hidden = "" if language == spoken else ' style="display:none"'
        blocks.append(f'<div class="zl-lang" lang="{language}"{hidden}>{render(language)}</div>')
    return "".join(blocks)


# How Korean reads what cannot be seen from its spelling: digits, letters by name, names.
_DIGITS = dict(zip("0123456789", "ulvuvvullv", strict=True))
_LETTERS = {"l": "l", "r": "v", "m": "u", "n": "u"}
READINGS = {
    word: sound
    for sound, words in {
        "v": "REQ REP PUSH DEALER ROUTER PAIR ZMTP CURVE TCP IPC"
        " asyncio ZeroMQ pyzmq libzmq purezmq",
        "u": "PUB SUB XPUB XSUB HWM ZAP inproc zmqlab socket inlet outlet",
        "l": "PULL NULL URL poll",
    }.items()
    for word in words.split()
}
"""How names end when read aloud (see `_sound`): those that the glossary settles, and a few whose
spelling misleads the rules. The lint checks the particles behind these names."""

_FOLDED = {word.lower(): sound for word, sound in READINGS.items()}


def _sound(word: str) -> str:
    """How `word` ends when read aloud: "v" vowel, "l" the consonant ㄹ, "u" another consonant."""
    word = re.sub(r"\([^()]*\)$", "", word).rstrip("\"'`)]}”’ ")
    if not word:
        return "v"
    last = word[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return "v" if final == 0 else "l" if final == 8 else "u"
    if last in _DIGITS:
        return _DIGITS[last]
    tail = re.split(r"[^A-Za-z]", word)[-1]
    lower = tail.lower()
    if lower in _FOLDED:
        return _FOLDED[lower]
    if len(tail) == 1 or tail.isupper():
        return _LETTERS.get(lower[-1:], "v")
    if lower.endswith(("l", "le")):
        return "l"
    if re.search(r"([mnbp]|ng|ne|me|ck|ic|ot)$", lower):
        return "u"
    return "v"


def particle(word: str, pair: str) -> str:
    """`word` with the particle that its sound takes.

    Parameters
    ----------
    word : str
        A name, Korean or Latin; a bracket at its end is not read.
    pair : str
        The two forms, after a consonant and after a vowel: ``"이/가"``, ``"을/를"``, ``"으로/로"``.

    Returns
    -------
    str

    Examples
    --------
    >>> particle("REQ", "은/는"), particle("PUB", "은/는"), particle("PULL", "으로/로")
    ('REQ는', 'PUB은', 'PULL로')
    """
    after_consonant, after_vowel = pair.split("/")
    sound = _sound(word)
    if sound == "l" and after_vowel == "로":
        return word + after_vowel
    return word + (after_vowel if sound == "v" else after_consonant)


def duration(seconds: float, language: Language, *, spelled: bool = False) -> str:
    """A measured time, with as many digits as it is worth.

    Parameters
    ----------
    seconds : float
        The time.
    language : {"en", "ko"}
        Decides how a unit is written in running text.
    spelled : bool, optional
        True in sentences: Korean writes 밀리초 and 초 there.

    Returns
    -------
    str
    """
    if seconds < 0.9995:
        value = seconds * 1e3
        number = f"{value:.1f}" if value < 9.95 else f"{value:.0f}"
        if value < 0.095:
            number = f"{value:.2f}" if value else "0"
        unit = "밀리초" if spelled and language == "ko" else " ms"
    else:
        number = f"{seconds:.2f}" if seconds < 9.995 else f"{seconds:.1f}"
        unit = "초" if spelled and language == "ko" else " s"
    return number + unit
