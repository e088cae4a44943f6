"""Sliders: every row is in the page, and the text tells some of them."""

import json

import pytest
from bs4 import BeautifulSoup

from zmqlab import Slider


def squares(low=1, high=20):
    return {n: {"direct": n * n, "mine": n} for n in range(low, high + 1)}


def test_all_rows_are_in_the_page_in_both_languages() -> None:
    page = BeautifulSoup(
        Slider("services", squares(), value=4, unit="addresses to write down")._repr_html_(),
        "html.parser",
    )
    for language, name, unit in (
        ("en", "services", "addresses to write down"),
        ("ko", "서비스 수", "적어 둘 주소 수"),
    ):
        box = page.select_one(f'[lang="{language}"] .zl-slider')
        assert json.loads(box["data-rows"])["20"] == [400, 20]
        assert box.label.span.text == name and box.caption.text == unit
        assert (box.input["min"], box.input["max"], box.input["value"]) == ("1", "20", "4")
        assert [cell.text for cell in box.select(".zl-n")] == ["16", "4"]
        bars = [bar["style"] for bar in box.select(".zl-bar")]
        assert "width:100%" in bars[0]
        assert "width:25%" in bars[1]
    assert "id=" not in str(page)


def test_the_text_tells_some() -> None:
    told = Slider("services", squares(), value=4, unit="steps").text("en").splitlines()
    assert told[0] == "steps"
    assert " - services 4: direct 16, mine 4" in told
    assert told[-1] == " - services 20: direct 400, mine 20"
    assert len(told) <= 10


@pytest.mark.parametrize(("rows", "value"), [({1: {}, 3: {}}, 1), (squares(), 21)])
def test_gaps_are_refused(rows, value) -> None:
    with pytest.raises(ValueError, match="without a gap"):
        Slider("n", rows, value=value, unit="n")
