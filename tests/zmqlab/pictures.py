"""What tests of pictures share: reading the shapes of an SVG and measuring them."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from zmqlab.draw.picture import MOST_NODES
from zmqlab.draw.svg import NARROW, WIDE, text_width

LEAST = 11.0
"""Pixels that text must have at least, whatever the room."""
BOX = {WIDE: 680.0, NARROW: 312.0}
"""Widths of the content on a desktop of 1440 pixels, and on a phone of 360."""


@dataclass
class Shape:
    """A shape of a picture, and from where to where it reaches."""

    tag: str
    left: float
    right: float
    words: str = ""


def local(node):
    return node.tag.partition("}")[2]


def numbers(text):
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)]


def path_reach(path):
    """The least and the largest x of a path in the commands that pictures use."""
    x, y, xs = 0.0, 0.0, []
    for command, given in re.findall(r"([MLCHVmlhvz])([^MLCHVmlhvz]*)", path):
        values = numbers(given)
        if command in "MLC":
            pairs = list(zip(values[::2], values[1::2], strict=True))
            xs += [one for one, _ in pairs]
            x, y = pairs[-1]
        elif command in "ml":
            for dx, dy in zip(values[::2], values[1::2], strict=True):
                x, y = x + dx, y + dy
                xs.append(x)
        elif command == "H":
            x = values[-1]
            xs.append(x)
        elif command == "h":
            for dx in values:
                x += dx
                xs.append(x)
    return min(xs), max(xs)


def text_reach(node):
    """From where to where a line of text reaches, by the estimate that layouts use."""
    size = float(node.attrib["font-size"])
    spans = list(node) or [node]
    width = sum(float(span.attrib.get("dx", 0)) for span in spans)
    for span in spans:
        bold = int(span.attrib.get("font-weight", 400)) > 500
        mono = span.attrib.get("class") == "zm"
        width += text_width(span.text or "", size, mono=mono, bold=bold)
    x = float(node.attrib["x"])
    anchor = node.attrib.get("text-anchor", "start")
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left, left + width


def shapes(root):
    found = []
    for node in root.iter():
        tag = local(node)
        if tag == "rect" and not node.attrib["width"].endswith("%"):
            x = float(node.attrib["x"])
            found.append(Shape(tag, x, x + float(node.attrib["width"])))
        elif tag == "path":
            found.append(Shape(tag, *path_reach(node.attrib["d"])))
        elif tag == "polygon":
            xs = numbers(node.attrib["points"])[::2]
            found.append(Shape(tag, min(xs), max(xs)))
        elif tag == "text":
            words = "".join(node.itertext())
            found.append(Shape(tag, *text_reach(node), words))
    return found


def check_form(picture, language, form):
    """One form of a picture fits, by the numbers in its SVG; return the SVG."""
    svg = picture.svg(language, form)
    root = ElementTree.fromstring(svg)
    width = numbers(root.attrib["viewBox"])[2]
    assert root.attrib["role"] == "img" and root.attrib["aria-label"]
    assert width <= BOX[form] + 0.5
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    assert all(size * min(1, BOX[form] / width) >= LEAST for size in sizes)
    for shape in shapes(root):
        # The estimate of a line's width is generous; a stroke's half width may stick out.
        assert shape.left >= -4 and shape.right <= width + 4, (form, width, shape)
    assert "nan" not in svg
    return svg


def check_picture(picture, *words):
    """The picture is sound in both languages and both forms; return the wide English SVG."""
    html = picture._repr_html_()
    assert ' id="' not in html and "<script" not in html
    ElementTree.fromstring(f"<div>{html}</div>")  # as a book needs it
    for language in ("en", "ko"):
        check_form(picture, language, WIDE)
        narrow = picture.narrow(language)
        if narrow is not None:
            assert narrow.drawing.nodes <= MOST_NODES
            check_form(picture, language, NARROW)
        assert f'<div class="zl-lang" lang="{language}"' in html
    assert html.count('class="zl-wide"') == html.count('class="zl-narrow"') == 2
    assert "As text" in html and "글로 보기" in html
    svg = picture.svg("en")
    for word in words:
        assert word in svg, word
    return svg
