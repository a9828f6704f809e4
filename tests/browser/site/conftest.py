"""A real Chromium in front of the whole site, made up, as `modelyard site --serve` shows it.

Every test also holds the pages to this: no error on the console, no breach of their Content-Security-Policy, no request
to another host.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from tests.catalog.site import made_up

from modelyard.catalog.progress import Progress
from modelyard.catalog.site.show import Show
from modelyard.catalog.workspace import Workspace

DESKTOP = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
_MISSING = re.compile(r"Failed to load resource: the server responded with a status of 404")


@dataclass
class Reader:
    """Somebody who reads the site, and what went wrong meanwhile.

    Attributes:
        page: The browser's.
        address: Where the site is.
        strays: Whether pages are asked for that aren't there.
    """

    page: Page
    address: str
    strays: bool = False
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Opens a page of the site."""
        self.page.goto(f"{self.address}/{path}")
        return self.page

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (self.strays and _MISSING.search(message.text)):
            self.problems.append(f"{self.page.url}: {message.type}: {message.text}")

    def asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.problems.append(f"{self.page.url}: asked another host: {request.url}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("shown")
    made_up.write(folder, made_up.given())
    return folder


@pytest.fixture(scope="session")
def address(site: Path) -> str:
    """Where it is shown; a thread that ends with the tests serves it."""
    heard: list[str] = []
    there = threading.Event()

    def told(address: str) -> None:
        heard.append(address.rstrip("/"))
        there.set()

    show = Show(Workspace(made_up.ROOT), site, Progress(), every=math.inf)
    threading.Thread(target=show.serve, args=(0, told), daemon=True).start()
    assert there.wait(30)
    return heard[0]


@pytest.fixture
def reader_with(browser: Browser, address: str) -> Iterator[Callable[..., Reader]]:
    """Gives a reader with a browser of their own kind: keywords are Playwright's, such as `color_scheme`."""
    readers: list[Reader] = []

    def make(**kind: Any) -> Reader:
        context = browser.new_context(**{**DESKTOP, **kind})
        context.set_default_timeout(20_000)
        reader = Reader(context.new_page(), address)
        reader.page.on("console", reader.heard)
        reader.page.on("pageerror", lambda error: reader.problems.append(f"uncaught: {error}"))
        reader.page.on("request", reader.asked)
        readers.append(reader)
        return reader

    yield make
    for reader in readers:
        reader.page.context.close()
    assert not [problem for reader in readers for problem in reader.problems]


@pytest.fixture
def reader(reader_with: Callable[..., Reader]) -> Reader:
    """Somebody at a desktop."""
    return reader_with()
