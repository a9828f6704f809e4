"""Frozen graphs of TensorFlow 1: nobody is asked what goes in and what comes out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modelyard.catalog.conversion import ConversionError, convert
from modelyard.catalog.conversion.format import recognise

tf = pytest.importorskip("tensorflow")
v1 = tf.compat.v1


def frozen(path: Path) -> Path:
    """Twice what comes in, three times while it trains; and whether that is more than one."""
    with tf.Graph().as_default() as graph:
        default = tf.zeros([1, 2])
        given = v1.placeholder_with_default(default, [None, 2], name="given")
        training = v1.placeholder_with_default(True, [], name="training")
        twice = tf.multiply(given, v1.cond(training, lambda: 3.0, lambda: 2.0), name="twice")
        tf.greater(twice, 1.0, name="decision")
        path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


@pytest.fixture(autouse=True)
def old_control_flow() -> None:
    v1.disable_control_flow_v2()


def test_it_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    assert recognise(frozen(tmp_path / "weights")).format_name == "frozen_graph"


def test_it_answers_as_it_does_when_it_does_not_train(tmp_path: Path) -> None:
    record = convert(frozen(tmp_path / "weights"), tmp_path / "out", "tensorflow")
    assert [one.name for one in record.signature.inputs] == ["given"]
    assert [one.name for one in record.signature.outputs] == ["twice"]
    model = tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"]
    answer = model(given=tf.constant([[1.0, 2.0], [3.0, 4.0]]))["twice"].numpy()
    np.testing.assert_array_equal(answer, [[2, 4], [6, 8]])


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_half_a_graph_is_refused_in_words(tmp_path: Path, keep: float) -> None:
    whole = frozen(tmp_path / "weights").read_bytes()
    (tmp_path / "half").write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(ConversionError, match="half is"):
        convert(tmp_path / "half", tmp_path / "out", "tensorflow")
    assert not (tmp_path / "out").exists()
