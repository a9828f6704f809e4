"""A TF.js graph answers in TensorFlow and in LiteRT what it answers in the browser."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard.catalog.conversion import ConversionError, convert

tf = pytest.importorskip("tensorflow")

RANDOM = np.random.default_rng(1)
FLOAT = {"type": "DT_FLOAT"}
CONVOLUTION = {
    "T": FLOAT,
    "strides": {"list": {"i": ["1", "1", "1", "1"]}},
    "padding": {"s": base64.b64encode(b"SAME").decode()},
    "data_format": {"s": base64.b64encode(b"NHWC").decode()},
}


def floats(*shape: int) -> Any:
    return RANDOM.normal(size=shape).astype(np.float32)


def fused(*operations: str) -> dict[str, Any]:
    return {"fused_ops": {"list": {"s": [base64.b64encode(name.encode()).decode() for name in operations]}}}


def prelu(values: Any, slope: Any) -> Any:
    return np.where(values >= 0, values, slope * values)


def in_tensorflow(folder: Path, **inputs: Any) -> dict[str, Any]:
    answers = tf.saved_model.load(str(folder)).signatures["serving_default"](
        **{k: tf.constant(v) for k, v in inputs.items()}
    )
    return {name: answer.numpy() for name, answer in answers.items()}


def in_litert(folder: Path, **inputs: Any) -> dict[str, Any]:
    interpreter = tf.lite.Interpreter(model_path=str(folder / "model.tflite"))
    runner = interpreter.get_signature_runner("serving_default")
    return dict(runner(**inputs))


def answers(model: Path, output: Path, **inputs: Any) -> list[dict[str, Any]]:
    """Of both runtimes."""
    convert(model, output / "tensorflow", "tensorflow")
    convert(model, output / "litert", "litert")
    return [in_tensorflow(output / "tensorflow", **inputs), in_litert(output / "litert", **inputs)]


def refusal(model: Path, output: Path, target: str = "tensorflow") -> str:
    with pytest.raises(ConversionError) as caught:
        convert(model, output, target)
    assert "\n" not in str(caught.value)
    assert not output.exists()
    return str(caught.value)


@pytest.fixture
def network(tfjs_model: Any) -> tuple[Any, Any]:
    """conv + relu6, fused depthwise + bias + relu, fused conv + bias + prelu, with what it should answer."""
    model, kernel, depthwise, pointwise = (
        tfjs_model,
        floats(3, 3, 3, 4),
        floats(3, 3, 4, 1),
        floats(1, 1, 4, 2),
    )
    bias, last_bias, slope = floats(4), floats(2), floats(2)
    model.input("image", 1, -1, -1, 3)
    for name, values in (
        ("k", kernel),
        ("d", depthwise),
        ("p", pointwise),
        ("b", bias),
        ("c", last_bias),
        ("a", slope),
    ):
        model.constant(name, values)
    model.node("conv", "Conv2D", ["image", "k"], **CONVOLUTION)
    model.node("relu6", "Relu6", ["conv"], T=FLOAT)
    model.node("deep", "FusedDepthwiseConv2dNative", ["relu6", "d", "b"], **CONVOLUTION, **fused("BiasAdd", "Relu"))
    model.node("answer", "_FusedConv2D", ["deep", "p", "c", "a"], **CONVOLUTION, **fused("BiasAdd", "Prelu"))

    def expected(image: Any) -> Any:
        step = tf.nn.relu6(tf.nn.conv2d(image, kernel, 1, "SAME"))
        step = tf.nn.relu(tf.nn.depthwise_conv2d(step, depthwise, [1, 1, 1, 1], "SAME") + bias)
        return prelu((tf.nn.conv2d(step, pointwise, 1, "SAME") + last_bias).numpy(), slope)

    return model, expected


@pytest.mark.parametrize("size", [(5, 7), (8, 8)])
def test_a_network_of_fused_operations_answers_as_its_parts(
    network: tuple[Any, Any], tmp_path: Path, size: tuple[int, int]
) -> None:
    model, expected = network
    image = floats(1, *size, 3)
    for answer in answers(model.write(shard_bytes=100), tmp_path, image=image):
        assert list(answer) == ["answer"]
        np.testing.assert_allclose(answer["answer"], expected(image), rtol=1e-4, atol=1e-5)


def test_sizes_that_are_open_stay_open_and_are_recorded(network: tuple[Any, Any], tmp_path: Path) -> None:
    folder = network[0].write()
    for target, files in (("tensorflow", {"saved_model.pb"}), ("litert", {"model.tflite"})):
        record = convert(folder, tmp_path / target, target)
        document = json.loads((tmp_path / target / "conversion.json").read_text())
        assert document == json.loads(record.to_json())
        assert document["inputs"] == [{"name": "image", "shape": [1, None, None, 3], "dtype": "float32"}]
        assert document["outputs"] == [{"name": "answer", "shape": [1, None, None, 2], "dtype": "float32"}]
        assert (document["from"], document["to"], document["tensorflow"]) == (
            "tfjs_graph",
            target,
            tf.__version__,
        )
        assert set(document["files"]) == files
        assert {path.name for path in (tmp_path / target).iterdir()} == files | {"conversion.json"}


@pytest.mark.parametrize("target", ["tensorflow", "litert"])
def test_the_same_input_gives_the_same_bytes(network: tuple[Any, Any], tmp_path: Path, target: str) -> None:
    folder = network[0].write()
    assert convert(folder, tmp_path / "once", target) == convert(folder, tmp_path / "twice", target)


def test_a_prelu_of_its_own(tfjs_model: Any, tmp_path: Path) -> None:
    slope, signal = floats(3), floats(2, 3)
    tfjs_model.input("x", -1, 3)
    tfjs_model.constant("slope", slope)
    tfjs_model.node("y", "Prelu", ["x", "slope"])
    for answer in answers(tfjs_model.write(), tmp_path, x=signal):
        np.testing.assert_allclose(answer["y"], prelu(signal, slope), rtol=1e-6)


def test_a_fused_matrix_product(tfjs_model: Any, tmp_path: Path) -> None:
    matrix, bias, signal = floats(4, 3), floats(4), floats(2, 3)
    tfjs_model.input("x", -1, 3)
    tfjs_model.constant("matrix", matrix)
    tfjs_model.constant("bias", bias)
    attributes = {"T": FLOAT, "transpose_b": {"b": True}, "leakyrelu_alpha": {"f": 0.25}}
    tfjs_model.node("y", "_FusedMatMul", ["x", "matrix", "bias"], **attributes, **fused("BiasAdd", "LeakyRelu"))
    for answer in answers(tfjs_model.write(), tmp_path, x=signal):
        np.testing.assert_allclose(answer["y"], prelu(signal @ matrix.T + bias, 0.25), rtol=1e-5, atol=1e-6)


def test_quantised_weights_are_used_dequantised(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.input("x", -1, 3)
    quantization = {"dtype": "uint8", "scale": 0.1, "min": -1.0, "original_dtype": "float32"}
    tfjs_model.constant("w", np.array([0, 10, 255], np.uint8), quantization, dtype="float32")
    tfjs_model.node("y", "Mul", ["x", "w"], T=FLOAT)
    for answer in answers(tfjs_model.write(), tmp_path, x=np.ones((1, 3), np.float32)):
        assert answer["y"].tolist() == np.array([[-1.0, 0.0, 24.5]], np.float32).tolist()


def test_a_constant_may_be_wider_than_its_weight_but_not_lose_by_it(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.input("x", -1, dtype="DT_INT64")
    tfjs_model.constant("w", np.array([-7], np.int32))
    tfjs_model.nodes[-1]["attr"]["dtype"] = {"type": "DT_INT64"}
    tfjs_model.node("y", "Mul", ["x", "w"], T={"type": "DT_INT64"})
    for answer in answers(tfjs_model.write(), tmp_path, x=np.array([2**40])):
        assert answer["y"].tolist() == [-7 * 2**40]
    tfjs_model.nodes[1]["attr"]["dtype"] = {"type": "DT_UINT8"}
    assert "constant w can't take its weight" in refusal(tfjs_model.write(), tmp_path / "out")


def test_texts_pass_through(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.input("x", -1, dtype="DT_INT32")
    tfjs_model.constant("names", np.array(["cat", "", "ø"], object), dtype="string")
    tfjs_model.constant("axis", np.array(0, np.int32))
    attributes = {
        "Tparams": {"type": "DT_STRING"},
        "Tindices": {"type": "DT_INT32"},
        "Taxis": {"type": "DT_INT32"},
    }
    tfjs_model.node("y", "GatherV2", ["names", "x", "axis"], **attributes)
    for answer in answers(tfjs_model.write(), tmp_path, x=np.array([2, 0, 1], np.int32)):
        assert [bytes(text).decode() for text in answer["y"]] == ["ø", "cat", ""]


def test_bytes_that_went_through_javascript(network: tuple[Any, Any], tmp_path: Path) -> None:
    model, expected = network
    for node in model.nodes:
        if "padding" in node["attr"]:
            node["attr"]["padding"] = {"s": list(b"SAME")}
            node["attr"]["data_format"] = {"s": {"type": "Buffer", "data": list(b"NHWC")}}
    convert(model.write(), tmp_path / "out", "tensorflow")
    image = floats(1, 4, 4, 3)
    np.testing.assert_allclose(
        in_tensorflow(tmp_path / "out", image=image)["answer"], expected(image), rtol=1e-4, atol=1e-5
    )


def test_the_signature_of_the_model_is_kept(doubling: Path, tmp_path: Path) -> None:
    document = json.loads((doubling / "model.json").read_text())
    document["signature"] = {"inputs": {"photo:0": {"name": "x:0"}}, "outputs": {"twice": {"name": "y"}}}
    (doubling / "model.json").write_text(json.dumps(document))
    for answer in answers(doubling, tmp_path, photo=np.array([[1, 2]], np.float32)):
        assert {name: values.tolist() for name, values in answer.items()} == {"twice": [[2, 4]]}


def test_operations_that_nobody_knows_are_named(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.input("x", 1)
    tfjs_model.node("y", "Teleport", ["x"])
    tfjs_model.node("z", "Levitate", ["x"])
    assert "uses Levitate, Teleport, which TensorFlow" in refusal(tfjs_model.write(), tmp_path / "out")


def test_operations_that_touch_files_are_refused(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.constant("name", np.array("/etc/passwd", object), dtype="string")
    tfjs_model.node("y", "ReadFile", ["name"])
    assert "uses ReadFile, which no TF.js model can: don't trust it" in refusal(tfjs_model.write(), tmp_path / "out")


def test_operations_that_litert_does_not_have_are_named(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.input("x", 4, 4)
    tfjs_model.node("y", "MatrixInverse", ["x"], T=FLOAT)
    message = refusal(tfjs_model.write(), tmp_path / "out", "litert")
    assert message == "LiteRT can't run MatrixInverse as the model uses it: run it on tensorflow"
    assert convert(tfjs_model.folder, tmp_path / "out", "tensorflow").signature.inputs[0].shape == (4, 4)


def test_a_constant_without_a_weight_is_named(tfjs_model: Any, tmp_path: Path) -> None:
    tfjs_model.input("x", 1)
    tfjs_model.constant("w", floats(1))
    tfjs_model.node("y", "Mul", ["x", "w"], T=FLOAT)
    tfjs_model.weights, tfjs_model.stored = [], []
    assert "the constant w has no weight" in refusal(tfjs_model.write(), tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": "x"}, "the node 'x' twice"),
        ({"input": ["x", "nowhere"]}, "refuses the model's graph"),
        ({"input": ["x"]}, "refuses the model's graph"),
        ({"attr": {}}, "refuses the model's graph"),
        ({"attr": {"T": {"type": "DT_INT32"}}}, "refuses the model's graph"),
        ({"attr": {"T": {"type": "DT_NONSENSE"}}}, "refuses the model's graph"),
        ({"attr": []}, "is no TensorFlow graph"),
        ({"op": "Prelu", "input": ["x"]}, "too few inputs"),
        ({"op": "_FusedMatMul", "attr": fused("Teleport")}, "has Teleport fused into it"),
        ({"op": ["Mul"]}, "is no TensorFlow graph"),
    ],
)
def test_a_graph_that_does_not_hold_together_is_refused(
    doubling: Path, tmp_path: Path, change: dict[str, Any], complaint: str
) -> None:
    document = json.loads((doubling / "model.json").read_text())
    document["modelTopology"]["node"][-1].update(change)
    (doubling / "model.json").write_text(json.dumps(document))
    assert complaint in refusal(doubling, tmp_path / "out")
