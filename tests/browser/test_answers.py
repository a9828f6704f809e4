"""What people see of an answer: drawn, as JSON, as a command, or plainly refused."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

SAMPLES = Path(__file__).parents[2] / "assets/image-segmenter/samples"
CLASSES = {
    "status": "ok",
    "predictions": [
        {"label_id": "281", "label": "tabby", "probability": 0.8212},
        {"label_id": "282", "label": "tiger cat", "probability": 0.1291},
        {"label_id": "728", "label": "plastic bag", "probability": 0.00002},
    ],
}
CLASSIFIER = {
    "task": {"name": "image-classification", "title": "Image Classification"},
    "drawing": "drawing/image-classification.js",
}


def coloured(page: Page) -> int:
    """How many pixels of the mask have a colour."""
    return int(
        page.evaluate("""() => {
          const mask = document.querySelector("canvas.mask");
          const copy = new OffscreenCanvas(mask.width, mask.height).getContext("2d", { willReadFrequently: true });
          copy.drawImage(mask, 0, 0);
          const { data } = copy.getImageData(0, 0, mask.width, mask.height);
          const coloured = (at) => data[at + 3] > 0 && new Set(data.slice(at, at + 3)).size > 1;
          let count = 0;
          for (let at = 0; at < data.length; at += 4) count += coloured(at);
          return count;
        }""")
    )


def test_a_sample_is_drawn_with_a_coloured_mask_and_a_legend(visit: Visit) -> None:
    page = visit.open()
    visit.sample("astronaut")
    assert coloured(page) > 100_000
    legend = page.get_by_role("list", name="Classes in the picture")
    expect(legend.get_by_role("button").first).to_have_text(re.compile(r"^person4[0-9]\.\d%$"))
    expect(page.locator(".tag", has_text="person")).to_be_visible()
    expect(page.locator("#outcome")).to_contain_text("person 4")
    expect(page.locator("#timing")).to_have_text(re.compile(r"^[\d,]+ ms · \d+ kB · request [0-9a-f]{32}$"))
    expect(page.get_by_role("button", name="astronaut")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chosen")).to_contain_text("Eileen Collins")


def test_pointing_at_the_picture_reads_the_class_of_that_pixel(visit: Visit, server: str) -> None:
    page = visit.open()
    visit.sample("astronaut")
    box = page.locator(".stage").bounding_box()
    assert box is not None
    with (SAMPLES / "astronaut.jpg").open("rb") as file:
        answer = requests.post(f"{server}/model/predict", files={"image": file}, timeout=30).json()
    labels = [one["name"] for one in requests.get(f"{server}/model/labels", timeout=30).json()["labels"]]
    for x_share, y_share in ((0.45, 0.45), (0.95, 0.05)):
        page.mouse.move(box["x"] + x_share * box["width"], box["y"] + y_share * box["height"])
        read = re.match(
            r"seg_map\[(\d+)\]\[(\d+)\] = (\d+)(\w+)", page.locator(".reading").inner_text().replace("\n", "")
        )
        assert read is not None
        row, column, number = map(int, read.groups()[:3])
        assert abs(column - x_share * 513) < 2
        assert abs(row - y_share * 513) < 2
        assert answer["seg_map"][row][column] == number
        assert read[4] == labels[number]
    expect(page.locator(".legend .at")).to_contain_text("background")


def test_the_legend_shows_one_class_alone_and_the_dials_change_the_mask(visit: Visit) -> None:
    page = visit.open()
    visit.sample("astronaut")
    everything = coloured(page)
    bottle = page.get_by_role("button", name="bottle")
    bottle.click()
    expect(bottle).to_have_attribute("aria-pressed", "true")
    assert 0 < coloured(page) < everything / 10
    bottle.click()
    assert coloured(page) == everything
    page.get_by_label("Opacity of the colours").fill("20")
    assert page.locator(".mask").evaluate("mask => mask.style.opacity") == "0.2"
    plain = page.locator(".mask").evaluate("mask => mask.toDataURL()")
    page.get_by_label("Patterns beside colours").check()
    assert page.locator(".mask").evaluate("mask => mask.toDataURL()") != plain
    page.get_by_label("Names on the picture").uncheck()
    expect(page.locator(".tag").first).to_be_hidden()


def test_a_picture_with_nothing_to_find_says_so(visit: Visit) -> None:
    page = visit.pretend({"status": "ok", "image_size": [3, 2], "seg_map": [[0, 0, 0], [0, 0, 0]]})
    visit.sample("brick")
    expect(page.locator("#outcome")).to_contain_text("Only background")
    expect(page.locator(".legend button")).to_have_count(1)


def test_a_tiff_is_drawn_though_browsers_do_not_know_it(visit: Visit) -> None:
    page = visit.open()
    visit.sample("coffee")
    expect(page.locator(".stage .photo")).to_be_visible()
    page.set_input_files("#file", SAMPLES / "coffee.tif")
    expect(page.get_by_text("This browser can't show this kind of file")).to_be_visible()
    assert coloured(page) > 100_000


def test_the_json_is_shortened_on_the_page_and_whole_in_the_download(visit: Visit) -> None:
    page = visit.open()
    visit.sample("chelsea")
    shown = page.locator("#json-view")
    expect(shown).to_be_hidden()
    page.get_by_text("Answer as JSON").click()
    expect(shown).to_contain_text('"image_size": [513, 341]')
    expect(shown).to_contain_text("… 501 more")
    assert len(shown.inner_text()) < 2_000
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all of it").click()
    assert download.value.suggested_filename == "chelsea.image-segmentation.json"
    whole = json.loads(Path(download.value.path()).read_bytes())
    assert [len(whole["seg_map"]), len(whole["seg_map"][0])] == [341, 513]


def test_the_curl_line_is_this_very_request(visit: Visit) -> None:
    page = visit.open()
    visit.sample("chelsea")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")
    assert line == page.locator("#curl").inner_text()
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, check=True)
    answer = json.loads(done.stdout)
    assert answer["image_size"] == [513, 341]
    assert answer["status"] == "ok"


@pytest.mark.parametrize("name", ["plain.png", 'it\'s; odd, "so" $(touch x) & back\\slash.png'])
def test_the_curl_line_of_a_file_holds_whatever_its_name_is(visit: Visit, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((SAMPLES / "brick.png").read_bytes())
    page = visit.open()
    page.set_input_files("#file", tmp_path / name)
    visit.answered()
    line = page.locator("#curl").inner_text()
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout)["status"] == "ok"
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_text_file_is_refused_in_plain_words_with_the_request_id(visit: Visit) -> None:
    visit.refusals = True
    page = visit.open()
    visit.sample("chelsea")
    page.set_input_files("#file", SAMPLES / "notes.txt")
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("The model can't take this (400)")
    expect(refusal).to_contain_text("this is no picture that can be read")
    expect(refusal).to_contain_text(re.compile(r"Request id [0-9a-f]{32}"))
    expect(page.locator(".mask")).to_have_count(0)
    expect(page.locator("#json-view")).to_contain_text('"status": "error"')
    visit.sample("chelsea")
    expect(refusal).to_be_empty()


def test_a_server_that_is_gone_or_not_ready_is_said_so(visit: Visit) -> None:
    visit.refusals = True
    page = visit.open()
    expect(page.locator("#state")).to_have_text("Ready")
    page.route("**/health/ready", lambda route: route.fulfill(status=503, json={"status": "error"}))
    page.route("**/model/predict", lambda route: route.abort())
    page.get_by_role("button", name="chelsea").click()
    expect(page.get_by_role("alert")).to_contain_text("Is the container still running?")
    expect(page.locator("#state")).to_have_text("Loading or stopping")
    expect(page.locator("#json")).to_be_hidden()


def test_an_overloaded_server_says_when_to_try_again(visit: Visit) -> None:
    visit.refusals = True
    page = visit.open()
    answer = {"status": "error", "message": "too many requests wait", "request_id": "r1"}
    headers = {"Retry-After": "2", "X-Request-Id": "r1"}
    page.route("**/model/predict", lambda route: route.fulfill(status=503, json=answer, headers=headers))
    page.get_by_role("button", name="chelsea").click()
    expect(page.get_by_role("alert")).to_contain_text("The container is busy (503)")
    expect(page.get_by_role("alert")).to_contain_text("Try again in 2 s.")


def test_the_last_question_is_the_one_that_is_answered(visit: Visit) -> None:
    page = visit.open()
    page.evaluate("""() => {
      const fetched = window.fetch;
      let first = true;
      window.fetch = async (...request) => {
        const slow = first && String(request[0]).endsWith("/model/predict");
        if (slow) first = false;
        const answer = await fetched(...request);
        if (slow) await new Promise((done) => setTimeout(done, 1500));
        return answer;
      };
    }""")
    page.get_by_role("button", name="astronaut").click()
    page.wait_for_selector("#answer[aria-busy]")
    visit.sample("chelsea")
    page.wait_for_timeout(2000)
    expect(page.locator("#outcome")).to_contain_text("cat")


def test_classes_are_drawn_as_bars(visit: Visit) -> None:
    page = visit.pretend(CLASSES, **CLASSIFIER)
    visit.sample("chelsea")
    bars = page.get_by_role("list", name="Classes, the likeliest first").get_by_role("listitem")
    expect(bars).to_have_text(["tabby82.1%", "tiger cat12.9%", "plastic bag<0.1%"])
    expect(page.get_by_role("img", name="The picture that was sent")).to_be_visible()
    expect(page.locator("#outcome")).to_have_text("tabby 82.1%, tiger cat 12.9%, plastic bag <0.1%.")
    widths = bars.locator(".share").evaluate_all("all => all.map(one => getComputedStyle(one).backgroundSize)")
    assert len(set(widths)) == 3


def test_a_task_without_a_drawing_shows_its_json(visit: Visit) -> None:
    answer: dict[str, Any] = {"status": "ok", "embedding": [0.5] * 1000, "deep": [[{"a": {"b": None}}]]}
    page = visit.pretend(answer, task={"name": "tea-leaves", "title": "Tea Leaves"}, drawing="drawing/json.js")
    visit.sample("chelsea")
    expect(page.locator("#drawing pre")).to_contain_text("… 988 more")
    expect(page.locator("#drawing pre")).to_contain_text('"b": null')


def test_an_answer_that_cannot_be_drawn_is_still_shown(visit: Visit) -> None:
    page = visit.pretend({"status": "ok", "something": "else"})
    visit.sample("chelsea")
    expect(page.locator("#outcome")).to_contain_text("can't be drawn")
    expect(page.locator("#json")).to_be_visible()
    assert visit.problems
    visit.problems.clear()


def test_hostile_text_is_shown_and_never_run(visit: Visit, tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    answer = {"status": "ok", "image_size": [40, 30], "seg_map": [[1] * 40] * 30}
    sample = {"name": "chelsea.png", "parameters": {}, "license": evil, "origin": evil, "preview": True}
    page = visit.pretend(
        answer, title=evil, summary=evil, labels=["background", evil], samples=[sample], version=evil,
        source="javascript:0",
        parameters=[{"name": "x", "type": "string", "default": evil, "description": evil, "enum": [evil, "b"]}],
    )  # fmt: skip
    visit.sample("chelsea")
    expect(page.get_by_role("heading", level=1)).to_have_text(evil)
    expect(page.locator(".legend .name")).to_have_text(evil)
    hostile = tmp_path / "<b onclick=alert(3)>x.png"
    hostile.write_bytes((SAMPLES / "brick.png").read_bytes())
    page.set_input_files("#file", hostile)
    expect(page.locator("#chosen strong")).to_have_text(hostile.name)
    assert page.locator("script").count() == 1
    assert page.locator("[onerror], [onclick], a[href^='javascript']").count() == 0
