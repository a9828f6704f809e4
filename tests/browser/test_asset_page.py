"""The catalog's page of an asset, on an origin of its own, beside a container of the reader's."""

from __future__ import annotations

import base64
import functools
import io
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import PIL.Image
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.catalog.records.memory import MemoryRegistry
from tests.catalog.site.test_pages import STAMP, TEMPLATES, known
from tests.catalog.site.test_sections import measured

from modelyard.catalog.records.gallery import Gallery, Picture, Shown
from modelyard.catalog.site import composing, pages, pictures, render
from modelyard.catalog.site.model import File
from modelyard.catalog.site.pages import Beside

pytestmark = [pytest.mark.browser, pytest.mark.network]

ADDRESS = "Address of the container"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, without its ending."""
    folder = tmp_path_factory.mktemp("site")
    memory = MemoryRegistry()
    memory.publish("some-model", "1.0.0", "2026-01-01T00:00:00+00:00", measured())
    memory.publish("some-model", "1.1.0", "2026-01-02T00:00:00+00:00", measured())
    shown = [*pictures.samples(Gallery(name="some-model", version="1.1.0", shown=[_shown()]))]
    asset = composing.compose(known(memory), [sample for sample, _ in shown], STAMP)
    made = [*pages.of_asset(asset, Beside(lambda _digest: None)), *(file for _, files in shown for file in files)]
    for one in made:
        (folder / one.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / one.path).write_bytes(one.content if isinstance(one, File) else TEMPLATES.render(one, STAMP))
    render.static(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/models/some-model"
    server.shutdown()
    server.server_close()


def _shown() -> Shown:
    file = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "teal").save(file, "WEBP")
    picture = Picture(media_type="image/webp", width=40, height=30, data=base64.b64encode(file.getvalue()).decode())
    return Shown(
        name="chelsea.png", parameters={}, license="CC0-1.0", origin="Drawn", media_type="image/png", preview=picture,
        said="a cat", answer={"cat": "<b>"}, picture=picture,
    )  # fmt: skip


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """The page; nothing that it does may be against its policy."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    page.goto(f"{site}.html")
    yield page
    context.close()
    problems = [one for one in said if "Content Security Policy" in one or one.startswith("uncaught")]
    assert not problems


def connect(page: Page, address: str) -> None:
    page.get_by_label(ADDRESS).fill(address)
    page.get_by_role("button", name="Connect").click()


def test_a_line_is_copied_as_it_stands(page: Page) -> None:
    page.get_by_role("button", name="Copy: Ask it").click()
    expect(page.get_by_role("button", name="Copy: Ask it")).to_have_text("Copied")
    assert "curl -F image=@chelsea.png" in page.evaluate("navigator.clipboard.readText()")


def test_an_answer_s_json_is_seen_by_keyboard_and_is_text(page: Page) -> None:
    answer = page.get_by_role("group", name="Answer to chelsea.png")
    expect(answer.locator("pre")).to_be_hidden()
    answer.focus()
    expect(answer.locator("pre")).to_contain_text('"cat": "<b>"')
    expect(answer.locator("pre")).to_be_visible()


def test_a_container_of_the_reader_s_own_is_asked_and_its_answer_drawn(page: Page, open_server: str) -> None:
    connect(page, f"{open_server}/app")
    expect(page.locator("#hindrance")).to_contain_text("runs Image Segmenter, another model")
    page.get_by_role("button", name="chelsea.png", exact=True).click()
    page.wait_for_selector("#answer:not([aria-busy]) #timing strong")
    expect(page.locator("#outcome")).to_contain_text("cat")
    assert page.locator("#drawing canvas").count() > 0
    assert page.locator("#samples img").first.get_attribute("src", timeout=5_000).startswith("blob:")  # type: ignore[union-attr]
    page.reload()
    expect(page.get_by_label(ADDRESS)).to_have_value(f"{open_server}/")


def test_a_container_that_lets_no_page_ask_it_is_told_from_one_that_is_not_there(page: Page, server: str) -> None:
    connect(page, server)
    expect(page.get_by_role("alert").first).to_contain_text("CORS_ENABLE=true")
    connect(page, "http://127.0.0.1:9/")
    expect(page.get_by_role("alert").first).to_contain_text("Nothing answers there")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://192.168.0.9:5001/", "ssh -L 5001:127.0.0.1:5001 192.168.0.9"),
        ("ftp://127.0.0.1/", "behind https only"),
        ("http://name:word@127.0.0.1/", "Leave the name and the password out"),
    ],
)
def test_an_address_that_can_t_be_asked_is_told_why(page: Page, address: str, said: str) -> None:
    connect(page, address)
    expect(page.get_by_role("alert").first).to_contain_text(said)


def test_the_page_is_for_everyone(page: Page) -> None:
    for fold in page.locator("details").all():
        fold.evaluate("one => (one.open = true)")
    page.wait_for_timeout(300)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_the_page_says_all_but_the_trying(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}.html")
    expect(page.get_by_role("region", name="Run it")).to_contain_text("docker run")
    expect(page.get_by_text("Trying it here needs JavaScript.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Copy|Connect"))).to_have_count(0)
    context.close()
