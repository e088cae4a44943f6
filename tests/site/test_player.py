"""Recorded sequences play in the page: parts and sentences follow the record's events."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from web.words import LANGUAGES, WORDS
from zmqlab.record import Record

FIRST = "lessons/01-first-message.html"
PHONE = {"width": 360, "height": 740}
# What is seen of a picture: the numbers of the parts in its visible form, hidden ones apart.
PARTS = """(figure) => {
  const forms = [...figure.querySelectorAll(".zl-wide, .zl-narrow")];
  const parts = forms.flatMap((form) => [...form.querySelectorAll("[data-event]")]);
  const plain = (lane) => getComputedStyle(lane.querySelector("path")).strokeDasharray === "none";
  const hidden = (part) =>
    "lane" in part.dataset ? plain(part) : getComputedStyle(part).visibility === "hidden";
  const numbers = (some) => [...new Set(some.map((part) => Number(part.dataset.event)))];
  return { seen: numbers(parts.filter((part) => !hidden(part))), all: numbers(parts) };
}"""


def pictures(page, within="article"):
    """Return a lesson's own pictures; in its bench the parts of a recording have another name."""
    outside = ":not([data-bench] *)" if within == "article" else ""
    return page.locator(f"{within} figure[data-record]:has(.player){outside}")


def record_of(site, language, figure):
    path = site / language / "_static" / "records" / f"{figure.get_attribute('data-record')}.json"
    return Record.from_json(path.read_text(encoding="utf-8"))


def seek(figure, step):
    figure.locator("input[type=range]").evaluate(
        """(bar, step) => { bar.value = step; bar.dispatchEvent(new Event("input")); }""", step
    )


def unfold(page):
    page.add_style_tag(content=".is-folded { display: revert !important; }")


@pytest.mark.parametrize(
    ("language", "name", "width"),
    [
        ("en", "01-first-message", 1440),
        ("ko", "02-publish-subscribe", 360),
        ("en", "05-frames", 360),
    ],
)
def test_seeking_shows_the_parts_up_to_an_event_and_its_sentence(
    reader, site, language, name, width
):
    page = reader(viewport={"width": width, "height": 900}).open(f"{language}/lessons/{name}.html")
    unfold(page)
    assert pictures(page).count()
    for figure in pictures(page).all():
        record = record_of(site, language, figure)
        known = {event.at.order for event in record.events}
        known |= {event.began.order for event in record.events if event.began}
        known |= {wait.began.order for wait in record.waits}
        lines = figure.locator("xpath=..").locator(".zl-text li[data-event]")
        told = [
            (int(number), text)
            for number, text in lines.evaluate_all(
                "all => all.map((line) => [line.dataset.event, line.textContent])"
            )
        ]
        everything = figure.evaluate(PARTS)["all"]
        steps = sorted({*everything, *(number for number, _ in told)} & known)
        assert sorted({*everything, *(number for number, _ in told)}) == steps
        assert figure.locator("input[type=range]").get_attribute("max") == str(len(steps))
        for step, event in enumerate(steps, 1):
            seek(figure, step)
            expect(figure).to_have_attribute("data-shown", str(event))
            shown = figure.evaluate(PARTS)
            assert set(shown["seen"]) == {number for number in shown["all"] if number <= event}
            said = figure.locator(".player-sentence").inner_text()
            own = " ".join(text for number, text in told if number == event)
            assert said == own or (not own and said in [text for _, text in told])
        seek(figure, 0)
        expect(figure).to_have_attribute("data-shown", "0")
        assert figure.evaluate(PARTS)["seen"] == []
        expect(figure.locator(".player-sentence")).to_have_text(WORDS[language]["player_begin"])


def test_a_recording_plays_to_its_end_and_can_be_paused_and_stepped(reader):
    watched = reader()
    page = watched.open(f"en/{FIRST}")
    unfold(page)
    figure = pictures(page).first
    last = figure.locator("input[type=range]").get_attribute("max")
    count = figure.locator(".player-count")
    expect(count).to_have_text(f"{last}/{last}")
    assert not [url for url in watched.asked if "/records/" in url], "nothing before Play"
    figure.locator("select").select_option("4")
    figure.locator('[data-action="play"]').click()
    expect(count).to_have_text(f"2/{last}")
    figure.locator('[data-action="play"]').click()
    expect(figure.locator('[data-action="play"]')).to_have_attribute(
        "aria-label", WORDS["en"]["player_play"]
    )
    seek(figure, 2)
    figure.locator('[data-action="step"]').focus()
    page.keyboard.press(".")
    expect(count).to_have_text(f"3/{last}")
    page.keyboard.press(",")
    expect(count).to_have_text(f"2/{last}")
    current = figure.locator("xpath=..").locator('.zl-text [aria-current="step"]')
    expect(current).to_have_count(1)
    expect(figure.locator(".player-voice")).to_have_text(current.text_content())
    figure.locator('[data-action="play"]').click()
    expect(count).to_have_text(f"{last}/{last}")
    expect(figure.locator('[data-action="play"]')).to_have_attribute(
        "aria-label", WORDS["en"]["player_play"]
    )
    assert watched.complaints == []


def test_a_record_that_can_not_be_fetched_is_said_and_the_picture_stays(reader):
    page = reader().open(f"ko/{FIRST}")
    unfold(page)
    figure = pictures(page).first
    page.route("**/records/*.json", lambda route: route.abort())
    figure.locator('[data-action="play"]').click()
    expect(figure.locator(".player-sentence")).to_have_text(WORDS["ko"]["player_failed"])
    assert set(figure.evaluate(PARTS)["seen"]) == set(figure.evaluate(PARTS)["all"])
    first = str(min(figure.evaluate(PARTS)["all"]))
    page.unroute("**/records/*.json")
    figure.locator('[data-action="step"]').click()
    expect(figure).to_have_attribute("data-shown", first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_controls_fit_a_phone_and_axe_finds_nothing(reader, axe, language):
    watched = reader(viewport=PHONE)
    page = watched.open(f"{language}/index.html")
    figure = pictures(page, "[data-bench]").first
    figure.locator('[data-action="step"]').click()
    expect(figure.locator(".player-count")).to_contain_text("1/")
    box = figure.bounding_box()
    for control in figure.locator(".player-row > *:visible").all():
        inner = control.bounding_box()
        assert inner["x"] >= box["x"]
        assert inner["x"] + inner["width"] <= box["x"] + box["width"]
    assert axe(page, "each", within="[data-bench-recorded] .player") == []


def test_print_shows_whole_pictures_and_no_controls(reader):
    page = reader().open(f"en/{FIRST}")
    unfold(page)
    figure = pictures(page).first
    seek(figure, 1)
    page.emulate_media(media="print")
    expect(figure.locator(".player")).to_be_hidden()
    assert set(figure.evaluate(PARTS)["seen"]) == set(figure.evaluate(PARTS)["all"])


def test_pages_without_a_recording_carry_no_player(site, parse):
    for path in Path(site).glob("en/**/*.html"):
        page = parse(str(path.relative_to(site)))
        scripts = [script.get("src", "") for script in page.select("script")]
        has = any("page/player.js" in source for source in scripts)
        assert has == bool(page.select_one("figure[data-record]")), path


def test_every_picture_that_can_be_played_has_its_record(site, parse):
    for path in Path(site).glob("*/**/*.html"):
        for figure in parse(str(path.relative_to(site))).select("figure[data-record]"):
            language = path.relative_to(site).parts[0]
            record = site / language / "_static" / "records" / f"{figure['data-record']}.json"
            assert json.loads(record.read_text(encoding="utf-8"))["format"] == "zmqlab.record"
