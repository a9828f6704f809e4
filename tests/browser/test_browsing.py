"""The first page and the comparison in a real Chromium: searched, narrowed down, with the keyboard, without scripts."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.catalog.records.memory import MemoryRegistry
from tests.catalog.site import made

from modelyard.manifest.catalog import Withdrawn

pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of some models, a hostile one among them."""
    folder, memory = tmp_path_factory.mktemp("site"), MemoryRegistry()
    said = {
        "cat-finder": made.described("Cat Finder", labels=["tabby cat", "tiger"]),
        "bird-caller": made.described("Bird Caller", "audio-classification", domain="Audio", license="MIT"),
        "whale-caller": made.described("Whale Caller", "audio-classification", domain="Audio"),
        "evil-twin": made.described("<img src=x onerror=alert(1)>", license="</script>", summary="<b>bold</b>"),
        "old-timer": made.described("Old Timer"),
    }
    for name in said:
        memory.publish(name, "1.0.0", "2026-01-01T00:00:00Z", made.quality(name, "1.0.0", 0.8))
    memory.publish("cat-finder", "1.1.0", "2026-01-02T00:00:00Z", made.quality("cat-finder", "1.1.0", 0.9), moved=0.1)
    whole, assets = made.catalog(memory, said, {"old-timer": Withdrawn(why="it is late")})
    made.write(folder, whole, assets)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the site; at the end nothing may have gone wrong on it."""
    problems: list[str] = []
    contexts = []

    def at(path: str, **kind: Any) -> Page:
        context = browser.new_context(**kind)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{site}/{path}")
        return page

    yield at
    for context in contexts:
        context.close()
    assert not problems


def titles(page: Page) -> list[str]:
    return page.locator("#found-cards h3").all_inner_texts()


def found(page: Page, said: str) -> None:
    expect(page.locator("#found-heading")).to_have_text(said)


def test_a_typo_is_forgiven_and_labels_are_searched(opened: Callable[..., Page]) -> None:
    page = opened("index.html")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("findr")
    found(page, "1 of 5 models")
    assert titles(page) == ["Cat Finder"]
    page.locator("#q").fill("tigre")
    found(page, "1 of 5 models")
    page.locator("#q").fill("nothing of the kind")
    expect(page.locator("#found-heading")).to_contain_text("No model is like that")
    page.locator("#q").fill("")
    expect(page.locator("#all")).to_be_visible()


def test_facets_narrow_down_together_and_stand_in_the_address(opened: Callable[..., Page]) -> None:
    page = opened("index.html")
    page.get_by_label("Audio Classification").check()
    found(page, "2 of 5 models")
    page.get_by_label("MIT").check()
    found(page, "1 of 5 models")
    assert page.url.endswith("index.html?task=audio-classification&license=mit")
    # What would show nothing can't be chosen, and a choice beside it tells what it would show.
    expect(page.get_by_label("Image Classification")).to_be_disabled()
    expect(page.locator("label", has_text="Apache-2.0").locator(".n")).to_have_text("1")
    page.go_back()
    found(page, "2 of 5 models")
    expect(page.get_by_label("MIT")).not_to_be_checked()
    page.go_back()
    expect(page.locator("#all")).to_be_visible()
    page.go_forward()
    page.reload()
    found(page, "2 of 5 models")
    page.get_by_role("button", name="Without Task: Audio Classification").click()
    expect(page.locator("#all")).to_be_visible()


def test_the_keyboard_is_enough(opened: Callable[..., Page]) -> None:
    page = opened("index.html")
    page.keyboard.press("/")
    page.keyboard.type("caller")
    found(page, "2 of 5 models")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found-cards h3 a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/*-caller.html")


def test_what_a_model_is_called_is_never_markup(opened: Callable[..., Page]) -> None:
    page = opened("index.html?q=onerror")
    found(page, "1 of 5 models")
    assert titles(page) == ["<img src=x onerror=alert(1)>"]
    assert page.locator("#found-cards b b, #found-cards .said b").count() == 0
    page = opened("compare.html?a=evil-twin&b=cat-finder")
    expect(page.locator("#compared thead")).to_contain_text("<img src=x onerror=alert(1)>")


def test_any_two_are_compared(opened: Callable[..., Page]) -> None:
    page = opened("compare.html?a=cat-finder")
    row = page.locator("#compared tr", has_text="accuracy").first
    expect(row).to_have_text(
        "accuracy0.8000 (0.7800 to 0.8200)0.9000 (0.8800 to 0.9200)+0.1000 (+0.0800 to +0.1100, 90 %)"
    )
    address = page.url
    assert "a=cat-finder%40sha256%3A" in address
    page.locator("input[name=b]").fill("bird-caller")
    page.locator("input[name=b]").press("Tab")
    expect(page.locator("#told")).to_have_text("cat-finder 1.0.0 and bird-caller 1.0.0, side by side.")
    page.goto(address)
    expect(page.locator("#told")).to_have_text("cat-finder 1.0.0 and cat-finder 1.1.0, side by side.")


def test_without_scripts_every_model_is_found_and_compared(opened: Callable[..., Page]) -> None:
    page = opened("index.html", java_script_enabled=False)
    expect(page.locator("#search")).to_be_hidden()
    expect(page.locator("#facets")).to_be_hidden()
    page.get_by_role("link", name="Audio Classification").click()
    assert page.locator(".plain h2").all_inner_texts() == ["Bird Caller", "Whale Caller"]
    page.get_by_role("link", name="Changes").click()
    page.get_by_role("link", name="compare", exact=True).first.click()
    expect(page.locator(".beside tr", has_text="accuracy").first).to_contain_text("+0.1000")


def test_the_site_is_searched_where_no_server_is(browser: Browser, tmp_path: Path) -> None:
    memory = MemoryRegistry()
    whole, assets = made.catalog(memory, {"cat-finder": made.described("Cat Finder")})
    made.write(tmp_path, whole, assets)
    page = browser.new_page()
    page.goto(f"{(tmp_path / 'index.html').as_uri()}?q=cta")
    expect(page.locator("#found-heading")).to_contain_text("No model is like that")
    page.locator("#q").fill("catt")
    expect(page.locator("#found-heading")).to_have_text("1 of 1 models")
    page.close()
