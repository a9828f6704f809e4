"""The ways in: dropping, choosing, pasting, typing, recording; and the parameters."""

from __future__ import annotations

import base64
import io
import re
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

SAMPLES = Path(__file__).parents[2] / "assets/image-segmenter/samples"
OK = {"status": "ok", "predictions": []}
PARAMETERS = [
    {"name": "top", "type": "integer", "description": "How many.", "default": 5, "minimum": 1, "maximum": 20},
    {"name": "threshold", "type": "number", "description": "Least.", "default": 0.1, "minimum": 0, "maximum": 1},
    {"name": "scale", "type": "number", "description": "Unbounded.", "default": 1.5},
    {"name": "language", "type": "string", "description": "Of labels.", "default": "en", "enum": ["en", "fr"]},
    {"name": "crop", "type": "boolean", "description": "To a square.", "default": True},
    {"name": "note", "type": "string", "description": "", "default": ""},
]


def hand_over(page: Page, event: str, file: Path, media_type: str) -> None:
    """Does to the page what dropping or pasting a file does."""
    encoded = base64.b64encode(file.read_bytes()).decode()
    page.evaluate(
        """([event, name, type, encoded]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0))], name, { type }));
          const more = { bubbles: true, cancelable: true };
          const pasted = new ClipboardEvent("paste", { clipboardData: data, ...more });
          if (event === "paste") document.body.dispatchEvent(pasted);
          else for (const one of ["dragenter", "dragover", "drop"]) {
            document.querySelector("#drop").dispatchEvent(new DragEvent(one, { dataTransfer: data, ...more }));
          }
        }""",
        [event, file.name, media_type, encoded],
    )


def sent(body: bytes | None) -> dict[str, str]:
    """The text fields of a multipart request."""
    assert body is not None
    return dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n', body.decode("latin-1")))


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_dropped_or_pasted_picture_is_answered(visit: Visit, event: str) -> None:
    page = visit.open()
    hand_over(page, event, SAMPLES / "chelsea.png", "image/png")
    visit.answered()
    expect(page.locator(".legend button").first).to_contain_text("cat")
    expect(page.locator("#chosen")).to_have_text(re.compile("chelsea.png 247 kB"))
    expect(page.locator("#curl")).to_contain_text("curl -F image=@chelsea.png http")
    expect(page.locator("#drop")).not_to_have_class(re.compile("over"))


def test_a_chosen_picture_is_answered_and_can_be_chosen_again(visit: Visit) -> None:
    page = visit.open()
    for _ in range(2):
        with page.expect_request("**/model/predict"):
            page.set_input_files("#file", SAMPLES / "astronaut.jpg")
        visit.answered()
    expect(page.locator(".legend button").first).to_contain_text("person")


def test_a_file_beyond_the_limit_is_not_even_sent(visit: Visit) -> None:
    limits = {"kind": "image", "field": "image", "media_types": ["image/png"], "max_bytes": 100_000}
    page = visit.pretend(input=limits)
    page.set_input_files("#file", SAMPLES / "chelsea.png")
    expect(page.get_by_role("alert")).to_contain_text("The file has 247 kB: this container reads at most 100 kB.")
    assert not [url for url in visit.asked if url.endswith("/model/predict")]


def test_parameters_are_controls_and_only_what_differs_is_sent(visit: Visit) -> None:
    page = visit.pretend(OK, parameters=PARAMETERS, drawing="drawing/json.js")
    with page.expect_request("**/model/predict") as first:
        visit.sample("chelsea")
    assert sent(first.value.post_data_buffer) == {}
    slider = page.get_by_label("threshold, slider")
    assert slider.get_attribute("step") == "0.01"
    with page.expect_request("**/model/predict") as second:
        slider.fill("0.25")
        slider.dispatch_event("change")
    assert sent(second.value.post_data_buffer) == {"threshold": "0.25"}
    expect(page.get_by_label("threshold", exact=True)).to_have_value("0.25")
    page.get_by_label("crop").uncheck()
    page.get_by_label("top", exact=True).fill("7")
    page.keyboard.press("Tab")
    expect(page.get_by_label("top, slider")).to_have_value("7")
    with page.expect_request("**/model/predict") as third:
        page.get_by_label("language").select_option("fr")
    changed = {"threshold": "0.25", "crop": "false", "top": "7", "language": "fr"}
    assert sent(third.value.post_data_buffer) == changed
    for name, value in changed.items():
        expect(page.locator("#curl")).to_contain_text(f"-F {name}={value}")
    with page.expect_request("**/model/predict") as last:
        page.get_by_role("button", name="Back to the defaults").click()
    assert sent(last.value.post_data_buffer) == {}


def test_a_sample_brings_its_parameters_along(visit: Visit) -> None:
    about = {"license": "CC0-1.0", "origin": "here", "preview": True}
    samples = [{"name": "chelsea.png", "parameters": {"top": 3, "crop": False}, **about}]
    page = visit.pretend(OK, parameters=PARAMETERS, samples=samples, drawing="drawing/json.js")
    with page.expect_request("**/model/predict") as request:
        visit.sample("chelsea")
    assert sent(request.value.post_data_buffer) == {"top": "3", "crop": "false"}


def test_a_text_model_takes_what_is_typed(visit: Visit) -> None:
    kind = {"kind": "text", "field": "text", "media_types": ["text/plain"], "max_bytes": 1000}
    page = visit.pretend(OK, input=kind, samples=[], drawing="drawing/json.js")
    page.get_by_label("Text", exact=True).fill("It's fine; isn't it?")
    with page.expect_request("**/model/predict") as request:
        page.keyboard.press("Control+Enter")
    visit.answered()
    assert b"It's fine; isn't it?" in (request.value.post_data_buffer or b"")
    expect(page.locator("#curl")).to_contain_text(r"printf %s 'It'\''s fine; isn'\''t it?'")
    with page.expect_request("**/model/predict"):
        page.get_by_role("button", name="Ask").click()
    page.set_input_files("#file", SAMPLES / "notes.txt")
    expect(page.get_by_label("Text", exact=True)).to_have_value((SAMPLES / "notes.txt").read_text())


def test_an_audio_model_takes_what_the_microphone_hears_as_wav(visit: Visit) -> None:
    kind: dict[str, Any] = {"kind": "audio", "field": "audio", "media_types": ["audio/wav"], "max_bytes": 10_000_000}
    page = visit.pretend(OK, input=kind, samples=[], drawing="drawing/json.js")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("button", name="Stop and ask")).to_be_visible()
    page.wait_for_timeout(1200)
    with page.expect_request("**/model/predict") as request:
        page.get_by_role("button", name="Stop and ask").click()
    body = request.value.post_data_buffer or b""
    with wave.open(io.BytesIO(body[body.index(b"RIFF") :])) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert sound.getnframes() > sound.getframerate() / 2
        assert any(sound.readframes(sound.getnframes())), "the fake microphone beeps"
    visit.answered()
    expect(page.locator("#listen")).to_be_visible()
