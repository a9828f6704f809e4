"""A TF.js layers model answers in TensorFlow and in LiteRT what its layers say; what would run code is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard.catalog.conversion import ConversionError, convert

tf = pytest.importorskip("tensorflow")

RANDOM = np.random.default_rng(3)
Weights = dict[str, Any]


def floats(*shape: int) -> Any:
    return RANDOM.normal(size=shape).astype(np.float32)


def write(folder: Path, model: dict[str, Any], weights: Weights, **parts: Any) -> Path:
    """What TensorFlow.js writes: model.json and one shard."""
    folder.mkdir(exist_ok=True)
    (folder / "group1-shard1of1.bin").write_bytes(b"".join(values.tobytes() for values in weights.values()))
    listed = [{"name": name, "shape": list(values.shape), "dtype": "float32"} for name, values in weights.items()]
    document = {
        "format": "layers-model",
        "modelTopology": {"keras_version": "2.3.0-tf", "backend": "tensorflow", "model_config": model},
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": listed}],
    }
    (folder / "model.json").write_text(json.dumps(document | parts))
    return folder


def layer(class_name: str, name: str, inputs: tuple[str, ...] = (), **config: Any) -> dict[str, Any]:
    nodes = [[[one, 0, 0, {}] for one in inputs]] if inputs else []
    return {"class_name": class_name, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


def enlarging(interpolation: str = "nearest") -> tuple[dict[str, Any], Weights]:
    """A picture of any size, twice as large, beside itself, its two channels mixed by a convolution of one pixel."""
    layers = [
        layer(
            "InputLayer", "seen", batch_input_shape=[None, None, None, 2], dtype="float32", sparse=False, ragged=False
        ),
        layer(
            "UpSampling2D", "larger", ("seen",), size=[2, 3], data_format="channels_last", interpolation=interpolation
        ),
        layer("Concatenate", "both", ("larger", "larger"), axis=3),
        layer(
            "Conv2D", "mixed", ("both",), filters=3, kernel_size=[1, 1], strides=[1, 1], padding="same", use_bias=True
        ),
    ]
    config = {"name": "net", "layers": layers, "input_layers": [["seen", 0, 0]], "output_layers": [["mixed", 0, 0]]}
    return {"class_name": "Model", "config": config}, {"mixed/kernel": floats(1, 1, 4, 3), "mixed/bias": floats(3)}


def deciding() -> tuple[dict[str, Any], Weights]:
    """As TensorFlow.js itself writes a sequential model, whose first layer knows the input's shape."""
    layers = [
        {
            "class_name": "Dense",
            "config": {
                "name": "dense_Dense1", "units": 3, "activation": "relu", "use_bias": True,
                "batch_input_shape": [None, 4], "dtype": "float32",
            },
        },
        {"class_name": "BatchNormalization", "config": {"name": "normal", "axis": -1, "epsilon": 0.001}},
        {"class_name": "Dropout", "config": {"name": "drop", "rate": 0.9}},
        {"class_name": "Dense", "config": {"name": "dense_Dense2", "units": 2, "activation": "softmax"}},
    ]  # fmt: skip
    weights = {
        "dense_Dense1/kernel": floats(4, 3), "dense_Dense1/bias": floats(3),
        "normal/gamma": floats(3), "normal/beta": floats(3),
        "normal/moving_mean": floats(3), "normal/moving_variance": np.abs(floats(3)),
        "dense_Dense2/kernel": floats(3, 2), "dense_Dense2/bias": floats(2),
    }  # fmt: skip
    return {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": layers}}, weights


def answers(model: Path, output: Path, **inputs: Any) -> list[Any]:
    """The one output, of both runtimes."""
    convert(model, output / "tensorflow", "tensorflow")
    convert(model, output / "litert", "litert")
    function = tf.saved_model.load(str(output / "tensorflow")).signatures["serving_default"]
    interpreter = tf.lite.Interpreter(model_path=str(output / "litert" / "model.tflite"))
    (whole,) = function(**{name: tf.constant(value) for name, value in inputs.items()}).values()
    (small,) = interpreter.get_signature_runner("serving_default")(**inputs).values()
    return [whole.numpy(), small]


def refusal(model: Path, output: Path) -> str:
    with pytest.raises(ConversionError) as caught:
        convert(model, output, "tensorflow")
    assert "\n" not in str(caught.value)
    assert not output.exists()
    return str(caught.value)


def test_pixels_are_repeated_and_mixed_in_both_runtimes_at_any_size(tmp_path: Path) -> None:
    model, weights = enlarging()
    seen = floats(1, 5, 4, 2)
    larger = np.repeat(np.repeat(seen, 2, axis=1), 3, axis=2)
    expected = np.concatenate([larger, larger], axis=3) @ weights["mixed/kernel"][0, 0] + weights["mixed/bias"]
    for found in answers(write(tmp_path / "in", model, weights), tmp_path, seen=seen):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_pixels_are_interpolated_as_tensorflow_does(tmp_path: Path) -> None:
    model, weights = enlarging("bilinear")
    seen = floats(1, 5, 4, 2)
    larger = tf.image.resize(seen, (10, 12)).numpy()
    expected = np.concatenate([larger, larger], axis=3) @ weights["mixed/kernel"][0, 0] + weights["mixed/bias"]
    for found in answers(write(tmp_path / "in", model, weights), tmp_path, seen=seen):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_sequential_model_keeps_the_shape_of_its_input_and_does_not_train(tmp_path: Path) -> None:
    model, w = deciding()
    seen = floats(5, 4)
    hidden = np.maximum(seen @ w["dense_Dense1/kernel"] + w["dense_Dense1/bias"], 0)
    spread = np.sqrt(w["normal/moving_variance"] + 0.001)
    normal = (hidden - w["normal/moving_mean"]) / spread * w["normal/gamma"] + w["normal/beta"]
    powers = np.exp(normal @ w["dense_Dense2/kernel"] + w["dense_Dense2/bias"])
    source = write(tmp_path / "in", model, w)
    for found in answers(source, tmp_path, dense_Dense1_input=seen):
        np.testing.assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), atol=1e-5)


def test_twice_converted_is_the_same_file(tmp_path: Path) -> None:
    source = write(tmp_path / "in", *enlarging())
    assert (
        convert(source, tmp_path / "one", "tensorflow").files == convert(source, tmp_path / "two", "tensorflow").files
    )


@pytest.mark.parametrize("name", ["MultiplyBeta", "Lambda", "TFSMLayer", "../Dense", "keras", 3])
def test_a_layer_that_is_not_keras_own_is_refused(tmp_path: Path, name: Any) -> None:
    model, weights = enlarging()
    model["config"]["layers"][1]["class_name"] = name
    assert "is no layer of Keras's own" in refusal(write(tmp_path / "in", model, weights), tmp_path / "out")


def test_a_module_that_keras_would_import_is_refused(tmp_path: Path) -> None:
    model, weights = enlarging()
    activation = {"module": "os", "class_name": "system", "config": "touch here", "registered_name": None}
    model["config"]["layers"][3]["config"]["activation"] = activation
    assert "names the module 'os'" in refusal(write(tmp_path / "in", model, weights), tmp_path / "out")


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    model, weights = enlarging()
    assert "known are a Model and a Sequential" in refusal(
        write(tmp_path / "in", model | {"class_name": "Bidirectional"}, weights), tmp_path / "out"
    )


def test_layers_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    model, weights = enlarging()
    model["config"]["layers"][3]["config"]["kernel_size"] = "large"
    assert "can't build the model" in refusal(write(tmp_path / "in", model, weights), tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mixed/kernel": None}, "has no weight 'mixed/kernel' (left are mixed/bias)"),
        ({"mixed/bias": floats(4)}, "the weight 'mixed/bias' is [4], and its layer takes [3]"),
        ({"other/bias": floats(3)}, "has weights that no layer takes, such as 'other/bias'"),
    ],
)
def test_weights_of_other_layers_are_refused(tmp_path: Path, change: Weights, complaint: str) -> None:
    model, weights = enlarging()
    changed = {name: values for name, values in (weights | change).items() if values is not None}
    assert complaint in refusal(write(tmp_path / "in", model, changed), tmp_path / "out")
