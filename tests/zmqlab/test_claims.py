"""The board of claims: both languages, nothing judged that was not measured."""

import re

import pytest

from zmqlab import Claims
from zmqlab.draw.claims import CLAIMS, VERDICTS


def test_every_claim_says_whose_it_is_in_both_languages():
    assert len(CLAIMS) >= 20
    for claim in CLAIMS.values():
        for text in (claim.words, claim.source, claim.note):
            assert text.en and re.search("[가-힣]|LWN|zeromq", text.ko)


def test_a_verdict_stands_with_its_figures():
    board = Claims()
    board.judge("sockets", "if", raw="100k/s", with_batching="900k/s")
    board.judge("queue", True, arrived="3/3")
    board.judge("pyzmq", False, blocking="<9k/s>")
    board.judge("hour", "open")
    assert board.verdicts == {"sockets": "if", "queue": "holds", "pyzmq": "no", "hour": "open"}
    told = board.text("en")
    assert "raw 100k/s; with batching 900k/s. holds if the other side sends" in told
    assert "arrived 3/3. holds." in told and "doesn't here" in told
    assert "조건부로 맞음: 소켓 쪽이" in board.text("ko")
    html = board._repr_html_()
    assert html.count("<tr>") == 2 * (len(CLAIMS) + 1) and "&lt;9k/s&gt;" in html
    assert html.count('tabindex="0"') == 2 and html.count('scope="row"') == 2 * len(CLAIMS)
    for verdict in VERDICTS.values():
        assert verdict.en in html.replace("&#x27;", "'") and verdict.ko in html


def test_figures_in_c_have_a_column():
    board = Claims()
    board.judge("forty", True, {"one_way": "24 µs"}, one_way="66 µs", more_than_raw="<55 µs>")
    board.judge("slogan", "open", {}, pyzmq="670k/s")
    board.judge("queue", "if", arrived="3/3", after_a_break="3/3")
    told = board.text("en")
    assert "one way 66 µs; more than raw <55 µs>. C: one way 24 µs. holds." in told
    assert "pyzmq 670k/s. C: not measured. can't be tested here." in told
    assert "arrived 3/3; after a break 3/3. holds if" in told
    korean = board.text("ko")
    assert "C: 편도 24 µs. 맞음" in korean and "C: 측정하지 않음" in korean
    assert "도착 3/3; 끊긴 뒤 도착 3/3. 조건부로 맞음:" in korean
    html = board._repr_html_()
    assert html.count('scope="col"') == 2 * 4
    assert html.count("<td") == 2 * 3 * len(CLAIMS)
    board.judge("forty", True, one_way="66 µs")
    assert "one way 66 µs. holds." in board.text("en")


def test_what_was_not_judged_says_so():
    assert Claims().text("en").count("not judged yet") == len(CLAIMS)


def test_no_verdict_without_figures_or_a_condition():
    board = Claims()
    with pytest.raises(ValueError, match="what was measured"):
        board.judge("sockets", True)
    with pytest.raises(ValueError, match="no condition"):
        board.judge("pyzmq", "if", blocking="1/s")
    with pytest.raises(ValueError, match="a verdict is one of"):
        board.judge("pyzmq", "perhaps", blocking="1/s")
    with pytest.raises(KeyError, match="no claim"):
        board.judge("unheard of", True, figure="1")
    assert board.verdicts == {}
