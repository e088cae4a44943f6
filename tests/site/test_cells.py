"""Lessons' cells in a real Chromium: run, stopped, changed, checked, and what fails on the way."""

import json
import re
import threading
from functools import partial

import pytest
from playwright.sync_api import expect

from web.lessons.folders import page_name, page_path, pages
from web.lessons.source import read
from web.page.build import available, megabytes
from web.paths import BUILD
from web.site.serve import Handler, Server
from web.words import LANGUAGES, WORDS

LESSON = "lessons/01-first-message.html"
STARTS = 60_000  # ms in which Python starts and a cell ends, on a busy machine
ENDED = re.compile("done|failed|stopped")

BOTH = [page_name(path) for path in pages() if read(path).head.engine == "both"]

pytestmark = pytest.mark.skipif(not available(), reason="NO NODE: nothing runs in these pages")


def cell_with(page, code):
    """Return the cell that holds some code; it stays the same cell when its code is changed."""
    cells = page.locator("[data-cell-state]")
    codes = cells.locator(".cell_input pre").all_text_contents()
    return cells.nth(next(at for at, one in enumerate(codes) if code in one))


def press(cell, action):
    cell.locator(f'button[data-action="{action}"]').click()


def ended(cell):
    expect(cell).to_have_attribute("data-cell-state", ENDED, timeout=STARTS)
    return cell.get_attribute("data-cell-state")


def write(cell, code):
    cell.locator("[data-cell-editor]").fill(code)


def output(cell):
    return cell.locator("[data-cell-output]").text_content()


def of_python(watched):
    return [url for url in watched.asked if "/python/" in url]


PROGRAMS = """
from zmqlab import Programs
import zmq, zmq.asyncio
context = zmq.asyncio.Context()
caller = context.socket(zmq.REQ)
async with Programs() as programs:
    server = await programs.start("request_reply/server.py", "--bind", "tcp://127.0.0.1:*")
    place = server.endpoints
    caller.connect(place[0])
    await caller.send_string("price?")
    print(await caller.recv_string())
    server.freeze()
    await caller.send_string("price?")
    print("frozen", await caller.poll(300), len(server.lines))
    server.thaw()
    print(await caller.recv_string())
    print("stopped", await server.stop(), server.lines[-1])
    await server.restart()
    print("restarted", server.endpoints == place)
    await caller.send_string("price?")
    print(await caller.recv_string())
print("last", server.returncode)
context.destroy(linger=0);
"""
PRINTED = """World 1
frozen 0 2
World 2
stopped 0 server stopped
restarted True
World 1
last 0
"""


def test_every_cell_of_a_lesson_runs_and_programs_live_as_on_a_laptop(reader):
    watched = reader(locale="en-GB")  # a context of its own: nothing is cached
    page = watched.open(f"en/{LESSON}")
    cells = page.locator("[data-cell-state]")
    assert cells.count() >= 12
    assert not of_python(watched), "nothing is fetched before"
    last = cells.last
    last.locator('[data-action="run-above"]').click()
    assert cells.first.get_attribute("data-cell-state") == "starting"
    assert ended(last) == "done"
    assert {cell.get_attribute("data-cell-state") for cell in cells.all()} == {"done"}
    programs = cell_with(page, "async with Programs()")
    assert output(programs).startswith("in 1.5 s the new server got: []\n")
    assert "ended by SIGKILL" in output(programs)
    write(programs, PROGRAMS)
    press(programs, "run")
    assert ended(programs) == "done", output(programs)
    assert output(programs) == PRINTED
    assert "price of tea? -> 3 coins" in output(cell_with(page, "await stage.refused(client)"))
    for folded in page.locator("div.cell:has(.zq-folded) > [data-cell-output]").all():
        expect(folded).to_be_hidden()
    assert all(url.startswith((watched.address, "blob:")) for url in watched.asked)
    assert not watched.complaints


@pytest.mark.soak
@pytest.mark.parametrize("name", [name for name in BOTH if name != "01-first-message"])
def test_every_cell_of_every_lesson_runs(reader, name):
    page = reader().open(f"en/lessons/{name}.html")
    cells = page.locator("[data-cell-state]")
    last = page.locator("[data-cell-state]:not([data-cell-state=elsewhere])").last
    press(last, "run-above")
    expect(last).to_have_attribute("data-cell-state", ENDED, timeout=4 * STARTS)
    states = cells.evaluate_all("all => all.map((e) => e.dataset.cellState)")
    assert set(states) <= {"done", "elsewhere"}, states
    exercises = page.locator("div.cell.tag_exercise")
    for number, one in enumerate(read(page_path(name)).exercises()):
        exercise = exercises.nth(number)
        write(exercise, one.solution)
        press(exercise, "check")
        expect(exercise).to_have_attribute("data-cell-state", ENDED, timeout=2 * STARTS)
        expect(exercise.locator("[data-verdict]")).to_have_attribute("data-verdict", "passed")


def test_a_page_is_light_before_run_and_python_is_small():
    import gzip

    assert len(gzip.compress((BUILD / "static" / "run.js").read_bytes(), 6)) <= 15_000
    assert megabytes() <= 7


def test_check_tells_wrong_from_right_and_counts_it(reader):
    watched = reader(viewport={"width": 360, "height": 740}, has_touch=True)
    page = watched.open(f"en/{LESSON}")
    exercise = page.locator("div.cell.tag_exercise").nth(1)
    verdict = exercise.locator("[data-verdict]")
    solution = page.locator("section#exercise details.fold-solution pre").first.text_content()
    write(exercise, solution.replace("client.linger = 0", "pass"))
    press(exercise, "check")
    assert exercise.get_attribute("data-cell-state") == "starting"
    assert ended(exercise) == "done"
    expect(verdict).to_have_attribute("data-verdict", "not-right")
    expect(verdict).to_contain_text("linger")
    write(exercise, solution)
    press(exercise, "check")
    assert verdict.get_attribute("data-verdict") == "not-yet"
    assert ended(exercise) == "done"
    expect(verdict).to_have_attribute("data-verdict", "passed")
    expect(page.locator(".lesson-progress")).to_contain_text(WORDS["en"]["progress_passed"])
    stored = json.loads(page.evaluate("localStorage['zeromq-companion.progress.2']"))
    assert stored["01-first-message"]["passed"] == ["01 ask again"]
    heights = "buttons => buttons.filter((b) => b.offsetHeight).map((b) => b.offsetHeight)"
    assert min(page.locator(".cell-button").evaluate_all(heights)) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not watched.complaints


def test_an_endless_loop_is_stopped_and_what_a_cell_needs_runs_again(reader):
    page = reader().open(f"en/{LESSON}")
    plain = cell_with(page, "and of coffee?")
    loop = cell_with(page, 'print("done")')
    press(plain, "run")
    assert ended(plain) == "done"
    write(loop, "print('in')\nwhile True:\n    pass")
    press(loop, "run")
    expect(loop.locator("[data-cell-output]")).to_have_text("in\n", timeout=STARTS)
    press(loop, "stop")
    assert ended(loop) == "stopped"
    expect(loop.locator(".cell-status")).to_have_text(WORDS["en"]["run_restarted"])
    press(plain, "run")
    assert ended(plain) == "done"
    assert "EFSM" in output(plain)
    write(loop, "import asyncio\nawait asyncio.Event().wait()")
    press(loop, "run")
    expect(loop).to_have_attribute("data-cell-state", "running", timeout=STARTS)
    press(loop, "stop")
    expect(loop.locator(".cell-status")).to_have_text(WORDS["en"]["run_state_stopped"])
    write(loop, "x = 1\nx / 0")
    loop.locator("[data-cell-editor]").press("Shift+Enter")
    assert ended(loop) == "failed"
    expect(loop.locator(".cell-status")).to_have_text("ZeroDivisionError in line 2")
    expect(loop.locator(".cm-error")).to_have_text("x / 0")
    expect(loop.locator("[data-cell-editor]")).to_be_focused()
    press(loop, "reset")
    assert loop.get_attribute("data-cell-state") == "idle"
    expect(loop.locator("[data-cell-editor]")).to_contain_text("price of tea?")


class Isolated(Handler):
    """Serves the site with the two headers that let a page share memory with its workers."""

    def end_headers(self):
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()


def test_with_the_two_headers_an_endless_loop_ends_and_its_names_stay(chromium, site):
    server = Server(("127.0.0.1", 0), partial(Isolated, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/en/{LESSON}")
        loop = cell_with(page, 'print("done")')
        write(loop, "kept = 1\nprint('in')\nwhile True:\n    pass")
        press(loop, "run")
        expect(loop.locator("[data-cell-output]")).to_have_text("in\n", timeout=STARTS)
        press(loop, "stop")
        assert ended(loop) == "stopped"
        write(loop, "print('kept', kept)")
        press(loop, "run")
        assert ended(loop) == "done"
        assert output(loop) == "kept 1\n"
    finally:
        context.close()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_fetched_is_said_and_the_cache_serves_without_a_network(reader, language):
    watched = reader(locale=language)
    watched.page.clock.install()
    page = watched.open(f"{language}/{LESSON}")
    first = page.locator("[data-cell-state]").first
    page.route("**/python/*.wasm.gz", lambda route: route.fulfill(status=404))
    press(first, "run")
    assert ended(first) == "failed"
    expect(first.locator(".cell-status")).to_contain_text("404")
    page.unroute("**/python/*.wasm.gz")
    held = []
    page.route("**/python/*.wasm.gz", lambda route: held.append(route))
    press(first, "run")
    expect(first.locator(".cell-status")).to_contain_text(f"{megabytes()} MB")
    expect(first.locator('[data-action="stop"]')).to_have_text(WORDS[language]["run_cancel"])
    page.clock.fast_forward(31_000)
    expect(first.locator(".cell-status")).to_have_text(WORDS[language]["run_slow"])
    press(first, "stop")
    assert ended(first) == "stopped"
    expect(first.locator(".cell-status")).to_have_text(WORDS[language]["run_cancelled"])
    if language == "ko":
        return
    page.unroute("**/python/*.wasm.gz")
    press(first, "run")
    assert ended(first) == "done"
    again = watched.open(f"{language}/{LESSON}")
    again.context.set_offline(True)
    cell = again.locator("[data-cell-state]").first
    press(cell, "run")
    assert ended(cell) == "done"
    expect(cell.locator("[data-cell-output] svg").first).to_be_visible()


# Takes JSPI from workers and the page, as in browsers that don't have it.
NO_JSPI = """{
  delete WebAssembly.Suspending;
  delete WebAssembly.promising;
  const Given = Worker;
  const module = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  window.Worker = class extends Given {
    constructor(address, options) {
      const first = module("delete WebAssembly.Suspending; delete WebAssembly.promising;");
      super(module(`import "${first}"; import "${address}";`), options);
    }
  };
}"""


def test_cells_run_without_jspi(reader):
    watched = reader()
    watched.page.add_init_script(NO_JSPI)
    cell = cell_with(watched.open(f"en/{LESSON}"), "and of coffee?")
    given = cell.locator("[data-cell-editor]").input_value()
    write(cell, f"import js\nprint(hasattr(js.WebAssembly, 'Suspending'))\n{given}")
    press(cell, "run")
    assert ended(cell) == "done"
    assert output(cell).startswith("False\nEFSM")
    programs = watched.page.locator("[data-cell-state=elsewhere]")
    expect(programs).to_have_count(1)
    expect(programs.locator(".cell-note")).to_contain_text(WORDS["en"]["run_no_programs"])
    expect(programs.locator(".cell_output").first).to_contain_text("in 1.5 s the new server got")


def test_edits_are_kept_and_there_is_a_way_back(reader):
    page = reader().open(f"en/{LESSON}")
    cell = cell_with(page, 'print("done")')
    editor = cell.locator("textarea[data-cell-editor]")
    given = editor.input_value()
    write(cell, "print('mine')")
    page.reload()
    cell = page.locator("[data-cell-state].is-edited")
    expect(cell.locator("[data-cell-editor]")).to_have_value("print('mine')")
    expect(cell.locator(".cell_input pre")).to_have_text("print('mine')\n")
    press(cell, "reset")
    expect(page.locator("textarea[data-cell-editor]").nth(2)).to_have_value(given)
    assert page.evaluate("localStorage['zeromq-companion.code.1']") == "{}"


NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""


def test_without_storage_it_is_said_that_edits_do_not_last(reader):
    watched = reader()  # the theme's own script complains of it
    watched.page.add_init_script(NO_STORAGE)
    cell = cell_with(watched.open(f"en/{LESSON}"), 'print("done")')
    write(cell, "print('mine')")
    expect(cell.locator(".cell-status")).to_have_text(WORDS["en"]["run_not_kept"])
    press(cell, "reset")
    expect(cell.locator("[data-cell-editor]")).not_to_have_value("print('mine')")


def test_a_block_of_a_guide_page_runs(reader):
    watched = reader()
    cell = watched.open("ko/guide/how-lessons-work.html").locator("[data-cell-state]")
    press(cell, "run")
    assert ended(cell) == "done"
    assert output(cell) == "price of tea?\n3 coins\n"
    assert not watched.complaints


def test_without_webassembly_there_is_no_dead_button(reader):
    watched = reader()
    watched.page.add_init_script("delete window.WebAssembly")
    page = watched.open(f"en/{LESSON}")
    expect(page.locator(".cell-button")).to_have_count(0)
    states = page.locator("[data-cell-state]").evaluate_all(
        "all => all.map((e) => e.dataset.cellState)"
    )
    assert set(states) == {"elsewhere"}
    expect(page.locator(".cell-note").first).to_contain_text(WORDS["en"]["run_unable"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_can_be_used_by_everybody(reader, axe, language):
    page = reader().open(f"{language}/{LESSON}")
    assert axe(page, "looks", within="#before-anybody-listens, #exercise") == []
