"""The picture of a state machine shows its table: every step, every refusal, in both forms."""

import pytest

from zmqlab.draw.states import States
from zmqlab.draw.svg import NARROW, WIDE
from zmqlab.words.language import LANGUAGES

DOOR = {
    "new": {"key": "open", "push": "new"},
    "open": {"push": "open", "fire": "gone"},
    "gone": {},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", [WIDE, NARROW])
def test_every_event_of_the_table_is_drawn_and_told(language, form):
    picture = States(DOOR, ends=["gone"])
    drawn = picture.svg(language, form)
    for words in ("new", "open", "key"):
        assert f">{words}<" in drawn
    assert drawn.count("<polygon") == 1  # the one step to another state that is no end
    assert ">gone<" not in drawn
    told = picture.sentences(language)
    assert len(told) == 6
    assert [("fire" in line, "key" in line) for line in told if "new" in line.split(":")[0]] == [
        (False, True), (False, False), (True, False),
    ]  # fmt: skip


def test_what_the_table_has_no_entry_for_is_refused():
    assert "new: fire is refused." in States(DOOR).sentences("en")
    assert ">refuses: fire<" in States(DOOR).svg("en")
    assert "refuses" not in States(DOOR, refuses=False).svg("en")


def test_a_table_with_a_way_back_has_no_beginning():
    with pytest.raises(ValueError, match="leads back"):
        States({"a": {"go": "b"}, "b": {"go": "a"}})


def test_a_narrow_form_has_room_for_two_cards_in_a_row():
    wide = {"a": {"1": "d"}, "b": {"1": "d"}, "c": {"1": "d"}, "d": {}}
    assert States(wide).draw("en", NARROW) is None
    assert States(DOOR).draw("en", NARROW).width <= NARROW.width
