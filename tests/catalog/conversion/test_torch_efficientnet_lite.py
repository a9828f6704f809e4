"""The network that is written down for EfficientNet-Lite's weights computes what PyTorch computes with them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.catalog.conversion.torch_saved import file_of

from modelyard.catalog.conversion import ConversionError, convert
from modelyard.catalog.conversion.torch import architecture
from modelyard.catalog.conversion.torch.architectures import efficientnet_lite
from modelyard.catalog.conversion.torch.state_dict import Weights

SIDES = {0: 224, 1: 240, 2: 260, 3: 280, 4: 300}
CLASSES = 5

ANSWERS = {
    0: [[-5.7750, 6.3968, 1.8463, -3.1549, -3.7454], [-6.2884, 6.3622, 1.3207, -2.4709, -3.8792]],
    3: [[-3.7440, 2.2306, 2.0693, -1.1220, -1.6930], [-3.6916, 2.3044, 2.4033, -0.8953, -1.7613]],
}
"""The logits of efficientnet-lite-pytorch 0.1.0 in PyTorch 1.13, with the weights and pictures below."""


def seeded(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Weights that any machine makes alike, and that let a signal through a hundred layers."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith("running_var") or ("_bn" in name and name.endswith(".weight")):
        return rng.uniform(0.5, 1.5, shape).astype(np.float32)
    spread = (2 / max(1, int(np.prod(shape[1:])))) ** 0.5 if len(shape) > 1 else 0.1
    return rng.normal(0, spread, shape).astype(np.float32)


def weights_of(number: int, classes: int = CLASSES) -> Weights:
    size = efficientnet_lite._SIZES[number]
    weights: Weights = {name: seeded(name, shape) for name, shape in efficientnet_lite._shapes(size, classes).items()}
    counters = {name.replace("running_mean", "num_batches_tracked") for name in weights if "running_mean" in name}
    return {**weights, **{name: np.array(0) for name in counters}}


def pictures(number: int) -> NDArray[np.float32]:
    side = SIDES[number]
    return np.random.default_rng(number).uniform(-1, 1, (2, side, side, 3)).astype(np.float32)


@pytest.mark.parametrize("number", SIDES)
@pytest.mark.parametrize("classes", [2, 1000])
def test_it_is_told_by_names_and_shapes(number: int, classes: int) -> None:
    weights = weights_of(number, classes)
    found = efficientnet_lite._size_of(weights)
    assert found is not None
    assert found.side == SIDES[number]
    assert architecture.find(weights, Path("weights")) is efficientnet_lite.ARCHITECTURE


@pytest.mark.parametrize(("number", "millions"), [(0, 4.7), (1, 5.4), (2, 6.1), (3, 8.2), (4, 13.0)])
def test_it_has_as_many_parameters_as_its_authors_say(number: int, millions: float) -> None:
    trained = [one for name, one in weights_of(number, 1000).items() if "running" not in name and one.ndim]
    assert sum(one.size for one in trained) / 1e6 == pytest.approx(millions, abs=0.06)


@pytest.mark.parametrize(
    "change",
    [
        lambda weights: weights.pop("_blocks.3._bn1.bias"),
        lambda weights: weights.pop("_fc.bias"),
        lambda weights: weights.update({"_blocks.3._se_reduce.weight": np.zeros((10, 144, 1, 1))}),
        lambda weights: weights.update({"_conv_stem.weight": np.zeros((32, 1, 3, 3))}),
        lambda weights: weights.update({"_fc.bias": np.zeros(())}),
        lambda weights: weights.clear(),
    ],
)
def test_weights_of_another_network_are_refused(change: Callable[[Weights], object]) -> None:
    weights = weights_of(0)
    change(weights)
    with pytest.raises(ConversionError, match="a network that is not known here .* known is EfficientNet-Lite"):
        architecture.find(weights, Path("weights"))


@pytest.mark.parametrize("number", ANSWERS)
def test_it_answers_as_pytorch_does(number: int, tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    efficientnet_lite.to_tensorflow(weights_of(number), tmp_path)
    network = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    answers = network(image=tf.constant(pictures(number)))["logits"].numpy()
    np.testing.assert_allclose(answers, ANSWERS[number], atol=2e-3)


def test_a_file_reaches_both_runtimes_with_any_number_of_pictures(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    (tmp_path / "weights.pth").write_bytes(file_of(weights_of(0)))
    record = convert(tmp_path / "weights.pth", tmp_path / "tensorflow", "tensorflow")
    assert record == convert(tmp_path / "weights.pth", tmp_path / "again", "tensorflow")
    small = convert(tmp_path / "weights.pth", tmp_path / "litert", "litert")
    for made in (record, small):
        assert made.source_format == "torch_state_dict"
        assert [(one.name, one.shape, one.dtype) for one in made.signature.inputs] == [
            ("image", (None, 224, 224, 3), "float32")
        ]
        assert [(one.name, one.shape) for one in made.signature.outputs] == [("logits", (None, CLASSES))]
    batch = np.concatenate([pictures(0), pictures(0)[:1]])
    expected: Any = [*ANSWERS[0], ANSWERS[0][0]]
    for count in (1, 3):
        interpreter = tf.lite.Interpreter(model_path=str(tmp_path / "litert" / "model.tflite"))
        answers = interpreter.get_signature_runner("serving_default")(image=batch[:count])["logits"]
        np.testing.assert_allclose(answers, expected[:count], atol=2e-3)
