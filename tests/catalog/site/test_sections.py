"""What the sections of an asset's page are made from: hostile until parsed, and told besides drawn."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalog.records.memory import MemoryRegistry
from tests.catalog.site.records import attack
from tests.catalog.site.test_pages import HOSTILE, STAMP, TEMPLATES, Markings, filled, known

from modelyard.catalog.records import plot
from modelyard.catalog.records.chronicle import Described, Told
from modelyard.catalog.records.gallery import Explained, Gallery, Picture, Shown
from modelyard.catalog.records.quality import Bin, Calibration, Disparity, Figure, Measured, Quality, Swapped
from modelyard.catalog.site import charts, composing, pages, pictures, prose
from modelyard.catalog.site.model import Asset, File, Page
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.sections import api, asking, quality

API = {
    "swagger": "2.0",
    "paths": {
        "/health/live": {"get": {"summary": "Alive", "responses": {"200": {"description": "Yes."}}}},
        "/model/predict": {
            "post": {
                "summary": "Asks the model",
                "consumes": ["image/jpeg"],
                "parameters": [
                    {"name": "image", "in": "formData", "type": "file", "required": True, "description": "The file."},
                    {"name": "top", "in": "query", "type": "integer", "minimum": 1, "maximum": 9, "default": 5},
                ],
                "responses": {"400": {"description": "No."}, "200": {"schema": {"$ref": "#/definitions/Prediction"}}},
            }
        },
    },
    "definitions": {
        "Prediction": {
            "required": ["predictions"],
            "properties": {
                "predictions": {"type": "array", "items": {"properties": {"label": {"type": "string"}}}},
                "again": {"$ref": "#/definitions/Prediction"},
            },
        }
    },
}
FIGURE = Figure(value=0.8, low=0.7, high=0.9)
PIXELS = Picture(media_type="image/webp", width=4, height=3, data=base64.b64encode(b"pixels").decode())
NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "paths",
                    "/a",
                    "get",
                    "parameters",
                    "responses",
                    "200",
                    "schema",
                    "$ref",
                    "properties",
                    "items",
                    "type",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def measured(**more: Any) -> Quality:
    given: dict[str, Any] = {
        "name": "some-model", "version": "1.0.0", "task": "image-classification", "data": "0", "origin": "Some labels",
        "n": 100, "metrics": {"accuracy": FIGURE}, "latency": 0.1,
        "slices": {"light": {"day": Measured(n=60, metrics={"accuracy": FIGURE}), "night": Measured(n=40, metrics={})}},
        "disparities": {"light": {"accuracy": Disparity(difference=FIGURE, ratio=None, best="day", worst="night")}},
        "corrupted": {
            "noise 1": Measured(n=50, metrics={"accuracy": FIGURE}),
            "noise 2": Measured(n=50, metrics={"accuracy": Figure(value=0.5)}),
        },
        "calibration": Calibration(
            error=FIGURE, brier=FIGURE, bins=[Bin(low=0.6, high=0.8, n=9, confidence=0.7, accuracy=0.6)]
        ),
        "counterfactuals": {
            "names": Swapped(n=4, measure="top1", largest=0.5, means={"top1": FIGURE}, farthest=["a", "one", "two"])
        },
    }  # fmt: skip
    return Quality(**{**given, **more})


def asset(*figures: Quality | None) -> Asset:
    memory = MemoryRegistry()
    for day, one in enumerate(figures, 1):
        memory.publish("some-model", f"1.{day}.0", f"2026-01-0{day}T00:00:00+00:00", one)
    return composing.compose(known(memory), [], STAMP)


def page(shown: Asset, beside: bytes | None = None) -> str:
    made = list(pages.of_asset(shown, Beside(lambda _digest: beside)))
    assert all(one.path.startswith("models/") for one in made if isinstance(one, File))
    return "".join(TEMPLATES.render(one, STAMP).decode() for one in made if isinstance(one, Page))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_figures_or_of_an_api_becomes_markup(text: str) -> None:
    made = asset(measured(), measured())
    first = dataclasses.replace(made.releases[0], documents={"API": "sha256:0"})
    made = dataclasses.replace(made, releases=[first], prose=prose.to_markup("# A\n\n*b*"))
    described, word = json.dumps(API), json.dumps(text)[1:-1]
    plain = Markings(page(made, described.encode()))
    described = described.replace("Asks the model", word).replace("label", word).replace("integer", word)
    hostile = dataclasses.replace(filled(made, text), listed=made.listed, releases=[first])
    found = Markings(page(hostile, described.encode()))
    assert found.elements <= plain.elements
    assert len(found.scripts) == len(plain.scripts)
    assert "style" not in found.attributes
    assert not [name for name in found.attributes if name.startswith("on")]


def test_the_route_that_asks_the_model_comes_first_with_its_parameters_and_its_answer() -> None:
    found = api.parse(json.dumps(API).encode())
    assert found is not None
    predict, live = found.routes
    assert (predict.method, predict.path, live.path) == ("POST", "/model/predict", "/health/live")
    assert [(one.name, one.kind, one.required) for one in predict.parameters] == [
        ("image", "file", True),
        ("top", "integer, 1 to 9, 5 if left out", False),
    ]
    assert [one.code for one in predict.replies] == ["200", "400"]
    assert {"predictions", "predictions[].label"} < {one.name for one in predict.replies[0].fields}


@settings(max_examples=80, deadline=None)
@given(NESTED)
def test_no_description_of_an_api_breaks_the_page(document: Any) -> None:
    for given_one in (document, {"paths": document}, {"paths": {"/a": {"get": document}}, "definitions": document}):
        found = api.parse(json.dumps(given_one).encode())
        assert found is None or len(found.routes) <= 100


@pytest.mark.parametrize("content", [None, b"", b"[", b"[]", b'{"paths": 1}', b"[" * 100_000])
def test_what_is_no_description_is_none(content: bytes | None) -> None:
    assert api.parse(content) is None


def test_parts_corruptions_and_calibration_are_drawn_and_told() -> None:
    told = quality.told(measured(), None)
    (spread,) = told.parts[0].spreads
    assert [part for part, _ in spread.rows] == ["day"]
    assert spread.apart == "0.8 (0.7 to 0.9) from night to day"
    (robust,) = told.robust
    assert [severity for severity, _ in robust.corruptions[0].severities] == ["1", "2"]
    assert told.calibration is not None
    shelf = charts.shelf()
    for drawn in (
        shelf.spread(spread.rows[0][1], spread),
        shelf.spread_axis(spread),
        shelf.corruption(robust.corruptions[0], robust),
        shelf.reliability(told.calibration),
    ):
        assert ElementTree.fromstring(drawn).get("aria-label")


def test_an_attack_that_was_kept_is_told_and_can_be_downloaded() -> None:
    made = asset(measured())
    first = dataclasses.replace(made.releases[0], documents={"attack": "sha256:0"})
    text = page(dataclasses.replace(made, releases=[first]), attack("some-model"))
    assert "Under attack: 62 of 100 stay right" in text
    assert "0.6200 (0.4700 to 0.7500)" in text
    assert "81 questions" in text
    assert 'href="../models/some-model/attack-cpu.json"' in text


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b"null"])
def test_an_attack_in_another_form_is_not_told(content: bytes) -> None:
    assert quality.told(measured(), content).attacked is None


@pytest.mark.parametrize(
    ("verdict", "keys"),
    [
        ({"signatures": [{"keyid": "0a" * 32}, {"keyid": "x" * 900}]}, ["0a" * 32, "x" * 80]),
        ({"signatures": 1}, []),
        ([], []),
    ],
)
def test_a_page_names_the_keys_that_a_verdict_says_it_is_signed_with(verdict: Any, keys: list[str]) -> None:
    made = asset(measured())
    first = dataclasses.replace(made.releases[0], documents={"verdict": "sha256:0"}, signed=True)
    text = page(dataclasses.replace(made, releases=[first]), json.dumps(verdict).encode())
    assert "The verdict on this image is signed" in text
    assert all(f"<code>{key}</code>" in text for key in keys)
    assert 'href="../models/some-model/verdict-cpu.json"' in text


def test_a_metric_over_versions_has_a_point_for_each_image() -> None:
    first, second = measured(), measured(metrics={"accuracy": Figure(value=0.9)})
    (trend,) = asset(first, second).trends
    assert [point.value for point in trend.points] == [0.8, 0.9]
    assert (trend.points[0].low, trend.points[0].high) == (0.7, 0.9)
    assert plot.svg(trend.points, trend.name) in charts.shelf().history(trend)
    assert not asset(first).trends, "one point is no line"


def test_an_answer_is_shown_beside_its_input_with_its_sound_and_why() -> None:
    sound = base64.b64encode(b"RIFF").decode()
    shown = Shown(
        name="a.wav", parameters={"top": 1}, license="CC0-1.0", origin="Here", media_type="audio/wav", file=sound,
        said="speech", answer={"label": "<b>"}, picture=PIXELS,
        explained=Explained(target="speech", method="RISE", picture=PIXELS),
    )  # fmt: skip
    ((sample, files),) = pictures.samples(Gallery(name="m", version="1.0.0", shown=[shown]))
    assert json.loads(sample.answer) == {"status": "ok", "label": "<b>"}
    assert sample.because == "What counted for speech, by RISE"
    assert sample.sound.endswith(".wav")
    assert {file.path for file in files} == {sample.sound, sample.picture.path}
    assert sample.why is not None


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/octet-stream"])
def test_what_no_player_knows_is_no_sound(media_type: str) -> None:
    shown = Shown(
        name="a", parameters={}, license="CC0-1.0", origin="Here", media_type=media_type, file="AAAA", said="x",
        answer=1, picture=PIXELS,
    )  # fmt: skip
    ((sample, files),) = pictures.samples(Gallery(name="m", version="1.0.0", shown=[shown]))
    assert not sample.sound
    assert len(files) == 1


def test_each_variant_is_started_in_its_own_way_and_with_its_own_budget() -> None:
    images = {
        variant: Told.model_construct(digest=f"sha256:{variant}", variant=variant, task="pitch-estimation", measures={})
        for variant in ("cpu", "gpu")
    }
    described = Described.model_construct(memory={"gpu": 2_000}, samples=[])
    made = asking.starting("registry.test/some-model", images, described)
    run = {one.variant: one.lines for one in made if one.kind == "docker"}
    assert run["cpu"].endswith("5001:5000 registry.test/some-model")
    assert "--gpus all" in run["gpu"]
    assert run["gpu"].endswith("registry.test/some-model:latest-gpu")
    memory = {one.variant: "memory: 4000M" in one.lines for one in made if one.kind == "kubernetes"}
    assert memory == {"cpu": False, "gpu": True}


def test_snippets_carry_the_first_sample_s_parameters() -> None:
    made = asset(None)
    assert [one.kind for one in made.run] == ["docker", "pinned", "compose", "kubernetes"]
    assert [one.kind for one in made.ask] == ["curl", "python", "javascript"]
    assert f"{made.repository}@{made.listed.digest}" in made.run[1].lines
