"""Every task's answers are drawn: of the documented example, and of a real sample of every asset."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.conftest import ROOT

from modelyard import tasks
from modelyard.catalog.workspace import Workspace
from modelyard.serving.encode import to_json
from modelyard.serving.routes.page import kind_of
from modelyard.serving.served import read_labels

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

WORKSPACE = Workspace(ROOT)
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 740}, "is_mobile": True, "has_touch": True}


def pretended(visit: Visit, task_name: str, answer: dict[str, Any], labels: list[str]) -> Page:
    """The page of a model of that task, which always gives that answer."""
    task = tasks.load(task_name)
    taken = {
        "kind": kind_of(task.input),
        "field": task.input.field,
        "media_types": list(task.input.media_types),
        "max_bytes": 30_000_000,
    }
    return visit.pretend(
        {"status": "ok", **answer}, input=taken, labels=labels, samples=[], parameters=[],
        task={"name": task.name, "title": task.title}, drawing=f"drawing/{task.name}.js",
    )  # fmt: skip


def ask(visit: Visit, name: str, data: bytes) -> None:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    visit.page.locator("#file").set_input_files({"name": name, "mimeType": media_type, "buffer": data})
    visit.answered()


def assert_drawn(page: Page) -> None:
    expect(page.locator("#outcome")).not_to_be_empty()
    expect(page.locator("#outcome")).not_to_contain_text("can't be drawn")
    assert page.locator("#drawing").inner_html()
    page.wait_for_timeout(300)  # colours in transition have another contrast
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def first_sample(asset_name: str) -> tuple[str, bytes, dict[str, Any], list[str]]:
    """The task, the input, the expected answer and the labels of an asset's first sample."""
    asset, folder = WORKSPACE.asset(asset_name), WORKSPACE.folder(asset_name)
    task = tasks.load(asset.task)
    sample = next(one for one in asset.samples if one.expected)
    assert sample.expected
    answer = json.loads(to_json(task.encode(task.read(folder / sample.expected))))
    return asset.task, (folder / sample.input).read_bytes(), answer, list(read_labels(folder, asset))


@pytest.mark.parametrize("name", WORKSPACE.asset_names())
def test_the_answer_to_a_real_sample_is_drawn(visit: Visit, name: str) -> None:
    task, data, answer, labels = first_sample(name)
    page = pretended(visit, task, answer, labels)
    ask(visit, WORKSPACE.asset(name).samples[0].name, data)
    assert_drawn(page)


@pytest.mark.parametrize("name", tasks.names())
def test_the_documented_answer_is_drawn_whatever_was_sent(visit: Visit, name: str) -> None:
    """An input that the browser can't read is no reason to show nothing."""
    answer = {field: said["example"] for field, said in tasks.load(name).schema.items()}
    page = pretended(visit, name, answer, [])
    ask(visit, "unreadable.bin", b"\x00\x01\x02\x03")
    assert_drawn(page)


@pytest.mark.parametrize("name", WORKSPACE.asset_names())
def test_an_answer_fits_on_a_phone(visit_with: Callable[..., Visit], name: str) -> None:
    visit = visit_with(**PHONE)
    task, data, answer, labels = first_sample(name)
    page = pretended(visit, task, answer, labels)
    ask(visit, WORKSPACE.asset(name).samples[0].name, data)
    expect(page.locator("#outcome")).not_to_contain_text("can't be drawn")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
