"""What a page leaves out: the other language, repeated styles, needless spans and rules."""

import pytest
from pygments import highlight
from pygments.lexers import PythonLexer

from web.site.highlight import Counted
from web.site.lean import lean, one_language
from web.site.styles import purged

EN = '<div class="zl-lang" lang="en"><div>one</div><svg><title>1</title></svg></div>'
KO = '<div class="zl-lang" lang="ko"><div>하나</div></div>'


@pytest.mark.parametrize(("language", "left"), [("en", EN), ("ko", KO)])
def test_a_page_has_its_own_language_only(language, left):
    html = f"<p>before</p>{EN}{KO}<p>between</p>{EN}{KO}<p>after</p>"
    expected = f"<p>before</p>{left}<p>between</p>{left}<p>after</p>"
    assert one_language(html, language) == expected


def test_what_is_not_closed_is_an_error():
    with pytest.raises(ValueError, match="without its end"):
        one_language('<div class="zl-lang" lang="ko"><div>', "en")


def test_styles_stand_once_and_colours_have_no_fallback():
    html = (
        "<style>.zl-pic .zm{color:red}</style><style>.own{top:0}</style><style>.own{top:0}</style>"
        '<svg xmlns="x" font-family="A, B" width="1"><path stroke="var(--zl-late, #1f5fa8)"/></svg>'
    )
    assert lean(html, "en") == (
        '<style>.own{top:0}</style><svg xmlns="x" width="1"><path stroke="var(--zl-late)"/></svg>'
    )


def test_a_picture_says_once_what_all_its_strokes_have():
    long = "M0.4 1.6" + "L10.26 20.7" * 12
    html = (
        '<path d="M1.5 2" fill="none" stroke-linecap="round" stroke-linejoin="round"/>'
        f'<path d="{long}" fill="none"/><path d="M1.5 2z" fill="red"/>'
    )
    assert lean(html, "en") == (
        '<path d="M1.5 2" fill="none"/>'
        f'<path d="M0 2{"L10 21" * 12}" fill="none" stroke-linecap="butt"/>'
        '<path d="M1.5 2z" fill="red"/>'
    )


def test_code_has_an_element_for_each_change_of_colour_alone():
    code = "from a import b  # why\nx = {1: b}\n"
    html = highlight(code, PythonLexer(), Counted())
    assert html == (
        '<div class="highlight"><pre style="--lines: 2"><span></span>'
        '<span class="k">from</span> a <span class="k">import</span> b  '
        '<span class="c"># why</span>\nx = {<span class="m">1</span>: b}\n</pre></div>\n'
    )


def test_rules_that_nothing_needs_are_left_out():
    sheet = """
    /* a comment */
    .here, .gone { color: red; }
    .gone > p, #missing { color: blue }
    :is(.gone, .here) a:not(.gone) { top: 0 !important }
    @media (max-width: 9em) { .gone { top: 0 } #there .made { left: 1px ; } }
    @media print { .gone { top: 0 } }
    body { --used: 1px; --unread: 2px; --chain: var(--unread); margin: var(--used) }
    @keyframes turn { to { top: 0 } }
    """
    css = purged([sheet], ['<p class="a here" id="there">'], ["node.className = 'made'"])
    assert css == (
        ".here{color:red}"
        ":is(.gone, .here) a:not(.gone){top:0!important}"
        "@media (max-width: 9em){#there .made{left:1px}}"
        "body{--used:1px;margin:var(--used)}"
        "@keyframes turn{to { top: 0 }}"
    )


def test_a_broken_sheet_is_an_error():
    with pytest.raises(ValueError, match="line 2"):
        purged(["p { top: 0 }\n.x { color red }"], ['<p class="x">'], [])


def test_what_the_body_sets_anew_is_left_out_of_the_theme():
    theme = 'body { --a: 1px; --b: 2px } body[data-theme="dark"] { --a: 3px } p { --a: 4px }'
    theme += " @media print { body { --a: 5px; --b: 6px } }"
    ours = ":root body { --a: 7px } p { top: var(--a); left: var(--b) }"
    assert purged([theme, ours], ["<p>"], []) == (
        "body{--b:2px}p{--a:4px}@media print{body{--b:6px}}"
        ":root body{--a:7px}p{top:var(--a);left:var(--b)}"
    )
