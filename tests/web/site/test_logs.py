"""The logs of programs on a page: lanes, and folded where they are long."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from web.site.lean import one_language
from web.site.logs import LONG, lanes
from web.words import LANGUAGES, WORDS
from zmqlab.run.programs import Line, Programs

PROGRAMS = [SimpleNamespace(name=name, number=n) for n, name in enumerate(("server", "client <1>"))]


def log(count, language):
    """Return a log of some lines as a lesson's page has it before it is drawn as lanes."""

    lines = [
        Line(PROGRAMS[n % 2], 0.25 + n / 2, "out" if n else "event", f"line {n} & <more>")
        for n in range(count)
    ]

    class Shown(Programs):
        output = property(lambda _: lines)

    return one_language(object.__new__(Shown)._repr_html_(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_program_has_a_lane(language):
    soup = BeautifulSoup(lanes(log(4, language), language), "html.parser")
    table = soup.select_one(".zl-programs > table.log-lanes")
    heads = [head.get_text() for head in table.select("thead th")]
    assert heads[1:] == ["server", "client <1>"] and heads[0]
    rows = [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
    assert rows == [
        ["250.0 ms", "line 0 & <more>", ""],
        ["750.0 ms", "", "line 1 & <more>"],
        ["1.25 s", "line 2 & <more>", ""],
        ["1.75 s", "", "line 3 & <more>"],
    ]
    assert [cell["data-lane"] for cell in table.select("[data-lane]")][:2] == heads[1:]
    assert not soup.select("details")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_log_is_a_line_until_it_is_opened(language):
    soup = BeautifulSoup(lanes(log(LONG + 1, language), language), "html.parser")
    fold = soup.select_one("details.fold-log")
    assert not fold.has_attr("open")
    assert fold.summary.get_text() == WORDS[language]["log"].format(LONG + 1)
    assert len(fold.select("tbody tr")) == LONG + 1


def test_what_is_left_out_is_said_across_all_lanes():
    soup = BeautifulSoup(lanes(log(300, "en"), "en"), "html.parser")
    (more,) = soup.select("td[colspan]")
    assert more["colspan"] == "3" and "100 more" in more.get_text()


def test_a_log_of_another_form_is_not_drawn_wrongly():
    html = log(2, "en").replace("zl-time", "when")
    with pytest.raises(ValueError, match="another form"):
        lanes(html, "en")


def test_a_page_without_logs_stays_as_it_is():
    html = '<p>nothing <div class="zl-programs">nobody ran</div></p>'
    assert lanes(html, "en") == html
