"""Write the skeleton of a lesson: ``make lesson N=04 NAME=transports``. Needs only Python.

The lesson's folder gets its ``lesson.md``, ``checks.py`` and ``wrong.py``. A folder that holds only
a plan (``status: to come``) keeps its titles and part; nothing that is written already is changed.
The new lesson is still to come: when ``status: to come`` goes, the lint asks for all the rest.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LESSONS = Path(__file__).resolve().parents[2] / "notebooks"
FRONT = """---
jupytext:
  notebook_metadata_filter: lesson
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
lesson:
{plan}
  question: What does somebody ask who needs this lesson?
  minutes: {{read: 20, exercises: 10}}
  level: beginner
  needs: [01-first-message]
  guide: []
  api: [zmq_socket]
  asks:
    en: [first question, second question, error message]
    ko: [첫 질문, 둘째 질문, 오류 메시지]
---
"""
PLAN = """  status: to come
  title:
    en: {title}
    ko: {title}
  part: 2
  engine: both"""
BODY = """
## You will be able to

- do something new.

## The situation

A real problem in five sentences.

## The idea

One picture of the topology.

## What happens?

```{{code-cell}} ipython3
import zmq
import zmq.asyncio
from zmqlab import Stage

stage = Stage()
context = stage.context()
context.rcvtimeo = 3000
context.linger = 0
print("ready")
```

::::{{predict}}
:answer: 1

What does it print?

- The first answer.

  Why it is right.
- The second answer.

  Why it is wrong.
::::

## Look inside

The sequence of what just happened.

## Break it

One real fault.

## Fix it

The remedy, or what it costs.

## Exercises

### Warm-up

```{{code-cell}} ipython3
:tags: [exercise]
def double(number):
    ...     # your code
```

```{{code-cell}} ipython3
:tags: [check]
from zmqlab import check

await check("{number} warm-up", double)
```

:::{{hint}}
A first hint.
:::

:::{{hint}}
A second hint, which goes further.
:::

:::{{solution}}
```python
def double(number):
    return 2 * number
```

A sentence on why.
:::

### The exercise

```{{code-cell}} ipython3
:tags: [exercise]
async def answer(context, endpoint):
    ...     # your code
```

```{{code-cell}} ipython3
:tags: [check]
await check("{number} exercise", answer)
```

:::{{hint}}
A first hint.
:::

:::{{hint}}
A second hint, which goes further.
:::

:::{{solution}}
```python
async def answer(context, endpoint):
    return endpoint
```

A sentence on why.
:::

## In production

- **A bold rule**, in one line.
- **When ØMQ is the wrong tool:** say it.

## Remember

Three to five sentences. **To a colleague:** one that they can repeat.

## Quiz

::::{{quiz}}
:answer: 1

A question about a case that the lesson did not show?

- The first answer.

  Why it is right.
- The second answer.

  Why it is wrong.
::::

## Further

- The Guide's section, the man page, the RFC.

```{{code-cell}} ipython3
:tags: [plumbing]
context.destroy(linger=0)
```
"""
CHECKS = '''"""Checkers of lesson {number}."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from zmqlab.exercises.checks import checker, expect
from zmqlab.words.language import Text


@checker("{number} warm-up")
def warm_up(double: Callable[[int], int]) -> Text:
    """Double a few numbers."""
    for number in (0, 3, -5):
        about = Text(en=f"double({{number}})", ko=f"double({{number}})")
        expect(double(number), 2 * number, about)
    return Text(en="It doubles every number.", ko="어떤 수든 두 배로 만듭니다.")


@checker("{number} exercise")
async def exercise(answer: Callable[[Any, str], Awaitable[str]]) -> Text:
    """Try the answer."""
    endpoint = "inproc://somewhere"
    expect(await answer(None, endpoint), endpoint)
    return Text(en="It is right.", ko="맞습니다.")
'''
WRONG = '''"""Answers that the checks of lesson {number} refuse, each with words of its verdict."""

from __future__ import annotations

from typing import Any


def triples(number):
    return 3 * number


async def answers_another(context, endpoint):
    return endpoint.upper()


# At least five of different kinds for each check: it blocks, it leaves something open, it answers
# another question, it never ends, it cheats.
WRONG: dict[str, list[tuple[Any, str, str]]] = {{
    "{number} warm-up": [(triples, "double(3)", "double(3)")],
    "{number} exercise": [(answers_another, "INPROC", "INPROC")],
}}
'''


def plan(path: Path, name: str) -> str:
    """Return what the front matter says of a lesson to come, or a first proposal."""
    if path.is_file():
        found = re.search(r"^lesson:\n((?:  .*\n)+)", path.read_text(encoding="utf-8"), re.M)
        if found:
            return found[1].rstrip("\n")
    return PLAN.format(title=name.replace("-", " ").capitalize())


def main(number: str, name: str) -> int:
    """Write the files; return 1 with a line if there is a lesson of this number already."""
    if not re.fullmatch(r"\d\d", number):
        print("lesson: give its number, two digits: make lesson N=04 NAME=transports")
        return 1
    there = sorted(LESSONS.glob(f"{number}-*"))
    if there and name and there[0].name != f"{number}-{name}":
        print(f"lesson: {number} is {there[0].name} already; its folder keeps its name")
        return 1
    if not there and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        print("lesson: give it a name of small letters, digits and -: NAME=transports")
        return 1
    folder = there[0] if there else LESSONS / f"{number}-{name}"
    source = folder / "lesson.md"
    if source.is_file() and "jupytext:" in source.read_text(encoding="utf-8"):
        print(f"lesson: {folder.name} is written already; nothing was changed")
        return 1
    head = FRONT.format(plan=plan(source, folder.name[3:]))
    texts = {
        "lesson.md": head + BODY.format(number=number),
        "checks.py": CHECKS.format(number=number),
        "wrong.py": WRONG.format(number=number),
    }
    folder.mkdir(exist_ok=True)
    for file, text in texts.items():
        path = folder / file
        if file == "lesson.md" or not path.exists():
            path.write_text(text, encoding="utf-8")
    print(f"lesson: notebooks/{folder.name} has its skeleton; remove `status: to come` to build it")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
