"""SavedModels, LiteRT files and Keras models reach the runtimes; damaged ones are refused in words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard.catalog import conversion
from modelyard.catalog.conversion import ConversionError, convert

tf = pytest.importorskip("tensorflow")

SIGNAL = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)


@pytest.fixture
def saved_model(tmp_path: Path) -> Path:
    """x · weight, with the weight in a variable."""
    module = tf.Module()
    module.weight = tf.Variable([10.0, 100.0])
    specification = tf.TensorSpec([None, 2], tf.float32, name="x")
    function = tf.function(lambda x: {"product": x * module.weight}, input_signature=[specification])
    folder = tmp_path / "exported"
    tf.saved_model.save(module, str(folder), signatures=function)
    return folder


def in_litert(folder: Path, **inputs: Any) -> dict[str, Any]:
    interpreter = tf.lite.Interpreter(model_path=str(folder / "model.tflite"))
    return dict(interpreter.get_signature_runner("serving_default")(**inputs))


def refusal(source: Path, output: Path, target: str) -> str:
    with pytest.raises(ConversionError) as caught:
        convert(source, output, target)
    assert "\n" not in str(caught.value)
    assert not output.exists()
    return str(caught.value)


def test_a_saved_model_stays_what_it_is_for_tensorflow(saved_model: Path, tmp_path: Path) -> None:
    (saved_model / "notes.txt").write_text("not a part of it")
    record = convert(saved_model, tmp_path / "out", "tensorflow")
    assert set(record.files) == {
        "saved_model.pb",
        "fingerprint.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
    }
    assert all((tmp_path / "out" / file).read_bytes() == (saved_model / file).read_bytes() for file in record.files)
    assert record.signature.inputs[0].shape == (None, 2)
    assert [output.name for output in record.signature.outputs] == ["product"]


def test_a_saved_model_becomes_a_litert_model(saved_model: Path, tmp_path: Path) -> None:
    record = convert(saved_model, tmp_path / "out", "litert")
    assert record == convert(saved_model, tmp_path / "again", "litert")
    assert [(tensor.name, tensor.shape, tensor.dtype) for tensor in record.signature.inputs] == [
        ("x", (None, 2), "float32")
    ]
    assert in_litert(tmp_path / "out", x=SIGNAL)["product"].tolist() == [[10, 200], [30, 400]]


@pytest.mark.parametrize("target", ["tensorflow", "litert"])
def test_a_saved_model_of_objects_that_are_no_more_is_served_by_its_graph(tmp_path: Path, target: str) -> None:
    """As one that was saved with the optimizer of an older Keras: its slots need a class that nobody has."""
    from tensorflow.core.protobuf import saved_model_pb2

    module = tf.Module()
    module.weight, module.momentum, module.optimizer = tf.Variable([10.0, 100.0]), tf.Variable([0.0, 0.0]), tf.Module()
    specification = tf.TensorSpec([None, 2], tf.float32, name="x")
    function = tf.function(lambda x: {"product": x * module.weight}, input_signature=[specification])
    tf.saved_model.save(module, str(tmp_path / "exported"), signatures=function)
    file = tmp_path / "exported" / "saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    nodes = model.meta_graphs[0].object_graph_def.nodes
    of = {child.local_name: child.node_id for child in nodes[0].children}
    nodes[of["optimizer"]].slot_variables.add(
        original_variable_node_id=of["weight"], slot_name="momentum", slot_variable_node_id=of["momentum"]
    )
    file.write_bytes(model.SerializeToString())
    with pytest.raises(AttributeError, match="add_slot"):
        tf.saved_model.load(str(tmp_path / "exported"))

    record = convert(tmp_path / "exported", tmp_path / "out", target)

    assert [tensor.name for tensor in record.signature.outputs] == ["product"]
    if target == "litert":
        said = in_litert(tmp_path / "out", x=SIGNAL)["product"]
    else:
        said = tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"](tf.constant(SIGNAL))["product"]
    assert np.array(said).tolist() == [[10, 200], [30, 400]]


def test_a_litert_file_stays_what_it_is(saved_model: Path, tmp_path: Path) -> None:
    convert(saved_model, tmp_path / "first", "litert")
    (tmp_path / "first" / "model.tflite").rename(tmp_path / "network")
    record = convert(tmp_path / "network", tmp_path / "second", "litert")
    assert (tmp_path / "second" / "model.tflite").read_bytes() == (tmp_path / "network").read_bytes()
    assert (record.source_format, record.signature.key) == ("tflite", "serving_default")


def test_a_signature_is_not_guessed(tmp_path: Path) -> None:
    module = tf.Module()
    functions = {name: tf.function(lambda x: x, input_signature=[tf.TensorSpec([1])]) for name in ("encode", "decode")}
    tf.saved_model.save(module, str(tmp_path / "two"), signatures=functions)
    assert "(it has decode, encode)" in refusal(tmp_path / "two", tmp_path / "out", "litert")
    tf.saved_model.save(module, str(tmp_path / "one"), signatures={"encode": functions["encode"]})
    assert convert(tmp_path / "one", tmp_path / "out", "litert").signature.key == "encode"


@pytest.mark.parametrize("target", ["tensorflow", "litert"])
def test_a_damaged_saved_model_is_refused(saved_model: Path, tmp_path: Path, target: str) -> None:
    whole = (saved_model / "saved_model.pb").read_bytes()
    (saved_model / "saved_model.pb").write_bytes(whole[: len(whole) // 2])
    assert "saved_model.pb is damaged" in refusal(saved_model, tmp_path / "out", target)


def test_a_saved_model_without_its_variables_is_refused(saved_model: Path, tmp_path: Path) -> None:
    (saved_model / "variables" / "variables.index").unlink()
    assert "variables" in refusal(saved_model, tmp_path / "out", "litert")


def test_a_link_in_a_saved_model_is_not_followed(saved_model: Path, tmp_path: Path) -> None:
    (saved_model / "assets").mkdir(exist_ok=True)
    (saved_model / "assets" / "secret").symlink_to("/etc/hostname")
    assert "is a link" in refusal(saved_model, tmp_path / "out", "tensorflow")


def test_a_damaged_litert_file_is_refused(saved_model: Path, tmp_path: Path) -> None:
    convert(saved_model, tmp_path / "first", "litert")
    whole = (tmp_path / "first" / "model.tflite").read_bytes()
    for length in (8, len(whole) // 2, len(whole) - 100):
        (tmp_path / "cut").write_bytes(whole[:length])
        assert "is damaged" in refusal(tmp_path / "cut", tmp_path / "out", "litert")


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_keras_model_reaches_both_runtimes(tmp_path: Path, suffix: str) -> None:
    signal = tf.keras.Input((2,), name="signal")
    hidden = tf.keras.layers.BatchNormalization()(tf.keras.layers.Dense(3, activation="relu")(signal))
    outputs = [tf.keras.layers.Dense(2, name=name)(hidden) for name in ("left", "right")]
    model = tf.keras.Model(signal, outputs)
    model.save(tmp_path / f"model{suffix}")
    (tmp_path / f"model{suffix}").rename(tmp_path / "weights")
    record = convert(tmp_path / "weights", tmp_path / "tensorflow", "tensorflow")
    convert(tmp_path / "weights", tmp_path / "litert", "litert")
    assert [(tensor.name, tensor.shape) for tensor in record.signature.inputs] == [("signal", (None, 2))]
    function = tf.saved_model.load(str(tmp_path / "tensorflow")).signatures["serving_default"]
    answers = {name: answer.numpy() for name, answer in function(signal=tf.constant(SIGNAL)).items()}
    for name, expected in zip(("left", "right"), model(SIGNAL), strict=True):
        np.testing.assert_allclose(answers[name], expected, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(in_litert(tmp_path / "litert", signal=SIGNAL)[name], expected, rtol=1e-5, atol=1e-6)


def test_a_keras_file_that_is_no_whole_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert "is damaged" in refusal(tmp_path / "weights", tmp_path / "out", "tensorflow")


def test_the_command_is_silent_but_for_its_own_words(doubling: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(conversion.__file__).parent.parent)}
    for target in ("tensorflow", "litert"):
        command = [
            sys.executable,
            "-B",
            "-m",
            "conversion",
            str(doubling),
            str(tmp_path / target),
            "--to",
            target,
        ]
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert (finished.returncode, finished.stderr) == (0, "")
        assert finished.stdout == f"{tmp_path / target}: tfjs_graph converted to {target}\n"
