"""The bench: roles run, die and start again in the page, and the page tells what became of it."""

import json
import re
import tomllib

import pytest
from playwright.sync_api import expect

from web.page import build
from web.page.build import HOME
from web.paths import LESSONS
from web.site.bench import FILE, words_of
from web.words import LANGUAGES
from zmqlab.words.language import particle

PHONE = {"width": 360, "height": 740}
START = 60_000
"""Milliseconds that Python may take to start on a machine that is busy with other tests."""
BENCHES = sorted(LESSONS.glob(f"*/{FILE}"))
CLIENT = """
import asyncio, zmq, zmq.asyncio
client = zmq.asyncio.Context().socket(zmq.REQ)
client.set(zmq.HEARTBEAT_IVL, 150)
client.set(zmq.HEARTBEAT_TIMEOUT, 600)
client.connect("tcp://127.0.0.1:5555")
await client.send(b"one")
await client.recv()
await asyncio.sleep(3600)
"""
SERVER = """
import zmq, zmq.asyncio
server = zmq.asyncio.Context().socket(zmq.REP)
server.bind("tcp://127.0.0.1:5555")
while True:
    await server.recv()
    await server.send(b"reply")
"""
# How many pixels a role's line numbers stand off their lines.
OFF = """(role) => {
  const top = (one) => one.getBoundingClientRect().top;
  const tops = (part) => [...role.querySelectorAll(part)].map(top);
  const lines = tops(".cm-line");
  const numbers = tops(".bench-gutter span");
  return Math.max(...lines.map((line, n) => Math.abs(line - numbers[n])));
}"""
BUSY = "import zmq\nwhile True:\n    pass\n"

needs_python = pytest.mark.skipif(not build.available(), reason="this site was built without Run")


class Bench:
    """A bench as a reader sees and uses it."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator("[data-bench]")

    def role(self, name):
        return self.root.locator(f'[data-role="{name}"]')

    def press(self, action, role=None):
        within = self.role(role) if role else self.root
        within.locator(f'button[data-action="{action}"]').click()

    def write(self, role, code):
        self.editor(role).fill(code.strip("\n"))

    def editor(self, role):
        """Return where a role's code is typed: a textarea, and after the first Run CodeMirror."""
        return self.role(role).locator("textarea, [data-bench-editor]")

    def events(self, kind, role=None):
        of = f'[data-of="{role}"]' if role else ""
        return self.root.locator(f'[data-event][data-kind="{kind}"]{of}')

    def wait(self, kind, role=None, number=1):
        events = self.events(kind, role)
        expect(events.nth(number - 1)).to_be_attached(timeout=START)
        return events.nth(number - 1)

    def expect_last(self, role, kind):
        """Wait until a role's connection is up, or down."""
        of = f'[data-event][data-of="{role}"]'
        last = self.root.locator(f'{of}[data-kind="up"], {of}[data-kind="down"]').last
        expect(last).to_have_attribute("data-kind", kind, timeout=START)

    def expect_state(self, role, state):
        expect(self.role(role)).to_have_attribute("data-role-state", state, timeout=START)

    def run(self):
        self.press("run")
        assert self.role("client").get_attribute("data-role-state") == "starting"
        for role in ("client", "server"):
            self.expect_state(role, "up")


@needs_python
def test_a_request_in_hand_dies_with_the_server_and_the_page_says_so(reader):
    words = words_of("en")
    watched = reader(permissions=["clipboard-read", "clipboard-write"])
    page = watched.open("en/index.html")
    bench = Bench(page)
    assert not [url for url in watched.asked if "/python/" in url], "nothing before Run"
    assert bench.root.locator("[data-event]").count() == 0
    bench.run()
    tokens = [bench.role(role).get_attribute("data-process") for role in ("client", "server")]
    assert len(set(tokens)) == 2
    bench.wait("receive", "server")
    bench.press("kill", "server")
    assert bench.role("server").get_attribute("data-role-state") == "dead"
    expect(bench.events("kill", "server")).to_contain_text("“price 1?” in hand")
    assert page.evaluate("document.activeElement.dataset.action") == "start", "the focus stays"
    bench.wait("retry", "client")
    bench.press("start", "server")
    bench.expect_state("server", "up")
    assert bench.role("server").get_attribute("data-process") not in tokens
    told = bench.wait("wait", "client")
    expect(told).to_contain_text("waits for ever in line 10")
    expect(bench.root.locator("[data-bench-voice]")).to_have_text(told.text_content()[7:])
    assert bench.events("receive", "server").count() == 1, "the new server never hears of it"
    assert bench.role("client").locator(".bench-gutter .is-waiting").count() == 1

    # The picture is paused and sought; the programs go on.
    numbers = [
        int(one.get_attribute("data-event")) for one in bench.root.locator("[data-event]").all()
    ]
    assert numbers == list(range(1, len(numbers) + 1))
    bench.press("live-back")
    expect(bench.root.locator("[data-bench-sentence]")).to_contain_text("paused")
    expect(bench.root.locator('[data-bench-events] [aria-current="step"]')).to_have_count(1)

    bench.press("share")
    expect(bench.root.locator("[data-bench-status]")).to_have_text(words["copied"])
    link = page.evaluate("navigator.clipboard.readText()")
    assert "#bench=" in link
    assert all(url.startswith((watched.address, "blob:")) for url in watched.asked)
    assert watched.complaints == []

    # Who opens the link sees the same happen.
    page.goto("about:blank")
    page.goto(link)
    again = Bench(page)
    again.run()
    expect(again.events("kill", "server")).to_contain_text("in hand", timeout=START)
    again.wait("start", "server", 2)
    expect(again.wait("wait", "client")).to_contain_text("waits for ever")


@needs_python
def test_a_cut_an_endless_loop_and_an_error_are_told_and_kill_ends_each(reader, axe):
    watched = reader(viewport=PHONE)
    page = watched.open("ko/lessons/01-first-message.html")
    bench = Bench(page)
    bench.write("client", CLIENT)
    bench.write("server", SERVER)
    bench.run()
    bench.wait("receive", "server")
    for role, code in ("client", CLIENT), ("server", SERVER):
        expect(bench.role(role).locator("textarea")).to_have_count(0)
        expect(bench.editor(role)).to_have_text(code.replace("\n", ""))
        assert bench.role(role).evaluate(OFF) < 2
    # A busy machine may leave heartbeats without an answer, too: what counts is how it ends.
    bench.root.locator('input[value="cut"]').check()
    refused = bench.events("retry").count()
    bench.expect_last("client", "down")  # its heartbeats had no answer
    assert bench.events("retry").count() == refused, "a cut network refuses nothing"
    bench.root.locator('input[value="ok"]').check()
    bench.expect_last("client", "up")
    bench.press("freeze", "server")
    bench.wait("freeze", "server")
    bench.expect_last("client", "down")
    bench.press("freeze", "server")
    bench.wait("thaw", "server")
    bench.expect_last("client", "up")
    assert axe(page, "looks", within="[data-bench]") == []
    box = bench.root.bounding_box()
    for button in bench.root.locator("button:visible, textarea:visible, svg:visible").all():
        inner = button.bounding_box()
        assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1

    # Idle, killed, and an endless loop in its place.
    bench.press("kill", "server")
    expect(bench.events("kill", "server").first).to_contain_text(words_of("ko")["told_kill"][6:])
    bench.write("server", BUSY)
    bench.press("start", "server")
    bench.wait("busy", "server")
    bench.press("kill", "server")
    assert bench.role("server").get_attribute("data-role-state") == "dead"
    bench.write("server", "import zmq\n1 / 0\n")
    bench.press("start", "server")
    expect(bench.wait("error", "server")).to_contain_text("ZeroDivisionError")
    expect(bench.role("server").locator(".bench-gutter .is-failed")).to_have_count(1)
    bench.expect_state("server", "dead")
    assert watched.complaints == []


def test_without_javascript_the_recording_and_the_code_are_there(reader):
    page = reader(java_script_enabled=False).open("en/index.html")
    bench = page.locator("[data-bench]")
    expect(bench.locator("svg:visible").first).to_be_visible()
    expect(bench.locator("button:visible")).to_have_count(0)
    expect(bench.locator("textarea").first).to_have_js_property("readOnly", True)


def test_what_the_page_fetches_is_offered_again_when_it_fails(reader):
    if not build.available():
        pytest.skip("this site was built without Run")
    watched = reader()
    watched.page.clock.install()
    page = watched.open("en/index.html")
    page.evaluate("caches.delete('zeromq-companion.python')")
    held = []
    page.route("**/python/python-*", lambda route: held.append(route))
    bench = Bench(page)
    bench.press("run")
    expect(bench.root.locator("[data-bench-status]")).to_contain_text("MB")
    page.clock.fast_forward(31_000)
    expect(bench.root.locator("[data-bench-status]")).to_have_text(words_of("en")["slow"])
    for route in held:
        route.abort()
    expect(bench.root).to_have_attribute("data-bench-state", "failed")
    expect(bench.root.locator("[data-bench-status]")).to_contain_text("could not be fetched")
    assert bench.role("server").get_attribute("data-role-state") == "off"
    expect(bench.root.locator('[data-action="run"]')).to_be_visible()
    expect(bench.root.locator('[data-action="play"]')).to_be_visible()


HUB = """async (source) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { Hub, DELAY } = await import(address);
  const hub = new Hub();
  hub.order = ["client", "server"];
  const heard = { client: [], server: [], busy: [] };
  const ports = {};
  const pack = (kind, number, ...rest) => {
    const message = new Uint8Array(5 + rest.length);
    message[0] = kind;
    new DataView(message.buffer).setUint32(1, number);
    message.set(rest, 5);
    return message;
  };
  const plain = (message) => {
    const view = new DataView(message.buffer, message.byteOffset);
    return [message[0], view.getUint32(1), ...message.subarray(5)];
  };
  const join = (name) => {
    const { port1, port2 } = new MessageChannel();
    hub.join(name, port1);
    port2.onmessage = ({ data }) => heard[name].push(plain(data));
    ports[name] = port2;
  };
  const turn = () => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  const quiet = async () => {
    for (let turns = 0; turns < 6; turns++) await turn();
  };
  const take = async (name) => { await quiet(); return heard[name].splice(0); };
  const said = {};
  join("client");
  ports.client.postMessage(pack(1, 2, 65));
  said.nobody = await take("client");
  join("server");
  ports.client.postMessage(pack(1, 4, 65));
  said.asked = await take("server");
  ports.server.postMessage(pack(2, said.asked[0][1] + 1));
  said.taken = await take("client");
  hub.network = "cut";
  ports.client.postMessage(pack(4, 4, 1));
  ports.client.postMessage(pack(4, 4, 2));
  said.cut = await take("server");
  hub.network = "ok";
  said.restored = await take("server");
  hub.network = "oneway";
  ports.client.postMessage(pack(4, 4, 3));
  ports.server.postMessage(pack(4, said.asked[0][1] + 1, 9));
  said.there = await take("server");
  said.back = await take("client");
  hub.network = "ok";
  said.late = await take("client");
  hub.freeze("server", true);
  ports.client.postMessage(pack(4, 4, 4));
  said.frozen = await take("server");
  hub.freeze("server", false);
  said.thawed = await take("server");
  hub.network = "slow";
  const before = performance.now();
  ports.client.postMessage(pack(4, 4, 5));
  while (!heard.server.length) await new Promise((done) => setTimeout(done, 10));
  said.slow = performance.now() - before >= DELAY;
  hub.network = "ok";
  await take("server");
  hub.leave("server");
  said.died = await take("client");
  ports.client.postMessage(pack(1, 6, 65));
  said.gone = await take("client");

  // A busy third answers nothing: who listens is found all the same, and the late answer is closed.
  join("busy");
  join("server");
  ports.client.postMessage(pack(1, 8, 66));
  const [[, toServer]] = await take("server");
  const [[, toBusy]] = await take("busy");
  ports.server.postMessage(pack(2, toServer + 1));
  said.found = await take("client");
  ports.busy.postMessage(pack(2, toBusy + 1));
  said.tooLate = [await take("client"), await take("busy")];
  said.toBusy = toBusy;
  return said;
}"""


def test_the_hub_holds_and_ends_streams_as_a_network_does(reader):
    source = (HOME / "hub.js").read_text(encoding="utf-8")
    said = reader().open("404.html").evaluate(HUB, source)
    opened, taken, refused, data, close = 1, 2, 3, 4, 6
    theirs = said["asked"][0][1]
    assert said["nobody"] == [[refused, 3]]
    assert said["asked"] == [[opened, theirs, 65]]
    assert theirs % 2 == 0
    assert said["taken"] == [[taken, 5]]
    assert said["cut"] == []
    assert said["restored"] == [[data, theirs, 1], [data, theirs, 2]], "held, in order, not lost"
    assert said["there"] == [[data, theirs, 3]]
    assert said["back"] == []
    assert said["late"] == [[data, 5, 9]]
    assert said["frozen"] == []
    assert said["thawed"] == [[data, theirs, 4]]
    assert said["slow"]
    assert said["died"] == [[close, 5]]
    assert said["gone"] == [[refused, 7]]
    assert said["found"] == [[taken, 9]]
    assert said["tooLate"] == [[], [[close, said["toBusy"]]]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_has_its_sentence(language):
    words = words_of(language)
    kinds = (
        "start bind connect up down retry send receive refused close kill wait busy freeze thaw end"
    )
    assert {f"told_{kind}" for kind in kinds.split()} <= set(words)
    assert set(words) == set(words_of("en"))


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: path.parent.name)
def test_the_roles_of_a_bench_are_python_and_their_korean_names_end_in_a_vowel(path):
    for role in tomllib.loads(path.read_text(encoding="utf-8"))["role"]:
        compile(role["code"], role["name"], "exec", flags=0x2000)  # top-level await
        name = role["label"]["ko"]
        assert particle(name, "이/가") == f"{name}가"


def test_a_page_with_a_bench_has_its_style_and_one_that_is_read_has_not(site, parse):
    found = 0
    for path in site.glob("en/**/*.html"):
        source = path.read_text(encoding="utf-8")
        (sheet,) = re.findall(r'<link [^>]*rel="stylesheet"[^>]*href="([^"?]*)', source)
        style = (path.parent / sheet).read_text(encoding="utf-8")
        runs = bool(re.search(r'<script [^>]*src="[^"]*(run|player)\.js', source))
        assert (".bench-role" in style) == runs, path
        if 'data-bench="' not in source:
            continue
        assert runs, path
        for bench in parse(str(path.relative_to(site))).select("[data-bench]"):
            found += 1
            assert not bench.select("[data-event]"), "those tell of the live run only"
            assert json.loads(bench["data-words"])["run"]
    assert found >= 2
