"""The page "The core", built: whole tables in both languages, and readable on a phone."""

import pytest
from bs4 import BeautifulSoup

from web.paths import SITE
from web.site.core import CORE, differences, figures, sizes, total
from web.tools.bench import GOALS, SIZES
from web.tools.lines import budgets, parts
from web.tools.workloads import LIBRARIES, ROWS
from web.words import LANGUAGES, WORDS

each_language = pytest.mark.parametrize("language", LANGUAGES)
PHONE = {"width": 360, "height": 740}


def words(node):
    return " ".join(node.get_text(" ").split())


@pytest.fixture
def tables(language):
    found = []
    for name in ("core", "core-differences", "core-speed", "core-tried"):
        page = (SITE / language / "guide" / f"{name}.html").read_text(encoding="utf-8")
        found += BeautifulSoup(page, "html.parser").select("#furo-main-content table.docutils")
    return found


def rows(table):
    return table.select("tbody tr")


@each_language
def test_every_difference_is_shown_with_its_reason(tables, language):
    shown = [
        one for one in tables if "core-stack" in one["class"] and "core-goals" not in one["class"]
    ]
    assert [len(rows(one)) for one in shown] == [
        len(differences()[name]) for name in ("DIFFERENCES", "ABSENT")
    ]
    for table in shown:
        for row in rows(table):
            cells = row.select("th, td")
            assert all(words(one) for one in cells)
            assert "`" not in words(row)
            # A narrow screen shows them below each other, each with the head of its column.
            head = [words(one) for one in table.select("thead th")]
            assert [one["data-label"] for one in cells] == head


@each_language
def test_sizes_add_up(tables, language):
    [table] = [one for one in tables if "core-sizes" in one["class"]]
    shown = [[words(one) for one in row.select("th, td")] for row in rows(table)]
    kept = shown[-len(budgets()) :]
    *packages, whole = shown[: -len(budgets())]
    counted = [total(files) for files in sizes().values()]
    numbers = [tuple(int(one.replace(",", "")) for one in row[1:3]) for row in packages]
    assert numbers == counted
    assert int(whole[1].replace(",", "")) == sum(size.statements for size in counted)
    for (part, most), row in zip(budgets().items(), kept, strict=True):
        assert f"{parts(CORE)[part]:,}" in row[3] and f"{most:,}" in row[3]


@each_language
def test_every_figure_of_the_run_is_shown_and_no_goal_is_left_out(tables, language):
    speed = [one for one in tables if "core-speed" in one["class"]]
    assert len(speed) == len(ROWS)
    for table, row in zip(speed, ROWS, strict=True):
        assert WORDS[language][f"core_{row}"] in words(table.caption)
        assert len(rows(table)) == len(SIZES)
        cells = table.select("tbody td")
        assert all(words(one) for one in cells)
        measured = sum(one["row"] == row for one in figures())
        assert len(table.select(".core-spread")) == measured + 2 * len(SIZES)  # and the ratios
        assert len(cells) == len(SIZES) * (len(LIBRARIES) + 2)
    [goals] = [one for one in tables if "core-goals" in one["class"]]
    assert len(rows(goals)) == len(GOALS) + 1
    verdicts = {WORDS[language][name] for name in ("core_yes", "core_no")}
    assert {words(row.select("td")[-1]) for row in rows(goals)} <= verdicts


@each_language
def test_on_a_phone_a_table_is_a_table_still(reader, language):
    page = reader(viewport=PHONE).open(f"{language}/guide/core-differences.html")
    table = page.locator("table.core-stack").first
    assert table.evaluate("node => node.getBoundingClientRect().right") <= PHONE["width"]
    row = table.get_by_role("row").nth(1)  # the head comes first, for those who listen
    assert row.get_by_role("rowheader").count() == 1 and row.get_by_role("cell").count() == 3
    assert table.get_by_role("columnheader").count() == 4
    boxes = [one.bounding_box() for one in row.get_by_role("cell").all()]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    label = row.get_by_role("cell").first.evaluate(
        "node => getComputedStyle(node, '::before').content"
    )
    assert "libzmq" in label
