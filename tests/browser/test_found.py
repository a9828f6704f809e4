"""Things found on a picture are listed beside it, shown one alone, and read by pointing or with the arrow keys."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import PIL.Image
import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_drawings import ask, pretended

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

FACES = [
    {"label_id": "0", "label": "face", "probability": 0.92, "detection_box": [0.1, 0.1, 0.5, 0.3]},
    {"label_id": "0", "label": "face", "probability": 0.61, "detection_box": [0.4, 0.6, 0.8, 0.9]},
]
PEOPLE = [
    {
        "human_id": 0,
        "score": 0.75,
        "pose_lines": [{"line": [200, 150, 200, 200]}],
        "body_parts": [
            {"part_id": 0, "part_name": "Nose", "score": 0.75, "x": 200, "y": 150},
            {"part_id": 1, "part_name": "Neck", "score": 0.75, "x": 200, "y": 200},
        ],
    }
]


def photo(width: int = 400, height: int = 300) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (width, height), "gray").save(file, "PNG")
    return file.getvalue()


def painted(page: Page) -> int:
    """Pixels of the layer above the picture that are not clear."""
    count: int = page.evaluate(
        """() => {
          const canvas = document.querySelector("#drawing canvas.mask");
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, at) => at % 4 === 3 && value > 0).length;
        }"""
    )
    return count


def shown(visit: Visit, task: str, predictions: list[dict[str, Any]]) -> Page:
    page = pretended(visit, task, {"predictions": predictions}, [])
    ask(visit, "photo.png", photo())
    return page


def test_one_of_several_is_shown_alone_and_all_again(visit: Visit) -> None:
    page = shown(visit, "object-detection", FACES)
    expect(page.locator("#outcome")).to_have_text("Found: 2 × face.")
    both = painted(page)
    second = page.get_by_role("button", name="face 2")
    second.click()
    expect(second).to_have_attribute("aria-pressed", "true")
    assert 0 < painted(page) < both
    expect(page.locator(".tag:visible")).to_have_text(["face 2"])
    second.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "false")
    assert painted(page) == both


def test_a_place_is_read_by_pointing_at_it(visit: Visit) -> None:
    page = shown(visit, "object-detection", FACES)
    stage = page.locator(".stage")
    box = stage.bounding_box()
    assert box
    stage.hover(position={"x": 0.2 * box["width"], "y": 0.3 * box["height"]})
    expect(page.locator(".reading strong")).to_have_text("face 1, 92.0%")
    stage.hover(position={"x": 0.45 * box["width"], "y": 0.95 * box["height"]})
    expect(page.locator(".reading strong")).to_have_text("nothing found here")


def test_a_place_is_read_with_the_keyboard(visit: Visit) -> None:
    page = shown(visit, "human-pose-estimation", PEOPLE)
    expect(page.locator("#outcome")).to_have_text("One person, with 2 parts.")
    page.locator("#drawing button").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".reading strong")).to_have_text("Nose of person 0, 75%")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".reading strong")).to_have_text("Neck of person 0, 75%")


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("object-detection", "Nothing was found in the picture."),
        ("human-pose-estimation", "Nobody was found in the picture."),
    ],
)
def test_nothing_found_is_said(visit: Visit, task: str, said: str) -> None:
    page = shown(visit, task, [])
    expect(page.locator("#outcome")).to_have_text(said)
    assert painted(page) == 0
