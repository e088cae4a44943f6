"""Each rule for translations by examples."""

from web.lint.po import PO, lint_po

SAME = "The same."
# By rule: how the .po is written, and what is said of it.
BAD = {
    "P02": [({"leave_out": [SAME]}, "not in 01-toy.po: The same.")],
    "P03": [
        ({"fuzzy": [SAME]}, "fuzzy: The same."),
        ({"changes": {SAME: ""}}, "untranslated: The same."),
    ],
    "P04": [
        ({"changes": {SAME: text}}, "would stay English")
        for text in ("1. 같습니다.", "# 같습니다.", "% 같습니다.", "+++", "---", "같다.\n\n같다.")
    ],
    "P05": [
        ({"changes": {"Nobody does.": "없습니다."}, "english": "Nobody `does`."}, "code `does`"),
        ({"changes": {SAME: "같습니다."}, "english": "[The same.](#x)"}, "link target #x"),
    ],
    "P06": [({"changes": {SAME: "발행자"}, "english": "The PUB socket."}, "PUB is not in the")],
    "P07": [({"comments": {"on its way": "가" * 20}}, "comment makes line 48 78 columns wide")],
    "K01": [({"changes": {SAME: "**소켓(socket)**을 엽니다."}}, "literal asterisk")],
    "K02": [
        ({"changes": {SAME: "메세지"}}, "메세지"),
        ({"comments": {"on its way": "메세지"}}, "메세지"),
    ],
}


def test_translations(project):
    project.translate(comments={"on its way": "가는 길"})
    assert list(lint_po(project.po, project.page())) == []
    for rule, examples in BAD.items():
        for options, said in examples:
            project.reset()
            english = options.pop("english", None)
            if english is not None:
                old = "Nobody does." if "does" in english else SAME
                project.change((old, english))
                options["changes"] = {english: options["changes"][old]}
            project.translate(**options)
            found = list(lint_po(project.po, project.page()))
            assert [f for f in found if f.rule == rule and f.what.startswith(said)], (rule, found)


def test_what_stays_may_stand_in_other_words(project):
    project.change((SAME, "The PUB socket's `send()`."))
    project.translate(changes={"The PUB socket's `send()`.": "PUB 소켓의 `send()`입니다."})
    assert list(lint_po(project.po, project.page())) == []


def test_stale_entries(project):
    project.translate()
    text = project.po.read_text(encoding="utf-8")
    for old in ('\nmsgid "Gone."\nmsgstr "갔습니다."\n', '\n#~ msgid "Old."\n#~ msgstr "예전"\n'):
        project.po.write_text(text + old, encoding="utf-8")
        (found,) = lint_po(project.po, project.page())
        assert (found.rule, found.what[:7]) == ("P03", "stale: ")


def test_a_po_without_a_lesson(project):
    project.translate()
    (found,) = lint_po(project.po, None)
    assert (found.rule, found.what) == ("P01", "no such lesson")


def test_a_finding_names_the_line_of_the_entry(project):
    project.translate(fuzzy=[SAME])
    (found,) = lint_po(project.po, project.page())
    lines = project.po.read_text(encoding="utf-8").splitlines()
    assert 'msgid "The same."' in lines[found.line - 1 : found.line + 2]


def test_every_rule_has_its_examples():
    assert {rule.id for rule in PO.rules} <= set(BAD)
