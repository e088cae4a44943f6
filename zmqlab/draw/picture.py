"""What all pictures share: two forms, two languages, a caption, their words, and how to read them.

The HTML of a picture holds a wide and a narrow form; a container query shows one of them, so the
same output is right in a notebook, on the site and on a phone. Where a narrow form would need more
than `MOST_NODES` elements, the sentences stand in its place as a list.

What must stay true: no form is wider than its `Form` allows; without any style sheet the wide form
shows, and only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple, Self

from zmqlab.draw.colours import notebook_style, var
from zmqlab.draw.signs import Sign, key
from zmqlab.draw.svg import BREAK, HAIRLINE, MONO, NARROW, WIDE, Drawing, Form
from zmqlab.words.language import Language, Text, Worded, both, kernel_language
from zmqlab.words.terms import TERMS

MOST_NODES = 300
"""Elements that a narrow form may have; of more, a list takes its place."""

_AS_TEXT = Text(en="As text", ko="글로 보기")

_STYLE = (
    f"<style>.zl-pic .zm{{font-family:{MONO}}}"
    f"@container zl (max-width:{BREAK - 1}px)"
    "{.zl-wide{display:none!important}.zl-narrow{display:block!important}}"
    "</style>"
)


class Drawn(NamedTuple):
    """A finished drawing and its size in pixels."""

    drawing: Drawing
    width: float
    height: float


class Line(NamedTuple):
    """A sentence, and the number of the event that it is about, if there is one."""

    words: str
    event: int | None = None

    def item(self) -> str:
        """It as an item of a list."""
        data = "" if self.event is None else f' data-event="{self.event}"'
        return f"<li{data}>{escape(self.words)}</li>"


class Picture(Worded):
    """A drawing that shows itself in a notebook, in both languages, with its text alternative.

    A kind of picture says what it is in `title`, in words in `sentences`, and in shapes in `draw`.
    """

    title: Text
    caption: Text | None = None
    record_name = ""
    """The name of the record that the picture can be played from, if it can."""

    def sentences(self, language: Language) -> list[str]:
        """The picture in words.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        list of str
        """
        raise NotImplementedError

    def draw(self, language: Language, form: Form = WIDE) -> Drawn | None:
        """The picture in one form.

        Parameters
        ----------
        language : {"en", "ko"}
        form : Form, optional
            The room that it has.

        Returns
        -------
        Drawn or None
            None if there is no such form: then a list of the sentences takes its place.
        """
        raise NotImplementedError

    def told(self, language: Language) -> Sequence[Line]:
        """The sentences, with the events that they are about."""
        return [Line(words) for words in self.sentences(language)]

    def captioned(self, caption: Text | str) -> Self:
        """Set what stands below the picture: a sentence that states the finding.

        Parameters
        ----------
        caption : Text or str
            In both languages, or a word of `zmqlab.words.terms`.

        Returns
        -------
        Picture
            The picture itself.
        """
        if isinstance(caption, str):
            self.caption = TERMS.get(caption, Text(caption, caption)) if caption else None
        else:
            self.caption = caption
        return self

    def label(self, language: Language) -> str:
        """The heading of the text alternative, and the picture's name for a screen reader.

        Parameters
        ----------
        language : {"en", "ko"}

        Returns
        -------
        str
        """
        return self.title[language]

    def text_lines(self, language: Language) -> list[str]:
        """The lines of the text alternative: the label, and a line for each sentence."""
        return [self.label(language), *(f" - {s}" for s in self.sentences(language))]

    def svg(self, language: Language | None = None, form: Form = WIDE) -> str:
        """The picture as an SVG file of its own.

        Parameters
        ----------
        language : {"en", "ko"}, optional
            The kernel's if not given.
        form : Form, optional
            The room that it has.

        Returns
        -------
        str

        Raises
        ------
        ValueError
            If it has no such form.
        """
        language = language or kernel_language()
        drawn = self.draw(language, form)
        if drawn is None:
            raise ValueError(
                "this picture has no form that is so narrow; its sentences stand there"
            )
        return drawn.drawing.svg(drawn.width, drawn.height, self.label(language), alone=True)

    def narrow(self, language: Language) -> Drawn | None:
        """The narrow form, if it is small enough."""
        drawn = self.draw(language, NARROW)
        if drawn is None or drawn.drawing.nodes > MOST_NODES:
            return None
        return drawn

    def html(self, language: Language) -> str:
        """The picture in one language: both forms, the caption, the words and the signs."""
        label = self.label(language)
        wide = self.draw(language, WIDE)
        narrow = self.narrow(language)
        items = "".join(line.item() for line in self.told(language))
        signs: dict[Sign, None] = {}
        forms = ""
        if wide is not None:
            signs.update(wide.drawing.signs)
            picture = wide.drawing.svg(wide.width, wide.height, label)
            forms += f'<div class="zl-wide">{picture}</div>'
        else:
            forms += f'<ol class="zl-wide">{items}</ol>'
        if narrow is not None:
            picture = narrow.drawing.svg(narrow.width, narrow.height, label)
            # It may grow a little where there is room for more than it needs.
            picture = picture.replace(
                f"max-width:{narrow.width:.0f}px", f"max-width:{narrow.width * 1.25:.0f}px", 1
            )
            forms += f'<div class="zl-narrow" style="display:none">{picture}</div>'
        else:
            forms += (
                f'<ol class="zl-narrow" style="display:none;padding:8px 16px 8px 36px">{items}</ol>'
            )
        caption = self.caption[language] if self.caption else None
        frame = framed(forms, label, caption, self.record_name)
        return frame + folded(items, key(signs, language), language)

    def _repr_html_(self) -> str:
        return notebook_style() + _STYLE + both(self.html)


def framed(forms: str, label: str, caption: str | None = None, record: str = "") -> str:
    """A picture's forms in a frame, with its caption.

    Parameters
    ----------
    forms : str
        HTML of what is in the frame.
    label : str
        Its name for a screen reader.
    caption : str, optional
        What it shows.
    record : str, optional
        The name of the record from which it can be played.

    Returns
    -------
    str
        HTML.
    """
    below = (
        f'<figcaption style="padding:8px 16px 10px;color:{var("text")};'
        f'border-top:1px solid {HAIRLINE}">{escape(caption)}</figcaption>'
        if caption
        else ""
    )
    data = f' data-record="{record}"' if record else ""
    return (
        f'<figure class="zl-pic zl-frame"{data} aria-label="{escape(label)}" '
        f'style="margin:0;overflow-x:auto;container:zl/inline-size;background:{var("page")};'
        f'border:1px solid {HAIRLINE};border-radius:8px">{forms}{below}</figure>'
    )


def folded(items: str, signs: str, language: Language) -> str:
    """What is folded below a picture: how to read it, and the same in words."""
    return (
        f'{signs}<details class="zl-text"><summary>{_AS_TEXT[language]}</summary>'
        f"<ol>{items}</ol></details>"
    )
