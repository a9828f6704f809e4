"""A picture made from a picture: before and after on one another, a divider between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_drawings import ROOT, ask, first_sample, pretended

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

ASSET = "image-resolution-enhancer"


def drawn(visit: Visit) -> Page:
    task, data, answer, labels = first_sample(ASSET)
    page = pretended(visit, task, answer, labels)
    ask(visit, "chelsea.png", data)
    return page


def hidden(page: Page) -> str:
    """How much of the answer is covered by what was sent, from the left."""
    return str(page.locator(".stage canvas").last.evaluate("canvas => canvas.style.clipPath"))


def test_the_divider_moves_by_keyboard_and_by_pointer(visit: Visit) -> None:
    page = drawn(visit)
    assert "50%" in hidden(page)
    slider = page.get_by_label("Before, and after")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert "51%" in hidden(page)
    page.keyboard.press("Home")
    assert "100%" not in hidden(page)
    expect(slider).to_have_attribute("aria-valuetext", "the answer covers 100 percent, from the right")
    box = page.locator(".stage").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 10)
    page.mouse.up()
    assert "80%" in hidden(page)
    expect(slider).to_have_value("80")


def test_both_are_said_and_the_answer_is_a_file_to_keep(visit: Visit) -> None:
    page = drawn(visit)
    expect(page.locator("#outcome")).to_have_text("A picture of 240 × 164 pixels, made from one of 120 × 82.")
    expect(page.locator(".stage canvas")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the picture").click()
    expected = ROOT / "assets" / ASSET / "samples" / "chelsea.expected.png"
    with open(download.value.path(), "rb") as file:
        assert file.read(8) == expected.read_bytes()[:8]


def test_a_file_that_the_browser_cannot_read_leaves_the_answer_alone_on_the_stage(visit: Visit) -> None:
    task, _, answer, labels = first_sample(ASSET)
    page = pretended(visit, task, answer, labels)
    ask(visit, "odd.tif", b"II*\x00odd")
    expect(page.get_by_text("This browser can't show this kind of file")).to_be_visible()
    expect(page.locator(".stage canvas")).to_have_count(1)
    assert hidden(page) == ""
