"""A text encoder from TF.js takes a dense matrix of ids, whatever it took there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard.catalog.conversion import convert

tf = pytest.importorskip("tensorflow")

LONG = {"type": "DT_INT64"}


def dense(model: Any, indices: str = "indices", extra: bool = False) -> Path:
    """A network that tells the ids by row and place, as text encoders begin."""
    model.input(indices, -1, 2, dtype="DT_INT64")
    model.input("values", -1, dtype="DT_INT64")
    model.constant("size", np.array([2, 4], np.int32))
    given = "values"
    if extra:
        model.input("more", -1, dtype="DT_INT64")
        given = model.node("both", "AddV2", ["values", "more"], T=LONG)
    model.node("where", "Cast", [indices], SrcT=LONG, DstT={"type": "DT_INT32"})
    model.node("all", "ScatterNd", ["where", given, "size"], T=LONG, Tindices={"type": "DT_INT32"})
    return model.write()


def signature(folder: Path) -> dict[str, Any]:
    record = json.loads((folder / "conversion.json").read_text())
    return {one["name"]: one["shape"] for one in record["inputs"]}


@pytest.mark.parametrize("runtime", ["tensorflow", "litert"])
def test_rows_of_ids_go_in_padded_with_minus_one(tfjs_model: Any, tmp_path: Path, runtime: str) -> None:
    convert(dense(tfjs_model), tmp_path / "made", runtime)
    assert signature(tmp_path / "made") == {"ids": [None, None]}
    ids = np.array([[1, 2, 3, 0], [40, 50, -1, -1]], np.int32)
    if runtime == "tensorflow":
        network = tf.saved_model.load(str(tmp_path / "made")).signatures["serving_default"]
    else:
        network = tf.lite.Interpreter(str(tmp_path / "made" / "model.tflite")).get_signature_runner()
    (answer,) = network(ids=tf.constant(ids) if runtime == "tensorflow" else ids).values()
    assert np.asarray(answer).tolist() == [[1, 2, 3, 0], [40, 50, 0, 0]]


def test_inputs_that_only_look_alike_stay(tfjs_model: Any, tmp_path: Path) -> None:
    convert(dense(tfjs_model, indices="places"), tmp_path / "made", "tensorflow")
    assert signature(tmp_path / "made") == {"places": [None, 2], "values": [None]}


def test_inputs_beside_others_stay(tfjs_model: Any, tmp_path: Path) -> None:
    convert(dense(tfjs_model, extra=True), tmp_path / "made", "tensorflow")
    assert signature(tmp_path / "made") == {"indices": [None, 2], "more": [None], "values": [None]}
