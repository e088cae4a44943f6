import pytest

from zmqlab import idea


def test_says_in_both_languages_that_nothing_ran():
    picture = idea("client REQ -> server REP at tcp://HOST:PORT")
    for language, words in (("en", "not a run"), ("ko", "실행 기록이 아닙니다")):
        assert words in picture.svg(language)
        assert "tcp://HOST:PORT" in picture.text(language)
        for name in ("client", "REQ", "server", "REP"):
            assert name in picture.svg(language)


def test_a_name_is_one_actor():
    picture = idea(
        "one PUSH -> sink PULL at tcp://HOST:PORT", "two PUSH -> sink PULL at tcp://HOST:PORT"
    )
    assert len(picture.cards) == 3
    assert len(picture.edges) == 2


@pytest.mark.parametrize("line", ["client --> server", 3, None])
def test_another_form_is_told_the_right_one(line):
    with pytest.raises(ValueError, match=f"{line!r}: write it as"):
        idea(line)


def test_a_name_may_have_two_sockets():
    picture = idea(
        "worker PULL -> ventilator PUSH at tcp://HOST:5557",
        "worker PUSH -> sink PULL at tcp://HOST:5558",
    )
    assert "worker (PULL, PUSH)" in picture.text("en")
    picture.svg("en")
    assert [card.lane.type for card in picture.cards] == ["PULL, PUSH", "PUSH", "PULL"]
