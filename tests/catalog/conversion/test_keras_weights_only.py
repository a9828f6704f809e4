"""A Keras file with weights alone is converted where the network is known, and refused with advice where not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modelyard.catalog.conversion import ConversionError, convert
from modelyard.catalog.conversion.keras import deepcut

tf = pytest.importorskip("tensorflow")
h5py = pytest.importorskip("h5py")

RANDOM = np.random.default_rng(3)


def written(path: Path, shapes: dict[str, tuple[int, ...]]) -> Path:
    """Such a file, as Keras wrote them, with small weights."""
    with h5py.File(path, "w") as file:
        layers = sorted({name.partition("/")[0] for name in shapes})
        file.attrs["layer_names"] = [layer.encode() for layer in layers]
        for layer in layers:
            group = file.create_group(layer)
            names = [name for name in shapes if name.startswith(f"{layer}/")]
            group.attrs["weight_names"] = [f"{name}:0".encode() for name in names]
            for name in names:
                values = RANDOM.normal(0, 0.1, shapes[name]).astype(np.float32)
                group[f"{name}:0"] = values + 1 if name.endswith("moving_variance") else values
    return path


def test_deepcut_reaches_both_runtimes(tmp_path: Path) -> None:
    source = written(tmp_path / "weights.h5", deepcut.SHAPES)
    ids = {
        "characters": RANDOM.integers(0, 178, (5, 21)).astype(np.int32),
        "types": RANDOM.integers(0, 12, (5, 21)).astype(np.int32),
    }
    for runtime in ("tensorflow", "litert"):
        convert(source, tmp_path / runtime, runtime)
    network = tf.saved_model.load(str(tmp_path / "tensorflow")).signatures["serving_default"]
    expected = network(**{name: tf.constant(value) for name, value in ids.items()})["probability"].numpy()
    assert expected.shape == (5, 1)
    assert np.ptp(expected) > 0
    lite = tf.lite.Interpreter(str(tmp_path / "litert" / "model.tflite")).get_signature_runner()
    np.testing.assert_allclose(lite(**ids)["probability"], expected, atol=1e-5)


def test_weights_of_an_unknown_network_are_refused_with_what_is_known(tmp_path: Path) -> None:
    source = written(tmp_path / "weights.h5", {"dense_1/kernel": (2, 3), "dense_1/bias": (3,)})
    with pytest.raises(ConversionError, match=r"none that is known here \(Deepcut\): save the whole model"):
        convert(source, tmp_path / "out", "litert")


def test_one_weight_of_another_size_makes_it_another_network(tmp_path: Path) -> None:
    source = written(tmp_path / "weights.h5", {**deepcut.SHAPES, "dense_14/bias": (2,)})
    with pytest.raises(ConversionError, match="none that is known"):
        convert(source, tmp_path / "out", "litert")
