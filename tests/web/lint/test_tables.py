"""Each rule for terms, guides and the words that programs hold, by examples."""

import pytest

from web.lessons.terms import slug
from web.lint.guides import GUIDES, lint_guides
from web.lint.tables import TERMS, glossary_of, lint_terms, lint_words

TERM = """---
english: message
korean: 메시지
known: [전문]
section: basics
match: {{en: [{match}], ko: [메시지]}}
---
# {name}

{english}

# {korean_name}

{korean}
"""
GOOD = {
    "match": "message, messages",
    "name": "message",
    "english": "A block of bytes.",
    "korean_name": "메시지(message)",
    "korean": "바이트 덩어리입니다.",
}
PAGE = "(guide-glossary)=\n# {}\n\n:::{{glossary-terms}} basics\n:::\n"


@pytest.fixture
def terms(project):
    """Return a function that writes a glossary of two terms and says what the lint finds."""

    def found(rule=None, file="message.md", text=None, page=None, **changes):
        for path in (project.root / "glossary").glob("*.md"):
            path.unlink()
        project.write("guide_en/glossary.md", page or PAGE.format("Glossary"))
        project.write("guide_ko/glossary.md", PAGE.format("용어집"))
        project.write("glossary/queue.md", "---\nenglish: queue\nkorean: 큐\n---\n")
        project.write(f"glossary/{file}", text or TERM.format(**{**GOOD, **changes}))
        glossary, unreadable = glossary_of(project.root)
        faults = [*unreadable, *lint_terms(glossary)]
        assert rule is None or rule in {fault.rule for fault in faults}, (rule, faults)
        return [fault.what for fault in faults]

    return found


BAD = {
    "T01": [
        ({"text": "# message\n"}, "no front matter"),
        ({"text": "---\nenglish: [\n---\n"}, "front matter is not YAML"),
        ({"text": "---\nenglish: message\n---\n"}, "korean is ''"),
        ({"text": "---\nenglish: message\nkorean: no\n---\n"}, "korean is False"),
        ({"text": "---\nenglish: a\nkorean: 가\nknown: 나\n---\n"}, "known is not a list"),
        ({"text": "---\nenglish: a\nkorean: 가\nmatch: {fr: [b]}\n---\n"}, "match is not a list"),
        ({"text": "---\nenglish: a\nkorean: 가\nseen: 1\n---\n"}, "seen is not known"),
        ({"text": "---\nenglish: a\nkorean: 가\n---\n# a\n\nText.\n"}, "1 headings"),
    ],
    "T02": [
        ({"file": "messages.md"}, "the file of 'message' is named messages.md"),
        ({"file": "Message.md"}, "the file of 'message' is named Message.md"),
    ],
    "T03": [
        (
            {"text": "---\nenglish: line\nkorean: 줄\nrefused: [큐]\n---\n", "file": "line.md"},
            "'큐' is refused here, and is the term of 'queue'",
        ),
    ],
    "T04": [
        ({"english": ""}, "term 'message' says nothing in en"),
        ({"korean": "Some English."}, "term 'message': not Korean"),
        ({"english": "한국어입니다."}, "term 'message': not English"),
    ],
    "T05": [
        ({"name": "letter"}, "term 'message' is called 'letter'"),
        ({"korean_name": "편지"}, "term 'message' is called '편지'"),
    ],
    "T06": [
        ({"page": "# Glossary\n"}, "section 'basics' is not on guide_en/glossary.md"),
        ({"page": PAGE.format("G") + "\n:::{glossary-terms} other\n:::\n"}, "no term has section"),
        (
            {"text": "---\nenglish: message\nkorean: 메시지\nsection: basics\n---\n"},
            "term 'message' has a section and no entry",
        ),
    ],
    "K02": [({"korean": "데이타입니다."}, "데이타")],
    "E01": [({"english": "It simply waits."}, "filler 'simply'")],
}


def test_terms(terms):
    assert terms() == []
    assert terms(korean_name="전문(message)") == []
    for rule, examples in BAD.items():
        for options, said in examples:
            found = terms(rule, **options)
            assert any(said in what for what in found), (rule, said, found)


def test_a_form_belongs_to_one_term(project, terms):
    assert terms() == []
    other = TERM.replace("message", "letter").replace("메시지", "편지")
    project.write("glossary/letter.md", other.format(**{**GOOD, "match": "Messages"}))
    found = [
        fault.what for fault in lint_terms(glossary_of(project.root)[0]) if fault.rule == "T03"
    ]
    assert found == ["form 'messages' is one of 'letter' too"]


def test_a_file_from_a_spreadsheet_is_told(project):
    path = project.write("glossary/message.md", "")
    path.write_bytes(TERM.format(**GOOD).encode("cp949"))
    assert [fault.what for fault in glossary_of(project.root)[1]] == ["not UTF-8"]


def test_keys():
    assert slug("asynchronous I/O") == "asynchronous-io"
    assert slug("identity (old)") == "identity"
    assert slug("the Guide") == "the-guide"


def test_guides(project):
    label = "(guide-sockets)=\n"

    def found(en, ko, **more):
        project.write("guide_en/sockets.md", en)
        project.write("guide_ko/sockets.md", ko)
        return [(fault.rule, fault.what) for fault in lint_guides(project.root)]

    good = (f"{label}# Sockets\n", f"{label}# 소켓\n")
    assert found(*good) == []
    assert found(good[0], f"{label}# 소켓\n\n## 하나 더\n") == [
        ("G02", "headings differ from guide_en/sockets.md: 1 there, 2 here")
    ]
    assert sorted(found(good[0], "(sockets)=\n# 소켓\n")) == [
        ("G03", "no label (guide-sockets)= as on the other side"),
        ("G03", "no label (sockets)= as on the other side"),
    ]
    assert found(f"{label}# Obviously\n", f"{label}# 소켓\n\n:::{{tip}}\n메세지\n:::\n") == [
        ("E01", "filler 'Obviously'"),
        ("K02", "메세지"),
    ]
    closed = "```{toctree}\n메세지\n```\n\n```text\n메세지\n```\n"
    assert found(good[0], good[1] + "\n" + closed) == []
    for name in ("guide_en/more.md", "guide_ko/deep/more.md", "README.md"):
        path = project.write(name, "# 더\n")
        assert ("G01", "page in one language only") in found(*good)
        path.unlink()


def test_words_that_programs_hold(project):
    project.write("zmqlab/one.py", '"""메세지."""\nWORD = "데이타 ** 하나"\n')
    project.write("web/words.py", 'WORDS = {"ko": "REQ은"}\n')
    found = [(fault.path.name, fault.line, fault.what) for fault in lint_words(project.root)]
    assert found == [("words.py", 1, "REQ은"), ("one.py", 2, "데이타")]


def test_every_rule_has_its_examples():
    assert {rule.id for rule in TERMS.rules} <= set(BAD)
    assert [rule.id for rule in GUIDES.rules] == ["G01", "G02", "G03"]
