"""Every page, for everybody: light and dark, on a desktop, a phone and on paper; hostile texts are texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.browser.site.conftest import DESKTOP, PHONE, Reader

pytestmark = pytest.mark.browser

_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_ALIKE = ("docs/", "models/", "compare/", "lists/")
"""Folders whose pages are of one kind: axe looks at some of them in every way, and at the others in one."""
_OFTEN = {
    "docs/index.html",
    "docs/odd.html",
    "docs/run-a-catalog.html",
    "models/fine.html",
    "models/hostile.html",
    "compare/fine.html",
    "lists/domain-vision.html",
}


@pytest.fixture(scope="session")
def paths(site: Path) -> Sequence[str]:
    """Every page."""
    return sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))


def faults(page: Page) -> list[str]:
    """What axe-core finds, with every rule that it has switched on, and with that for what is pressed."""
    # To tell where all that is right stands would take most of the time.
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url}: {one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]


@pytest.mark.parametrize(
    "kind",
    [{**DESKTOP, "color_scheme": "light"}, {**PHONE, "color_scheme": "dark"},
     {**DESKTOP, "color_scheme": "dark"}, {**PHONE, "color_scheme": "light"}],
    ids=["desktop, light", "phone, dark", "desktop, dark", "phone, light"],
)  # fmt: skip
def test_axe_finds_no_fault(
    reader_with: Callable[..., Reader], paths: Sequence[str], kind: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    # Text that fades in has too little contrast while it does.
    reader = reader_with(**kind, reduced_motion="reduce")
    all_of_them = "desktop, light" in request.node.name
    found = []
    for path in paths:
        if all_of_them or path in _OFTEN or not path.startswith(_ALIKE):
            found += faults(reader.open(path))
    assert not found


def test_nothing_is_wider_than_a_phone(reader_with: Callable[..., Reader], paths: Sequence[str]) -> None:
    reader = reader_with(**PHONE)
    assert not [path for path in paths if reader.open(path).evaluate(_WIDER)]


def test_every_page_can_be_read_without_scripts(reader_with: Callable[..., Reader], paths: Sequence[str]) -> None:
    reader = reader_with(java_script_enabled=False)
    for path in paths:
        if path in _OFTEN or not path.startswith(_ALIKE):
            assert reader.open(path).locator("main h1").inner_text().strip()


@pytest.mark.parametrize("path", ["index.html", "models/hostile.html", "status.html", "docs/odd.html"])
def test_hostile_texts_are_shown_and_not_run(reader: Reader, path: str) -> None:
    page = reader.open(path)
    assert page.title() != "taken"
    assert "<script>document.title" in page.locator("main").inner_text()
    assert page.locator("[onerror]").count() == 0


@pytest.mark.parametrize("path", ["index.html", "models/fine.html", "docs/run-a-catalog.html"])
def test_on_paper_there_is_ink_and_no_navigation(reader: Reader, path: str) -> None:
    page = reader.open(path)
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("header nav").is_visible()
    assert not page.locator("button").first.is_visible()
    ink, paper = page.evaluate("[getComputedStyle(document.querySelector('h1')).color, "
                               "getComputedStyle(document.documentElement).backgroundColor]")  # fmt: skip
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    assert len(page.pdf()) > 10_000


def test_where_more_contrast_is_wanted_lines_are_darker(reader_with: Callable[..., Reader]) -> None:
    colours = [
        reader_with(contrast=wanted).open("models/fine.html").evaluate(
            "getComputedStyle(document.documentElement).getPropertyValue('--soft')"
        )
        for wanted in ("no-preference", "more")
    ]  # fmt: skip
    assert colours[0] != colours[1]


def test_nothing_moves_for_those_who_don_t_want_it(reader_with: Callable[..., Reader]) -> None:
    page = reader_with(reduced_motion="reduce").open("index.html")
    moving = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s').length"
    assert page.evaluate(moving) == 0
