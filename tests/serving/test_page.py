"""The page at /app, without a browser: what is served, what is not, and under which headers."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Annotated

import PIL.Image
import pytest
from flask.testing import FlaskClient

from modelyard import Parameter, tasks
from modelyard.manifest.asset import Sample
from modelyard.parameters import parameters_of
from modelyard.serving.app import create_app
from modelyard.serving.routes import page
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings

SHIPPED = sorted(file.relative_to(page.FOLDER).as_posix() for file in page.FOLDER.rglob("*") if file.is_file())


def _step(
    *,
    threshold: Annotated[float, Parameter("Least probability.", 0, 1)] = 0.5,
    language: Annotated[str, Parameter("Of the labels.", choices=("en", "fr"))] = "en",
    crop: bool = True,
) -> None:
    """A step of a pipeline, for its parameters."""


@pytest.fixture
def asked(served: Served, photo: bytes) -> Served:
    """A model with a good sample in a folder, a TIFF, a bad sample, and a file beside them."""
    folder = served.place.asset
    (folder / "samples/more").mkdir(parents=True)
    (folder / "samples/good one.png").write_bytes(photo)
    with PIL.Image.open(io.BytesIO(photo)) as picture:
        picture.resize((2000, 1500)).save(folder / "samples/more/large.tif")
    (folder / "samples/bad.txt").write_text("no picture")
    (folder / "samples/good one.expected.png").write_bytes(photo)
    (folder / "pipeline.py").write_text("secret = 1")
    about = {"license": "CC0-1.0", "origin": "made here"}
    samples = [
        Sample(input="samples/good one.png", expected="x.png", parameters={"threshold": 0.25}, **about),
        Sample(input="samples/more/large.tif", expected="x.png", **about),
        Sample(input="samples/bad.txt", error=400, **about),
    ]
    asset = served.asset.model_copy(update={"samples": samples})
    deployment = served.deployment.model_copy(update={"asset": asset})
    return replace(served, deployment=deployment, parameters=parameters_of(_step))


@pytest.fixture
def client(asked: Served) -> FlaskClient:
    return create_app(asked, Settings(max_body=1_000_000)).test_client()


def test_the_page_comes_under_a_policy_that_lets_in_nothing_from_elsewhere_and_nothing_inline(
    client: FlaskClient,
) -> None:
    answer = client.get("/app")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "http" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_page_has_nothing_inline_names_no_other_host_and_has_a_word_for_those_without_javascript() -> None:
    text = (page.FOLDER / "index.html").read_text("utf-8")
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert '<a href="./">API</a>' in text.partition("<noscript>")[2].partition("</noscript>")[0]
    assert text.count("<script") == text.count('<script type="module" src="app/')
    for name in SHIPPED:
        allowed = (page.FOLDER / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in allowed, name
        assert "https://" not in allowed, name
        assert "innerHTML" not in allowed, name


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "index.html"])
def test_every_shipped_file_is_served_with_its_type(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/app/{name}")
    assert answer.status_code == 200
    assert answer.data == (page.FOLDER / name).read_bytes()
    assert answer.content_type.split(";")[0] in ("text/css", "text/javascript", "image/svg+xml")
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", ["/app", "/app/style.css", "/app/model.json", "/app/samples/good%20one.png"])
def test_what_a_browser_has_already_is_not_sent_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_slash_too_many_leads_to_the_page_below_whatever_path_a_proxy_adds(client: FlaskClient) -> None:
    answer = client.get("/app/")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "../app"


@pytest.mark.parametrize(
    "path",
    [
        "/app/nothing.js",
        "/app/index.html",
        "/app/drawing",
        "/app/drawing/",
        "/app/drawing/nothing.js",
        "/app/./../routes/page.py",
        "/app/../routes/page.py",
        "/app/%2e%2e/routes/page.py",
        "/app/..%2froutes%2fpage.py",
        "/app/drawing/../style.css",
        "/app/drawing/%2e%2e/style.css",
        "/app/..\\routes\\page.py",
        "/app//etc/passwd",
        "/app/%2fetc%2fpasswd",
        "/app/style.css%00.js",
        "/app/samples/",
        "/app/samples/bad.txt",
        "/app/samples/good%20one.expected.png",
        "/app/samples/../pipeline.py",
        "/app/samples/%2e%2e/pipeline.py",
        "/app/samples/more/../good%20one.png",
        "/app/samples//etc/passwd",
        "/app/samples/samples/good%20one.png",
        "/app/previews/bad.txt",
        "/app/previews/../../pipeline.py",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    # Two slashes lead to one, as everywhere in Flask; what stands there is another question.
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["status"] == "error"
    assert answer.json["request_id"]


def test_the_good_samples_are_served_as_they_are(client: FlaskClient, asked: Served) -> None:
    for name, media_type in (("good one.png", "image/png"), ("more/large.tif", "image/tiff")):
        answer = client.get(f"/app/samples/{name}")
        assert answer.data == (asked.place.asset / "samples" / name).read_bytes()
        assert answer.content_type == media_type
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_preview_is_a_small_jpeg_whatever_the_sample_is(client: FlaskClient) -> None:
    answer = client.get("/app/previews/more/large.tif")
    assert answer.content_type == "image/jpeg"
    with PIL.Image.open(io.BytesIO(answer.data)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (960, 720)


def test_model_json_tells_the_page_all_that_it_knows(client: FlaskClient) -> None:
    answer = client.get("/app/model.json")
    assert answer.content_type == "application/json"
    model = answer.json
    assert model is not None
    assert {name: model[name] for name in ("name", "title", "version", "license", "variant", "runtime", "key")} == {
        "name": "bright", "title": "Bright", "version": "1.2.3", "license": "Apache-2.0",
        "variant": "cpu", "runtime": "litert", "key": "sha256:0123",
    }  # fmt: skip
    assert model["task"] == {"name": "image-segmentation", "title": "Image Segmentation"}
    assert model["labels"] == ["dark", "bright"]
    assert model["drawing"] == "drawing/image-segmentation.js"
    assert model["input"]["kind"] == "image"
    assert model["input"]["field"] == "image"
    assert "image/png" in model["input"]["media_types"]
    assert model["input"]["max_bytes"] == 1_000_000
    assert [one["name"] for one in model["samples"]] == ["good one.png", "more/large.tif"]
    assert model["samples"][0] == {
        "name": "good one.png", "parameters": {"threshold": 0.25}, "license": "CC0-1.0", "origin": "made here",
        "preview": True,
    }  # fmt: skip
    threshold, language, crop = model["parameters"]
    assert (threshold["type"], threshold["minimum"], threshold["maximum"], threshold["default"]) == (
        "number",
        0,
        1,
        0.5,
    )
    assert language["enum"] == ["en", "fr"]
    assert crop["type"] == "boolean"


def test_a_task_without_a_drawing_is_shown_as_json(asked: Served) -> None:
    asset = asked.asset.model_copy(update={"task": "tea-leaf-reading"})
    unknown = replace(asked, deployment=asked.deployment.model_copy(update={"asset": asset}))
    model = create_app(unknown, Settings()).test_client().get("/app/model.json").json
    assert model is not None
    assert model["drawing"] == "drawing/json.js"


def test_every_task_that_stands_here_has_a_drawing() -> None:
    missing = [name for name in tasks.names() if f"drawing/{name}.js" not in SHIPPED]
    assert not missing, "add serving/page/drawing/NAME.js"


def test_the_etag_is_that_of_the_content(client: FlaskClient) -> None:
    expected = hashlib.sha256((page.FOLDER / "style.css").read_bytes()).hexdigest()[:32]
    assert client.get("/app/style.css").headers["ETag"] == f'"{expected}"'
