"""A model.json that is no graph model is refused in words, whatever is in it."""

from __future__ import annotations

import contextlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelyard.catalog.conversion import ConversionError
from modelyard.catalog.conversion.tfjs.model_json import (
    GRAPH as GRAPH_MODEL,
)
from modelyard.catalog.conversion.tfjs.model_json import (
    LAYERS,
    find_model_json,
    read_layers_json,
    read_model_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
GRAPH = {"modelTopology": {"node": []}, "weightsManifest": []}


def refusal(path: Path, content: bytes | dict[str, Any] | list[Any]) -> str:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(ConversionError) as caught:
        read_model_json(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not JSON"),
        (b'{"format": ', "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"<html>404</html>", "not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b"9" * 10_000, "not JSON"),
        (b'{"modelTopology": {"\\ud800": 1}}', "not JSON"),
        ([], "the document is a list and has to be an object"),
        (GRAPH | {"modelTopology": {"node": {}}}, "modelTopology.node is an object and has to be a list"),
        (
            GRAPH | {"modelTopology": {"node": ["x"]}},
            "modelTopology.node[0] is a text and has to be an object",
        ),
        (GRAPH | {"modelTopology": None, "format": "graph-model"}, "modelTopology is missing"),
        (GRAPH | {"format": "tables"}, "is a TF.js tables, and only a graph-model or a layers-model"),
        (GRAPH | {"format": "layers-model"}, "is a TF.js layers-model, and not a graph-model"),
        (GRAPH | {"modelTopology": {"model_config": {}}}, "is a TF.js layers-model, and not a graph-model"),
        (GRAPH | {"signature": "x"}, "signature is a text"),
        (GRAPH | {"weightsManifest": None}, "weightsManifest has to be a list"),
        (GRAPH | {"modelInitializer": {"node": []}}, "modelInitializer"),
    ],
)
def test_what_is_no_graph_model_is_refused(tmp_path: Path, content: Any, complaint: str) -> None:
    assert complaint in refusal(tmp_path / "model.json", content)


def test_older_models_do_not_say_their_format(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(GRAPH))
    assert read_model_json(path).nodes == []


def test_the_signature_may_stand_in_the_metadata(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(GRAPH | {"userDefinedMetadata": {"signature": {"inputs": {}}}}))
    assert read_model_json(path).signature == {"inputs": {}}


def test_it_is_found_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.json").write_text('["a"]')
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "network.json").write_text(json.dumps(GRAPH))
    assert find_model_json(tmp_path, GRAPH_MODEL) == tmp_path / "network.json"
    assert find_model_json(tmp_path / "network.json", GRAPH_MODEL) == tmp_path / "network.json"
    assert find_model_json(tmp_path / "vocabulary.json", GRAPH_MODEL) is None
    assert find_model_json(tmp_path, LAYERS) is None


def test_one_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(ConversionError, match="more than the"):
        read_model_json(path)


@given(
    JSON | st.fixed_dictionaries({"modelTopology": JSON, "weightsManifest": JSON, "signature": JSON, "format": JSON})
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_it_holds_it_is_read_or_refused(tmp_path: Path, document: Any) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(document))
    for attempt in (read_model_json, read_layers_json, partial(find_model_json, kind=LAYERS)):
        with contextlib.suppress(ConversionError):
            attempt(path)


LAYERED = {"modelTopology": {"class_name": "Sequential", "config": {"layers": []}}, "weightsManifest": []}


@pytest.mark.parametrize("config", [[{"class_name": "Dense"}], {"layers": [{"class_name": "Dense"}], "name": "small"}])
@pytest.mark.parametrize("older", [True, False])
def test_layers_stand_in_one_of_keras_forms(tmp_path: Path, config: Any, older: bool) -> None:
    model = {"class_name": "Sequential", "config": config}
    topology = model if older else {"model_config": model, "keras_version": "2.3.0"}
    path = tmp_path / "model.json"
    path.write_text(json.dumps(LAYERED | {"modelTopology": topology}))
    assert find_model_json(tmp_path, LAYERS) == path
    found = read_layers_json(path)
    assert (found.class_name, found.config["layers"]) == ("Sequential", [{"class_name": "Dense"}])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"modelTopology": None}, "modelTopology is missing"),
        ({"modelTopology": {"model_config": []}}, "model_config is a list"),
        ({"modelTopology": {"model_config": {"config": {}}}}, "names no class of model"),
        ({"modelTopology": {"class_name": "Model", "config": "x"}}, "the model's config is a text"),
        ({"modelTopology": {"class_name": "Model", "config": {}}}, "the model's layers is missing"),
        ({"modelTopology": {"class_name": "Model", "config": {"layers": [1]}}}, "the model's layers[0] is a number"),
        ({"weightsManifest": {}}, "weightsManifest has to be a list"),
        ({"format": "graph-model"}, "is a TF.js graph-model, and not a layers-model"),
    ],
)
def test_what_is_no_layers_model_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(LAYERED | change))
    with pytest.raises(ConversionError) as caught:
        read_layers_json(path)
    assert complaint in str(caught.value)
