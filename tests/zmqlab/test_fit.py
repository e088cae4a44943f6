"""Every kind of picture fits: on a phone, on a desktop, in both languages.

Measured from the numbers in the SVG; a browser checks a few of them as they are shown.
"""

import asyncio
import random
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import zmq
import zmq.asyncio

from purezmq.wire.frame import encode
from purezmq.wire.greeting import Greeting
from tests.zmqlab.pictures import check_form, check_picture
from zmqlab import (
    Ecdf,
    Fates,
    Gantt,
    Ledger,
    Matrix,
    Octets,
    Outcome,
    Paths,
    Plot,
    Stage,
    Strip,
    Tally,
    Timeline,
    idea,
)
from zmqlab.draw.colours import css_variables
from zmqlab.draw.picture import MOST_NODES
from zmqlab.draw.signs import Sign
from zmqlab.draw.svg import NARROW, WIDE
from zmqlab.exercises import lessons
from zmqlab.words.language import Text

FAULTS = (
    "kill the middle",
    "kill the receiver",
    "kill the sender",
    "kill it with one in hand",
    "freeze the next hop",
    "drop and delay",
)
DESIGNS = (
    "stateless switch",
    "broker, memory",
    "broker, fsync",
    "broker at its best",
    "switch, edges",
    "direct, edges",
    "switch, edges, fsync",
)


def run(scenario):
    async def limited():
        async with asyncio.timeout(20):
            return await scenario()

    # In a thread of its own: a browser's loop may run in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, limited()).result()


def ledger():
    return Ledger(
        sent=range(1, 25), received=[*range(1, 9), 4, *range(10, 14)], in_hand=[9], ordered=True
    )


def long_ledger():
    return Ledger(sent=range(105), received=[n for n in range(105) if n % 17])


def strip():
    sent = list(range(1, 241))
    came = [(n, 2.0 if 111 <= n < 135 else 0.01) for n in sent if not 90 <= n < 111]
    times = [n * 0.02 for n in sent]
    row = Fates(sent, [*came, (60, 0.1)], set(sent[:150]), 0.5, (100, 118), times)
    return Strip({"hub, the broker killed": row, "direct, D killed": Fates(sent, came)})


def matrix():
    outcome = Outcome(60, lost=12, twice=2, late=5)
    return Matrix({row: dict.fromkeys(FAULTS, outcome) for row in DESIGNS}, late=0.5)


def tally():
    return Tally(400_000, {"a switch in between": 103_300, "one owner, messages": 400_000})


def paths():
    hub = "A -tcp-> broker -tcp-> B -tcp-> broker -tcp-> C -tcp-> broker -tcp-> D"
    queues = "A -tcp-> queue-B -ipc-> B -tcp-> queue-C -ipc-> C -tcp-> queue-D -ipc-> D"
    return Paths({"hub": hub, "queues": queues, "direct": "A -tcp-> B -tcp-> C -tcp-> D"})


def plot():
    sizes = (10, 100, 1000, 10_000, 100_000)
    return Plot(
        {name: {size: [size * (n + 1.0)] * 9 for size in sizes} for n, name in enumerate(DESIGNS)},
        x="message size in bytes",
        y="messages a second",
        log="xy",
        joined=True,
        lines={"one divided by the round trip": [(10, 30.0), (100_000, 300_000.0)]},
    )


def distribution():
    luck = random.Random(3)
    samples = {
        name: [luck.lognormvariate(n, 0.5) for _ in range(300)] for n, name in enumerate(DESIGNS)
    }
    return Ecdf(samples, x="ms from made to booked")


def dots():
    return Ecdf(
        {name: [n + 1.0, 2.0 * n + 3] for n, name in enumerate(DESIGNS)}, x="seconds to recover"
    )


def gantt():
    chart = Gantt("anna", "ben", "owner")
    for name in ("anna", "ben", "owner"):
        for state in ("works", "waits", "holds", "sleeps", "owner works", ""):
            chart.mark(name, state)
    return chart


def timeline():
    def line(time, text):
        return SimpleNamespace(kind="out", text=text, time=time)

    output = [
        line(n / 10 + part, f"task {n} {word}")
        for n in range(12)
        for part, word in ((0, "taken"), (0.09, "done"))
    ]
    program = SimpleNamespace(output=[*output, line(1.3, "task 99 taken")], running=False, now=2.0)
    return Timeline(quick=program, the_slow_one=program)


def octets():
    return Octets(Greeting((3, 1), "NULL", False).encode() + encode([b"hello", b"z" * 60]))


def small_idea():
    return idea("client REQ -> server REP at tcp://HOST:PORT")


def chain():
    return idea(
        *(f"{a} PUSH -> {b} PULL at tcp://{b}:5555" for a, b in zip("ABCD", "BCDE", strict=True))
    )


def star():
    return idea(*(f"client{n} DEALER -> broker ROUTER at tcp://HOST:5555" for n in range(9)))


async def exchange(stage, count, text="a message of some length #{}"):
    context = stage.context()
    names = ("ventilator", "anna", "ben", "cleo", "newcomer", "archive")[:count]
    push = context.socket(zmq.PUSH)
    pulls = [context.socket(zmq.PULL) for _ in names[1:]]
    stage.name(**dict(zip(names, [push, *pulls], strict=True)))
    push.bind("inproc://tasks")
    for pull in pulls:
        pull.connect("inproc://tasks")
    for number in range(2 * len(pulls)):
        await push.send_multipart([text.format(number).encode(), b"\x00\xff", b""])
    for pull in pulls:
        for _ in range(2):
            await pull.recv_multipart()
    pictures = stage.sequence(), stage.topology()
    context.destroy(linger=0)
    return pictures


def sequence(count):
    return run(lambda: exchange(Stage(), count))[0]


def topology(count):
    return run(lambda: exchange(Stage(), count))[1]


PICTURES = {
    "ledger": ledger,
    "long ledger": long_ledger,
    "strip": strip,
    "matrix": matrix,
    "tally": tally,
    "paths": paths,
    "plot": plot,
    "distribution": distribution,
    "dots": dots,
    "gantt": gantt,
    "timeline": timeline,
    "octets": octets,
    "idea": small_idea,
    "chain": chain,
    "star": star,
    "two lanes": lambda: sequence(2),
    "three lanes": lambda: sequence(3),
    "six lanes": lambda: sequence(6),
    "topology": lambda: topology(4),
}


@pytest.mark.parametrize("name", PICTURES)
def test_it_fits(name):
    picture = PICTURES[name]()
    check_picture(picture)
    html = picture._repr_html_()
    # What is not drawn small is told in a list.
    for language in ("en", "ko"):
        narrow = picture.narrow(language)
        assert (narrow is None) == ('<ol class="zl-narrow"' in picture.html(language))
    assert html.count("<svg") >= 2


def test_a_picture_with_too_many_parts_becomes_a_list():
    async def scenario():
        stage = Stage()
        context = stage.context()
        pairs = [(context.socket(zmq.PUSH), context.socket(zmq.PULL)) for _ in range(2)]
        for n, (push, pull) in enumerate(pairs):
            stage.name(**{f"push{n}": push, f"pull{n}": pull})
            push.bind(f"inproc://{n}")
            pull.connect(f"inproc://{n}")
        for number in range(28):
            push, pull = pairs[number % 3 % 2]
            await push.send_multipart([str(number).encode()] * (1 + number % 2))
            await pull.recv_multipart()
        picture = stage.sequence()
        context.destroy(linger=0)
        return picture

    picture = run(scenario)
    assert picture.draw("en", NARROW).drawing.nodes > MOST_NODES
    assert picture.narrow("en") is None
    assert re.search(r'<ol class="zl-narrow"[^>]*><li data-event="\d+">', picture.html("en"))
    check_form(picture, "en", WIDE)


def test_how_to_read_it_explains_the_signs_that_are_there():
    html = ledger()._repr_html_()
    for language, how in (("en", "How to read this"), ("ko", "그림 읽는 법")):
        assert f"<summary>{how}</summary>" in html
        for sign in (Sign.DELIVERED, Sign.TWICE, Sign.IN_HAND, Sign.MISSING):
            assert sign.meaning[language] in html
        assert Sign.LATE.meaning[language] not in html


def test_a_caption_states_the_finding():
    found = Text(en="Eight of 24 <b>never came</b>.", ko="24개 가운데 8개가 오지 않았습니다.")
    html = ledger().captioned(found)._repr_html_()
    assert html.count("<figcaption") == 2
    assert "Eight of 24 &lt;b&gt;never came" in html and found.ko in html
    assert "<figcaption" not in ledger()._repr_html_()


def test_equal_neighbours_are_one_rectangle():
    one = Ledger(sent=range(400), received=range(400))
    assert one.draw("en").drawing.nodes < 12
    assert long_ledger().draw("en").drawing.nodes < 60


SHOWN = ("matrix", "plot", "three lanes", "star", "paths")

LOOK = """() => {
    const all = selector => [...document.querySelectorAll(selector)];
    const texts = all('svg[role=img] text').filter(one => one.getBoundingClientRect().width);
    return {
        page: document.documentElement.scrollWidth,
        wide: all('.zl-wide').filter(one => one.offsetWidth).length,
        narrow: all('.zl-narrow').filter(one => one.offsetWidth).length,
        over: all('.zl-frame').filter(
            one => one.offsetWidth && one.scrollWidth > one.clientWidth).length,
        small: texts.map(one => parseFloat(one.getAttribute('font-size')) * one.getScreenCTM().a)
            .filter(size => size < 11),
        out: texts.filter(one => {
            const box = one.getBoundingClientRect();
            const whole = one.ownerSVGElement.getBoundingClientRect();
            return box.left < whole.left - 2 || box.right > whole.right + 2;
        }).map(one => one.textContent),
    };
}"""


@pytest.fixture(scope="module")
def body():
    claims = lessons.load("33", "claims").Claims()
    claims.judge("zerocopy", "no", {"round trip": "12 µs"}, extra="10 µs", faster_at="64 kB")
    pictures = [PICTURES[name]() for name in SHOWN]
    return "".join(picture._repr_html_() for picture in (*pictures, claims))


@pytest.mark.parametrize("width", [360, 1440])
def test_one_form_is_shown_and_nothing_scrolls(chromium, body, width):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    column = "max-width:682px;margin:0 auto;padding:0 23px"
    page.set_content(
        f"<style>{css_variables()} body{{{column}}}</style><body>{body}", wait_until="load"
    )
    seen = page.evaluate(LOOK)
    page.close()
    assert seen["page"] <= width
    assert seen["over"] == 0 and seen["small"] == [] and seen["out"] == []
    shown, hidden = ("narrow", "wide") if width == 360 else ("wide", "narrow")
    assert seen[shown] == len(SHOWN) and seen[hidden] == 0
