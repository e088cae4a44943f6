"""The lessons' own parser reads as MyST's does, and needs nothing that a learner has not."""

import subprocess
import sys

from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from web.lessons.folders import folders, page_name, pages
from web.lessons.source import parse, staged
from web.paths import GUIDES, ROOT

MAINTAINERS = ("sphinx", "docutils", "myst_parser", "myst_nb", "nbclient", "jupyter_cache")
CORNERS = """---
a: b
---
(label)=
# `code` *of* {math}`x`

Text with a footnote[^1], ~~no strike~~, https://example.org and "quotes" -- (c).
% a comment
+++ {"a": 1}

:::{note}
:option: value

::::{tip}
longer inside
::::
:::

A paragraph is interrupted
:::{warning}
here
:::

> :::{note}
> in a quote
> :::

- :::{note}
  in a list
  :::

| a | b |
|---|:-:|
| 1 | `x \\| y` |

Term
: no definition list

$$
no maths
$$

{nolabel}= and <https://zeromq.org/> &amp; [link](#label "title") ![image](a.png)

[^1]: The note.
    :::{note}
    in a footnote
    :::
"""


def sources():
    """Every text that the project's parser has to read."""
    yield "corners", CORNERS
    for folder in folders():
        for path in sorted(folder.glob("lesson*.md")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    for path in pages():
        yield f"{path.parent.name}, staged", staged(path)
    for guide in GUIDES.values():
        for path in sorted(guide.rglob("*.md")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_the_tokens_are_those_of_mysts_own_parser():
    config = MdParserConfig(enable_extensions={"colon_fence"})
    myst = create_md_parser(config, RendererHTML)
    compared = {}
    for name, text in sources():
        mine = [token.as_dict() for token in parse(text)]
        assert mine == [token.as_dict() for token in myst.parse(text)], name
        compared[name] = {token["type"] for token in mine}
    assert len(compared) > 50
    seen = set().union(*compared.values())
    assert {"colon_fence", "fence", "myst_target", "myst_block_break", "tr_open"} <= seen


def test_localising_needs_nothing_that_only_a_maintainer_has(tmp_path):
    localise = (
        "import sys\n"
        "from pathlib import Path\n"
        "class Refuse:\n"
        "    def find_spec(self, name, *rest):\n"
        f"        if name.split('.')[0] in {MAINTAINERS}: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "from web.tools import lab\n"
        "lab.write_all(('ko',), folder=Path(sys.argv[1]), say=lambda line: None)\n"
    )
    command = [sys.executable, "-c", localise, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    written = {path.stem for path in tmp_path.rglob("*.ipynb")}
    assert written == {page_name(path) for path in pages()}
