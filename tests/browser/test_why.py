"""People can ask why the model answers so, where it can say."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import PIL.Image
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]


def picture() -> str:
    file = io.BytesIO()
    PIL.Image.new("RGB", (40, 30), "orange").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_what_counts_is_drawn_and_said(visit: Visit) -> None:
    page = visit.pretend()
    answer = {"status": "ok", "target": "cat", "summary": ["top, left: 60%"], "queries": 256, "picture": picture()}
    page.route("**/model/explain", lambda route: route.fulfill(json=answer))
    visit.sample("chelsea")

    page.get_by_role("button", name="Why?").click()

    image = page.get_by_role("img", name="What counts for cat: top, left: 60%")
    expect(image).to_be_visible()
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") == 40
    visit.sample("brick")
    expect(image).to_have_count(0)


def test_why_it_cannot_say_is_said(visit: Visit) -> None:
    visit.refusals = True
    page = visit.pretend()
    refusal = {"status": "error", "message": "another explanation is being made"}
    page.route("**/model/explain", lambda route: route.fulfill(status=503, json=refusal))
    visit.sample("chelsea")

    page.get_by_role("button", name="Why?").click()

    expect(page.get_by_text("another explanation is being made")).to_be_visible()


def test_where_nothing_can_be_explained_nobody_is_offered_it(visit: Visit) -> None:
    page = visit.pretend(explained=False)
    visit.sample("chelsea")
    expect(page.get_by_role("button", name="Why?")).to_have_count(0)
