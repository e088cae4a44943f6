"""Pages that ask one question at a time: each answer leads on, and their programs run on libzmq."""

import json
import re
import socket
import subprocess
import sys

import pytest

from tests.web.site.test_sockets import RUNNER
from web.paths import GUIDES, ROOT
from web.site.missing import leaves
from web.words import LANGUAGES

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_page = pytest.mark.parametrize("page", ["which-pattern", "missing"])
SECTION = re.compile(r"^\(([\w-]+)\)=\n#{2,3} ", re.MULTILINE)
ANSWER = re.compile(r"^- (?P<said>.+): \[(?P<leads>[^\]]+)\]\(#(?P<to>[\w-]+)\)\.$")
PROGRAM = re.compile(r"```\{run\}\n:alone:\n\n(.*?)```", re.DOTALL)
MORE_LINES, MOST_LINES = 12, 16
"""What a pattern takes below its import: about ten lines, a snapshot sixteen."""
NOT_A_PATTERN = {"which-http", "which-store", "which-log", "which-one-program"}
PRINTED = {  # as expressions, for how many of the values are skipped depends on the moment
    "which-request-reply": r"price of tea\?\n3 coins\n",
    "which-publish-subscribe": "tea 3\n",
    "which-pipeline": r"\['A', 'B', 'C', 'D'\]\n",
    "which-asking": "peel\nboil\n",
    "which-asynchronous": "answer to 2\nanswer to 1\n",
    "which-broker": r"b'price of tea\?'\n",
    "which-latest": r"(\d+ )*100\n",
    "which-snapshot": r"state 8 then \[9\]\n",
    "which-pair": r"ready\?\nready\n",
    "which-acknowledge": "attempt 2 job 7 is done\n",
}


def text_of(page, language):
    text = (GUIDES[language] / f"{page}.md").read_text(encoding="utf-8")
    if page == "missing":
        text += "".join(
            f"\n({leaf.label})=\n### {leaf.title}\n{leaf.text}" for leaf in leaves(language)
        )
    return text


def sections(page, language):
    """Return what stands below each label."""
    _, *parts = SECTION.split(text_of(page, language))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def way(page, language):
    """Return the answers of each question, and the ends, from the first question on."""
    parts = sections(page, language)
    first = re.search(r":::\{walk\} ([\w-]+)", text_of(page, language))[1]
    questions, ends, waiting = {}, set(), [first]
    while waiting:
        label = waiting.pop()
        items = [line for line in parts[label].splitlines() if line.startswith("- ")]
        answers = [ANSWER.fullmatch(line) for line in items]
        if not answers or not any(answers):
            ends.add(label)
        elif label not in questions:
            assert all(answers), (label, items)
            questions[label] = [answer["to"] for answer in answers]
            waiting += questions[label]
    return questions, ends


def with_free_ports(code):
    """Put free ports in the places of those that the program names."""
    for port in sorted(set(re.findall(r"\b55\d\d\b", code))):
        with socket.create_server(("127.0.0.1", 0)) as free:
            code = code.replace(port, str(free.getsockname()[1]))
    return code


@each_language
def test_every_answer_leads_to_a_pattern_or_to_advice(language):
    questions, ends = way("which-pattern", language)
    assert len(questions) == 6
    assert ends == {*PRINTED, *NOT_A_PATTERN}


@each_language
def test_every_cause_of_a_missing_message_is_reached_and_has_its_check(language):
    questions, ends = way("missing", language)
    assert len(questions) == 8
    found = {leaf.label: leaf.text for leaf in leaves(language)}
    assert ends == {*found, "missing-errors", "missing-first"}
    for label, text in found.items():
        assert len(re.findall(r"^\*\*(?:Check|확인):\*\* \S", text, re.MULTILINE)) == 1, label


@each_page
def test_both_languages_lead_the_same_ways(page):
    assert way(page, "en") == way(page, "ko")


@pytest.mark.parametrize("label", PRINTED)
def test_a_pattern_is_drawn_and_its_program_is_short_and_the_same_in_both_languages(label):
    found = [sections("which-pattern", language)[label] for language in LANGUAGES]
    assert [section.count(":::{idea}") for section in found] == [1, 1]
    [english], [korean] = (PROGRAM.findall(section) for section in found)
    assert english == korean
    lines = english.removeprefix("import zmq.asyncio\n\n").splitlines()
    assert len(lines) <= (MOST_LINES if label == "which-snapshot" else MORE_LINES)


@pytest.mark.parametrize("library", ["libzmq", "purezmq"])
def test_the_programs_run_and_print_what_they_should(library):
    parts = sections("which-pattern", "en")
    codes = [with_free_ports(PROGRAM.search(parts[label])[1]) for label in PRINTED]
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, library],
        input=json.dumps(codes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not done.stderr and done.returncode == 0, done.stderr
    for (label, said), printed in zip(
        PRINTED.items(), done.stdout.split("-- next\n"), strict=False
    ):
        assert re.fullmatch(said, printed), label
