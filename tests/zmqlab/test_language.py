import json

import pytest

from zmqlab.words.language import Text, both, duration, kernel_language, particle


def test_text_gives_its_languages():
    text = Text(en="closed {}", ko="닫힘 {}")
    assert text["en"] == "closed {}"
    assert text.format(Text(en="one", ko="하나"))["ko"] == "닫힘 하나"
    with pytest.raises(AttributeError):
        text.en = "open"


@pytest.fixture
def plain(monkeypatch):
    for name in ("ZMQLAB_LANGUAGE", "JPY_SESSION_NAME", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_language_of_the_kernel(plain, tmp_path):
    assert kernel_language() == "en"
    plain.setenv("LANG", "ko_KR.UTF-8")
    assert kernel_language() == "ko"
    plain.setenv("LC_ALL", "C.UTF-8")
    assert kernel_language() == "en"

    notebook = tmp_path / "01.ipynb"
    notebook.write_text(json.dumps({"metadata": {"lesson": {"language": "ko"}}}))
    plain.setenv("JPY_SESSION_NAME", str(notebook))
    assert kernel_language() == "ko"

    plain.setenv("ZMQLAB_LANGUAGE", "en")
    assert kernel_language() == "en"
    plain.setenv("ZMQLAB_LANGUAGE", "fr")
    assert kernel_language() == "ko"


@pytest.mark.parametrize("text", ["", "not json", '{"metadata": {}}', '{"metadata": []}', "[]"])
def test_a_notebook_that_says_nothing_decides_nothing(plain, tmp_path, text):
    notebook = tmp_path / "x.ipynb"
    notebook.write_text(text)
    plain.setenv("JPY_SESSION_NAME", str(notebook))
    plain.setenv("LANG", "ko_KR.UTF-8")
    assert kernel_language() == "ko"
    plain.setenv("JPY_SESSION_NAME", str(tmp_path / "missing.ipynb"))
    assert kernel_language() == "ko"


@pytest.mark.parametrize(("spoken", "hidden"), [("en", "ko"), ("ko", "en")])
def test_html_holds_both_and_hides_the_other(plain, spoken, hidden):
    plain.setenv("ZMQLAB_LANGUAGE", spoken)
    html = both(lambda language: f"<p>{language}!</p>")
    assert f'<div class="zl-lang" lang="{spoken}"><p>{spoken}!</p></div>' in html
    assert (
        f'<div class="zl-lang" lang="{hidden}" style="display:none"><p>{hidden}!</p></div>' in html
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("소켓", "소켓은"),
        ("메시지", "메시지는"),
        ("REQ", "REQ는"),
        ("REP", "REP는"),
        ("PUB", "PUB은"),
        ("SUB", "SUB은"),
        ("XPUB", "XPUB은"),
        ("PUSH", "PUSH는"),
        ("PULL", "PULL은"),
        ("DEALER", "DEALER는"),
        ("ROUTER", "ROUTER는"),
        ("PAIR", "PAIR는"),
        ("HWM", "HWM은"),
        ("inproc", "inproc은"),
        ("zmqlab", "zmqlab은"),
        ("client", "client는"),
        ("server", "server는"),
        ("worker", "worker는"),
        ("sink", "sink는"),
        ("broker", "broker는"),
        ("inlet", "inlet은"),
        ("outlet", "outlet은"),
        ("pipeline", "pipeline은"),
        ("model", "model은"),
        ("worker 1", "worker 1은"),
        ("worker_2", "worker_2는"),
        ("worker_3", "worker_3은"),
        ("REQ 10", "REQ 10은"),
        ("a", "a는"),
        ("M", "M은"),
        ("봉투(envelope)", "봉투(envelope)는"),
        ("큐(대기열)", "큐(대기열)는"),
    ],
)
def test_particles_go_by_sound(name, expected):
    assert particle(name, "은/는") == expected


def test_ro_after_rieul():
    assert particle("PULL", "으로/로") == "PULL로"
    assert particle("SUB", "으로/로") == "SUB으로"
    assert particle("client", "으로/로") == "client로"
    assert particle("worker 1", "으로/로") == "worker 1로"
    assert particle("worker 3", "으로/로") == "worker 3으로"


def test_durations():
    assert duration(0, "en") == "0 ms"
    assert duration(0.00003, "en") == "0.03 ms"
    assert duration(0.00042, "ko") == "0.4 ms"
    assert duration(0.00042, "ko", spelled=True) == "0.4밀리초"
    assert duration(0.3009, "en") == "301 ms"
    assert duration(1.234, "en") == "1.23 s"
    assert duration(1.234, "ko", spelled=True) == "1.23초"
    assert duration(12.34, "en") == "12.3 s"
