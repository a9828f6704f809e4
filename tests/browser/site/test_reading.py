"""Reading the site: by the keyboard alone, copying what is to be typed, and where there is no such page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect
from tests.browser.site.conftest import PHONE, Reader

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """What has the focus, in words."""
    return str(page.evaluate("(document.activeElement.textContent || '').trim()"))


def test_by_keyboard_the_content_is_two_keys_away(reader: Reader) -> None:
    page = reader.open("docs/run-a-catalog.html")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_by_keyboard_one_gets_from_a_document_to_the_next(reader: Reader) -> None:
    page = reader.open("docs/ci.html")
    page.get_by_role("link", name="Next").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Documents").locator("[aria-current]")).to_have_text("Publish the site")


def test_by_keyboard_code_is_copied_and_said_to_be(reader: Reader) -> None:
    page = reader.open("docs/run-a-model.html")
    button = page.get_by_role("button", name="Copy").first
    button.focus()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]").first).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "docker run --rm -p 127.0.0.1:5001:5000 127.0.0.1:5000/modelyard/image-segmenter"


def test_the_contents_of_a_document_are_open_where_there_is_room(reader_with: Callable[..., Reader]) -> None:
    wide, narrow = reader_with().open("docs/run-a-catalog.html"), reader_with(**PHONE).open("docs/run-a-catalog.html")
    expect(wide.get_by_role("link", name="Go back", exact=True)).to_be_visible()
    expect(narrow.get_by_role("link", name="Go back", exact=True)).not_to_be_visible()
    narrow.get_by_text("On this page").click()
    narrow.get_by_role("link", name="Go back", exact=True).click()
    expect(narrow.locator("h2#go-back")).to_be_in_viewport()


def test_the_entry_of_where_one_is_is_marked(reader: Reader) -> None:
    page = reader.open("docs/ci.html")
    expect(page.get_by_role("navigation", name="Catalog").locator("[aria-current]")).to_have_text("Docs")


@pytest.mark.parametrize("path", ["nothing.html", "models/nothing.html", "a/b/c/"])
def test_where_there_is_no_page_links_and_styles_hold_at_any_depth(reader: Reader, path: str) -> None:
    reader.strays = True
    page = reader.open(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
    page.get_by_role("navigation", name="Catalog").get_by_role("link", name="Docs").click()
    expect(page).to_have_title("Documentation · Some Catalog")


def test_pages_are_served_with_headers_that_keep_them_to_themselves(address: str) -> None:
    answer = requests.get(f"{address}/docs/ci.html", timeout=30)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert requests.get(f"{address}/docs/nothing.html", timeout=30).status_code == 404
