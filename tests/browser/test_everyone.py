"""The page for everyone: by keyboard, read aloud, in the dark, on a phone, at rest, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FileChooser, Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

SAMPLES = Path(__file__).parents[2] / "assets/image-segmenter/samples"
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 740}, "is_mobile": True, "has_touch": True}
PARAMETERS = [
    {"name": "top", "type": "integer", "description": "How many.", "default": 5, "minimum": 1, "maximum": 20},
    {"name": "language", "type": "string", "description": "Of labels.", "default": "en", "enum": ["en", "fr"]},
    {"name": "crop", "type": "boolean", "description": "To a square.", "default": True},
    {"name": "note", "type": "string", "description": "", "default": ""},
]
CLASSES = {"status": "ok", "predictions": [{"label_id": "281", "label": "tabby", "probability": 0.8}]}


def check(page: Page) -> None:
    """Asks axe-core about the page as it stands, with every rule that it has switched on."""
    page.wait_for_timeout(300)  # colours in transition have another contrast
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until that element has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def seen_focus(page: Page) -> bool:
    """Whether an outline shows where the focus is."""
    return bool(page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"))


def luminance(page: Page) -> float:
    """How bright the page's ground is, 0 to 255."""
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return sum(map(int, re.findall(r"\d+", ground)[:3])) / 3


def test_everything_works_by_keyboard(visit: Visit) -> None:
    # Listened to from the start: a key may overtake the wish to hear of a file dialog that was sent just ahead of it.
    choosers: list[FileChooser] = []
    visit.page.on("filechooser", lambda chooser: choosers.append(chooser))  # noqa: PLW0108 (Playwright marks listeners, a built-in method takes no mark)
    page = visit.open()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the answer")).to_be_focused()
    tab_to(page, "#file")
    assert page.locator("#file + label").evaluate("label => parseFloat(getComputedStyle(label).outlineWidth) >= 2")
    with page.expect_file_chooser():
        page.keyboard.press("Space")
    assert len(choosers) == 1
    tab_to(page, "#samples button")
    assert seen_focus(page)
    page.keyboard.press("Enter")
    visit.answered()
    expect(page.locator("#outcome")).to_contain_text("person")
    tab_to(page, ".stage")
    assert seen_focus(page)
    expect(page.locator(".reading")).to_contain_text("seg_map[256][256] = 15")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".reading")).to_contain_text("seg_map[255][266] = 15")
    expect(page.locator(".stage [role=status]")).to_have_text("person, column 266, row 255")
    tab_to(page, ".legend button")
    page.keyboard.press("Space")
    expect(page.locator(".legend button").first).to_have_attribute("aria-pressed", "true")
    tab_to(page, "#opacity")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".mask").evaluate("mask => mask.style.opacity") == "0.74"
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    expect(page.locator("#json-view")).to_be_visible()
    tab_to(page, "#download")
    tab_to(page, "#copy")
    assert seen_focus(page)


def test_what_happens_is_said_to_screen_readers(visit: Visit) -> None:
    page = visit.open()
    expect(page.get_by_role("status").filter(has_text="Ready")).to_be_visible()
    visit.sample("chelsea")
    expect(page.get_by_role("status").filter(has_text="cat 78")).to_be_visible()
    expect(page.get_by_role("application")).to_have_accessible_name(re.compile("classes in colour: cat 78"))
    expect(page.get_by_label("Choose a picture")).to_have_attribute("type", "file")


@pytest.mark.parametrize("kind", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_axe_finds_no_fault(visit_with: Callable[..., Visit], kind: dict[str, Any]) -> None:
    visit = visit_with(**kind)
    visit.refusals = True
    page = visit.pretend(parameters=PARAMETERS)
    check(page)
    visit.sample("astronaut")
    page.get_by_text("Answer as JSON").click()
    page.locator(".legend button").first.click()
    check(page)
    page.set_input_files("#file", SAMPLES / "notes.txt")
    expect(page.locator(".refusal")).to_be_visible()
    check(page)


def test_axe_finds_no_fault_in_the_other_drawings_and_inputs(visit_with: Callable[..., Visit]) -> None:
    for drawing, kind in (("image-classification", "image"), ("json", "text"), ("json", "audio")):
        visit = visit_with()
        about = {"kind": kind, "field": kind, "media_types": [f"{kind}/x"], "max_bytes": 10_000_000}
        page = visit.pretend(CLASSES, drawing=f"drawing/{drawing}.js", input=about)
        visit.sample("chelsea")
        check(page)


def test_dark_and_light_follow_the_reader(visit_with: Callable[..., Visit]) -> None:
    assert luminance(visit_with(color_scheme="light").open()) > 220
    assert luminance(visit_with(color_scheme="dark").open()) < 40


def test_a_phone_shows_everything_without_scrolling_sideways(visit_with: Callable[..., Visit]) -> None:
    visit = visit_with(**PHONE)
    page = visit.pretend(parameters=PARAMETERS)
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    expect(page.locator("#drop-hint")).to_have_text("from this device, or take a photo")
    visit.sample("chelsea")
    assert not page.evaluate(wide)
    page.get_by_text("Answer as JSON").click()
    assert not page.evaluate(wide)


def test_a_phone_is_brought_to_the_answer(visit_with: Callable[..., Visit]) -> None:
    visit = visit_with(**PHONE, reduced_motion="reduce")
    page = visit.open()
    visit.sample("chelsea")
    expect(page.locator("#outcome")).to_be_in_viewport()


def test_nothing_moves_for_those_who_asked_for_rest(visit_with: Callable[..., Visit]) -> None:
    moving = """[...document.querySelectorAll("*")].filter((one) => {
      const style = getComputedStyle(one);
      return style.transitionDuration !== "0s" || style.animationName !== "none";
    }).length"""
    assert visit_with(reduced_motion="reduce").open().evaluate(moving) == 0
    assert visit_with(reduced_motion="no-preference").open().evaluate(moving) > 0


def test_more_contrast_brings_patterns(visit_with: Callable[..., Visit]) -> None:
    visit = visit_with(contrast="more")
    page = visit.open()
    visit.sample("chelsea")
    expect(page.get_by_label("Patterns beside colours")).to_be_checked()


def test_paper_gets_the_answer_and_not_the_controls(visit: Visit) -> None:
    page = visit.open()
    visit.sample("chelsea")
    page.emulate_media(media="print")
    for shown in (".mask", ".legend", "#chosen", "#curl", "#facts"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in ("nav", "#drop", "#samples", ".dials", "#copy"):
        expect(page.locator(hidden)).to_be_hidden()


def test_over_plain_http_from_another_machine_copying_works_and_recording_says_why_not(visit: Visit) -> None:
    visit.address = visit.server.replace("127.0.0.1", "container.test")
    page = visit.pretend(
        input={"kind": "audio", "field": "image", "media_types": ["audio/wav"], "max_bytes": 10_000_000}
    )
    assert page.evaluate("isSecureContext") is False
    expect(page.get_by_role("button", name="Record")).to_be_disabled()
    expect(page.locator("#recorded")).to_have_text("Recording needs https, or an address on this machine.")
    visit.sample("chelsea")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == page.locator("#curl").inner_text()


def test_the_links_lead_somewhere(visit: Visit) -> None:
    page = visit.open()
    links = page.locator("nav a").evaluate_all("all => all.map(one => one.href)")
    assert links == [f"{visit.address}/", f"{visit.address}/model/metadata", f"{visit.address}/model/labels"]
    for link in links:
        assert page.request.get(link).status == 200
