"""Options, the Guide's chapters, the leaves: what their tables hold is whole, and true."""

import re

import pytest
import zmq

from purezmq.compat.options import OPTIONS as OF_PUREZMQ
from purezmq.compat.options import READ_ONLY
from web.lessons.curriculum import lesson_paths, rows
from web.site import options
from web.site.chapters import EXAMPLES, in_lessons, ours, programs
from web.site.differences import ABSENT
from web.site.missing import leaves
from web.words import LANGUAGES

OPTIONS = [option for table in options.tables() for option in table.options]
NAMES = [option.name for option in OPTIONS]


def test_every_option_that_pyzmq_knows_is_there_once():
    assert sorted(NAMES) == sorted(option.name for option in zmq.SocketOption)


def test_every_option_of_the_context_is_there():
    found = {option.name for option in options.table_of("context").options}
    assert {option.name for option in zmq.ContextOption} <= found


def test_every_event_is_there():
    found = [option.name for option in options.table_of("events").options]
    assert sorted(found) == sorted(event.name for event in zmq.Event)


def test_every_option_says_what_happens_in_both_languages():
    every = [*OPTIONS, *options.table_of("context").options]
    for option in every:
        assert option.en.endswith(".") and option.en.count(". ") <= 3, option.name
        assert re.search("(다|세요)\\.$", option.ko), option.name
        assert option.since and option.unit in options.WORDS["en"], option.name
        assert option.access in ("rw", "r", "w"), option.name
        kinds = {*zmq.SocketType.__members__, ""}
        assert set(option.types.split(", ")) <= kinds, option.name
    for event in options.table_of("events").options:
        assert event.en.endswith(".") and re.search("[가-힣]", event.ko), event.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_without_a_default_has_its_reason(language):
    words = options.WORDS[language]
    assert set(words) == set(options.WORDS["en"])
    for option in OPTIONS:
        asked = None if option.default else options.of_libzmq(option.name, option.types)
        given = option.default or option.access == "w" or option.draft or option.build
        assert asked is not None or given, option.name
        assert option.access == "r" or asked is None or option.access == "rw", option.name


def test_what_only_can_be_set_is_not_answered_by_libzmq():
    for option in OPTIONS:
        if option.access == "w":
            assert options.of_libzmq(option.name, option.types) is None, option.name


def test_a_draft_is_called_missing_only_if_libzmq_refuses_it():
    found = {
        option.name: options.settable(option.name, option.unit, option.types)
        for option in OPTIONS
        if option.draft and option.access != "r"
    }
    assert found["METADATA"] and found["ONLY_FIRST_SUBSCRIBE"]
    assert not found["HELLO_MSG"] and not found["ROUTER_NOTIFY"]


def test_defaults_are_those_of_a_fresh_socket():
    assert options.of_libzmq("SNDHWM") == 1000
    assert options.of_libzmq("LINGER") == -1
    assert options.of_libzmq("TOPICS_COUNT", "SUB") == 0
    assert options.of_context("MAX_SOCKETS") == 1023
    assert options.of_context("BLOCKY", 70) == 1


def test_purezmq_is_asked_for_what_it_has():
    absent = {name for row in ABSENT if row.where == "SocketOption" for name in row.names}
    there = {option.name for option in (*OF_PUREZMQ, *READ_ONLY)} | {"IPV4ONLY"}
    assert {name for name in NAMES if options.in_purezmq(name)} == there
    assert not there & absent


def test_lessons_are_those_whose_code_uses_the_option():
    assert "07" in options.lessons_of("CONFLATE")
    assert "04" in options.lessons_of("IMMEDIATE")
    assert options.lessons_of("RATE") == []
    assert all(len(options.lessons_of(name)) <= options.MOST for name in NAMES)


def test_the_guide_has_90_programs_and_ours_name_only_those():
    known = programs()
    assert len(known) == 90
    assert set(ours()) <= set(known) and set(in_lessons()) <= set(known)
    numbers = {row.number for row in rows()}
    assert {number for _, number in known.values()} <= numbers
    for places in ours().values():
        assert all((EXAMPLES / place).is_file() for place in places)


def test_what_is_answered_has_a_lesson_that_is_there():
    for name in {*ours(), *in_lessons()}:
        _, number = programs()[name]
        assert number in lesson_paths() or in_lessons().get(name), name


def test_leaves_are_the_same_on_both_sides():
    en, ko = (leaves(language) for language in LANGUAGES)
    assert [(one.path.name, one.group, one.order) for one in en] == [
        (one.path.name, one.group, one.order) for one in ko
    ]
    assert len(en) > 15
    for one, other in zip(en, ko, strict=True):
        assert one.label == other.label == f"missing-{one.path.stem}"
        assert "**Check:**" in one.text and "**Cure:**" in one.text, one.path.name
        assert "**확인:**" in other.text and "**해결:**" in other.text, other.path.name
        links = [sorted(set(re.findall(r"\(#[\w-]+\)", leaf.text))) for leaf in (one, other)]
        assert links[0] == links[1], one.path.name
        assert one.asks and other.asks


def test_no_two_leaves_of_a_group_have_one_number():
    places = [(one.group, one.order) for one in leaves("en")]
    assert len(set(places)) == len(places)
