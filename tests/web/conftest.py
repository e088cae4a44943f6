"""A small project with one good lesson, and its Korean, for tests to change and break."""

from pathlib import Path

import polib
import pytest

from web.lessons.source import read

LESSON = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
lesson:
  title: A toy with `code`
  question: "Does one message
    arrive?"
  part: 1
  minutes: {read: 15, exercises: 5}
  level: beginner
  needs: []
  engine: both
  measures: the second is faster
  guide: ["Chapter 1"]
  api: [zmq_socket]
---

## You will be able to

1. send
   a message;
2. receive one.
   - nested *item*

     :::{note}
     In a list,
     two lines.

     - a list in the note
     :::

## The situation

First paragraph with **bold**, `recv()` and a [link](#the-idea),
second line of it.
See [the guide](#guide-sockets), [](#guide-sockets), [ØMQ](https://zeromq.org/), `[no](#link)`.

(the-idea)=
## The idea

> A quote
> on two lines.
>
> - a list in it

| Name | Two |
|---|:-:|
| a | b \\| c |
| [x](#the-idea) | |

% a comment

```text
not prose
```

```{code-cell} ipython3
import zmq
import zmq.asyncio

context = zmq.asyncio.Context()
context.rcvtimeo = 1000
server = context.socket(zmq.REP)
port = server.bind_to_random_port("tcp://127.0.0.1")
```

## What comes?

::::{predict}
:answer: 2

What happens?

```python
x = 1
```

- Nothing.

  Wrong, because.

  - a list in a reason
- It works.

  Right.

  :::{tip}
  Nested.
  :::
- Both.

  - begins with a list
::::

```{code-cell} ipython3
:tags: [home, hide-input]

with context.socket(zmq.REQ) as client:
    client.connect(f"tcp://127.0.0.1:{port}")
    await client.send(b"one")
    print(await server.recv())
```

## Break it: nobody sends

Nobody does.

```{code-cell} ipython3
:tags: [libzmq-only]
import threading

print(threading.active_count() > 0)
```

## Exercise

Make it two.

```{code-cell} ipython3
:tags: [exercise]
answer = ...
```

```{code-cell} ipython3
:tags: [check]
def check(name, given):
    return given == 2

check("toy", answer)
```

:::{hint}
More than one.
:::
:::{hint}
Fewer than three.
:::
:::{solution}
It is easy.

```python
answer = 2
```
:::

## In production

The same.

## Remember

One message, one arrival.

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
server.close()
context.term()
```
"""

# Words that a sound translation may repeat are given; the rest becomes "번역 N".
KOREAN = {
    "Does one message arrive?": "메시지 하나가 도착할까요?",
    "A toy with `code`": "`code`로 만든 장난감",
    "The idea": "핵심 아이디어",
    "nested *item*": "안에 있는 *항목*",
    "First paragraph with **bold**, `recv()` and a [link](#the-idea), second line of it. See "
    "[the guide](#guide-sockets), [](#guide-sockets), [ØMQ](https://zeromq.org/), `[no](#link)`.": (
        "**굵은** 글씨와 `recv()`와 [링크](#the-idea)가 있습니다. [안내서](#guide-sockets)와 "
        "[](#guide-sockets)와 [ØMQ](https://zeromq.org/)를 보세요. `[no](#link)`"
    ),
    "[x](#the-idea)": "[엑스](#the-idea)",
    "b | c": "비 | 시",
    "<https://zeromq.org/>": "<https://zeromq.org/>",
}


class Project:
    """The folders of a project in a temporary place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lesson = root / "notebooks" / "01-toy" / "lesson.md"
        self.po = root / "locale" / "ko" / "LC_MESSAGES" / "lessons" / "01-toy.po"
        for path in (self.lesson, self.po, root / "guide_en" / "x", root / "guide_ko" / "x"):
            path.parent.mkdir(parents=True)
        self.write("guide_en/sockets.md", "(guide-sockets)=\n# Socket types\n")
        self.write("guide_ko/sockets.md", "(guide-sockets)=\n# 소켓 종류\n")
        self.lesson.write_text(LESSON, encoding="utf-8")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def change(self, old, new):
        """Change the lesson; what is to be changed must be there."""
        text = self.lesson.read_text(encoding="utf-8")
        assert old in text
        self.lesson.write_text(text.replace(old, new, 1), encoding="utf-8")

    def translate(self, changes=None, leave_out=(), fuzzy=()):
        """Write a ``.po`` with a translation for every block."""
        po = polib.POFile(wrapwidth=0)
        for number, text in enumerate(read(self.lesson).texts()):
            if text.msgid in leave_out:
                continue
            msgstr = {**KOREAN, **(changes or {})}.get(text.msgid, f"번역 {number}")
            flags = ["fuzzy"] if text.msgid in fuzzy else []
            po.append(polib.POEntry(msgid=text.msgid, msgstr=msgstr, flags=flags))
        self.po.write_text(str(po), encoding="utf-8")
        return po


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")
