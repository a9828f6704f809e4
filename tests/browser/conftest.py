"""A real Chromium in front of a real server with the real image segmenter, in processes of this machine.

Every test also holds the page to this: no error on the console, no breach of its Content-Security-Policy,
no request to another host.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect, sync_playwright

from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import find

ROOT = Path(__file__).parents[2]
NAME = "image-segmenter"
SAMPLES = ROOT / "assets" / NAME / "samples"
PLAIN_HOST = "container.test"
"""Leads to this machine; unlike 127.0.0.1, browsers don't trust it: no clipboard, no microphone."""
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync", "--no-proxy-server", f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
# Chromium writes a line of its own for an answer of 400 and above: no fault of the page's.
_REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a Chromium; scripts/browser finds or installs one")


@dataclass
class Visit:
    """A page that is open, and what went wrong on it.

    Attributes:
        server: Its address as this process knows it.
        address: Its address as the browser is told.
        refusals: Whether the test provokes answers of 400 and above, or none at all.
        asked: Every address that the page asked for.
    """

    page: Page
    server: str
    address: str
    refusals: bool = False
    problems: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if self.refusals and (_REFUSAL.search(message.text) or "net::ERR_FAILED" in message.text):
            return
        self.problems.append(f"{message.type}: {message.text}")

    def open(self) -> Page:
        """Opens the page, and waits until it knows its model."""
        self.page.goto(f"{self.address}/app")
        expect(self.page).to_have_title(re.compile("· Try it$"))
        return self.page

    def pretend(self, answer: dict[str, Any] | None = None, **model: Any) -> Page:
        """Opens the page as if the server had another model, and that one gave this answer."""

        def described(route: Route) -> None:
            route.fulfill(json={**requests.get(f"{self.server}/app/model.json", timeout=30).json(), **model})

        self.page.route("**/app/model.json", described)
        if answer is not None:
            headers = {"X-Request-Id": "of-this-test"}
            self.page.route("**/model/predict", lambda route: route.fulfill(json=answer, headers=headers))
        return self.open()

    def sample(self, name: str) -> None:
        """Takes a sample, and waits for its answer."""
        self.page.get_by_role("button", name=name).click()
        self.answered()

    def answered(self) -> None:
        """Waits for the answer."""
        self.page.wait_for_selector("#answer:not([aria-busy]) #timing strong")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the segmenter's server."""
    with _serving() as address:
        yield address


@pytest.fixture(scope="session")
def open_server() -> Iterator[str]:
    """The address of another one, which lets pages of other origins ask it."""
    with _serving(CORS_ENABLE="true") as address:
        yield address


@contextmanager
def _serving(**settings: str) -> Iterator[str]:
    workspace = find(ROOT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    local = Local(workspace, open_cache(), Progress())
    with local.prepared(workspace.asset(NAME), "cpu") as (python, environment):
        process = subprocess.Popen(
            [python, "-m", "modelyard.serving", "serve"],
            env={**environment, "HOST": "127.0.0.1", "PORT": str(port), "LOG_LEVEL": "warning", **settings},
            stdin=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _until_ready(process, address)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            if requests.get(f"{address}/health/ready", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server was not ready within 60 s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("there is no chromium here: run scripts/browser, or leave these tests out: -m 'not browser'")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit_with(browser: Browser, server: str) -> Iterator[Callable[..., Visit]]:
    """Gives a page in a browser of its own kind: keywords are Playwright's, such as `color_scheme`."""
    visits: list[Visit] = []

    def make(**kind: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **kind})
        context.set_default_timeout(20_000)
        page = context.new_page()
        visit = Visit(page, server, server)
        page.on("console", visit.heard)
        page.on("pageerror", lambda error: visit.problems.append(f"uncaught: {error}"))
        page.on("request", lambda request: _note(visit, request))
        visits.append(visit)
        return visit

    yield make
    for visit in visits:
        visit.page.context.close()
    for visit in visits:
        assert not visit.problems
        strangers = [url for url in visit.asked if not url.startswith((f"{visit.address}/", f"blob:{visit.address}/"))]
        assert not strangers, "the page asked another host"


def _note(visit: Visit, request: Request) -> None:
    visit.asked.append(request.url)


@pytest.fixture
def visit(visit_with: Callable[..., Visit]) -> Visit:
    """A page on a desktop."""
    return visit_with()
