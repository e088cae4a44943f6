"""A small project with one good lesson in the template's form, for tests to change and break."""

from pathlib import Path

import polib
import pytest

from web.lessons.comments import lesson_comments
from web.lessons.source import read
from web.lint.pages import Page, Pages
from web.lint.project import lint_lesson

LESSON = '''---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
lesson:
  title: A toy
  question: Does one message arrive?
  part: 1
  minutes: {read: 15, exercises: 5}
  level: beginner
  needs: []
  engine: both
  guide: ["Chapter 1"]
  api: [zmq_socket]
  asks:
    en: [does it arrive, message lost, zmq.Again]
    ko: [메시지 도착, 메시지 유실, zmq.Again]
---

## You will be able to

- send a message.

## The situation

Nobody knows.

## The idea

A message goes [from here](#the-idea) to there with `send()`.

```{code-cell} ipython3
:tags: [plumbing]
import zmq
import zmq.asyncio

context = zmq.asyncio.Context()
context.rcvtimeo = 1000
server = context.socket(zmq.REP)
port = server.bind_to_random_port("tcp://127.0.0.1")
```

## What comes?

```{code-cell} ipython3
:tags: [home]
with context.socket(zmq.REQ) as client:
    client.connect(f"tcp://127.0.0.1:{port}")
    await client.send(b"one")       # on its way
    print(await server.recv())
```

::::{predict}
:answer: 2

What happens?

- Nothing.

  Wrong, because.
- It works.

  Right.
::::

It works.

## Break it: nobody sends

Nobody does.

```{code-cell} ipython3
:tags: [libzmq-only]
import threading

print(threading.active_count() > 0)
```

## Warm-up

Make it two.

```{code-cell} ipython3
:tags: [exercise]
def two():
    ...     # your code
```

```{code-cell} ipython3
:tags: [check]
from zmqlab import check

await check("01 two", two)
```

:::{hint}
More than one.
:::

:::{hint}
Fewer than three.
:::

:::{solution}
```python
def two():
    return 2
```

Two is one and one.
:::

## Exercise: three

Make it three.

```{code-cell} ipython3
:tags: [exercise]
async def three():
    """Return three."""
    ...
```

```{code-cell} ipython3
:tags: [check]
await check("01 three", three)
```

:::{hint}
More than two.
:::

:::{hint}
Fewer than four.
:::

:::{solution}
```python
async def three():
    return 3
```

Three is two and one.
:::

## In production

The same.

## Remember

One message, one arrival.

**To a colleague:** it arrives.

## Quiz

::::{quiz}
:answer: 1

First?

- Yes.

  Indeed.
- No.

  It is.
::::

::::{quiz}
:answer: 2

Second?

- One.

  Too few.
- Two.

  Just right.
::::

::::{quiz}
:answer: 1

Third?

- Three.

  So it is.
- Four.

  Too many.
::::

## Further

- <https://zeromq.org/>

```{code-cell} ipython3
context.destroy(linger=0)
```
'''

# Words that a sound translation may repeat are given; the rest becomes "번역 N".
KOREAN = {
    "A message goes [from here](#the-idea) to there with `send()`.": (
        "메시지는 `send()`로 [여기](#the-idea)에서 저기로 갑니다."
    ),
    "<https://zeromq.org/>": "<https://zeromq.org/>",
}


class Project:
    """The folders of a project in a temporary place."""

    def __init__(self, root):
        self.root = root
        self.lesson = root / "notebooks" / "01-toy" / "lesson.md"
        self.po = root / "locale" / "ko" / "LC_MESSAGES" / "lessons" / "01-toy.po"
        self.reset()

    def reset(self):
        """Write the good lesson again."""
        self.write(self.lesson, LESSON)

    def write(self, name, text):
        path = self.root / Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def change(self, *changes):
        """Change the lesson, in (old, new) pairs; what is to be changed must be there."""
        text = self.lesson.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        self.write(self.lesson, text)

    def add_code(self, code, *tags):
        """Add a cell before the exercises."""
        option = f":tags: [{', '.join(tags)}]\n" if tags else ""
        cell = f"```{{code-cell}} ipython3\n{option}{code}\n```\n\n"
        self.change(("## Warm-up\n", cell + "## Warm-up\n"))

    def page(self):
        return Page(read(self.lesson))

    def findings(self):
        """Return what the lint says of the lesson, as (rule, what) pairs."""
        return [(fault.rule, fault.what) for fault in lint_lesson(Pages((self.page(),)))]

    def translate(self, changes=None, leave_out=(), fuzzy=(), comments=None):
        """Write a ``.po`` with a translation for every block, and for comments if there are any."""
        po = polib.POFile(wrapwidth=0)
        for number, text in enumerate(read(self.lesson).texts()):
            if text.msgid in leave_out:
                continue
            msgstr = {**KOREAN, **(changes or {})}.get(text.msgid, f"번역 {number}")
            flags = ["fuzzy"] if text.msgid in fuzzy else []
            po.append(polib.POEntry(msgid=text.msgid, msgstr=msgstr, flags=flags))
        for text in lesson_comments(read(self.lesson)):
            msgstr = (comments or {}).get(text.msgid, "설명")
            po.append(polib.POEntry(msgid=text.msgid, msgstr=msgstr, msgctxt="comment"))
        self.write(self.po, str(po))


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


@pytest.fixture
def examples(project):
    """Check a rule by its examples: good ones have no finding, bad ones one that says so.

    An example makes its change and returns nothing.
    """

    def check(rule, bad, good=()):
        for change in good:
            project.reset()
            change(project)
            assert project.findings() == [], (rule, change)
        for change, said in bad:
            project.reset()
            change(project)
            found = project.findings()
            assert any(one == rule and said in what for one, what in found), (rule, said, found)

    return check
