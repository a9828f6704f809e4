"""Checkpoints of TensorFlow 1: the network is taken out of the graph that trained it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modelyard.catalog.conversion import ConversionError, convert
from modelyard.catalog.conversion.format import recognise

tf = pytest.importorskip("tensorflow")
v1 = tf.compat.v1

GIVEN = np.array([[1.0, 2.0], [-3.0, 4.0]], np.float32)


@pytest.fixture(autouse=True)
def as_tensorflow_1() -> None:
    v1.disable_control_flow_v2()


def trained(folder: Path, prefix: str = "") -> np.ndarray:
    """A checkpoint as a script of 2019 left it, and what its network says of GIVEN.

    There are a dropout that a flag turns on, a by-product that nobody takes, a loss with the right answer, and Adam.
    """
    folder.mkdir()
    with tf.Graph().as_default(), v1.Session() as session:
        given = v1.placeholder(tf.float32, [None, 2], name="model/given")
        training = v1.placeholder(tf.bool, name="model/training")
        truth = v1.placeholder(tf.float32, [None, 3], name="truth")
        weight = v1.get_variable("weight", [2, 3], use_resource=False, initializer=v1.random_normal_initializer(seed=3))
        bias = v1.get_variable("bias", [3], use_resource=False, initializer=v1.ones_initializer())
        product = tf.matmul(given, weight)
        tf.reduce_sum(product, name="by_product")
        dropped = v1.cond(training, lambda: tf.nn.dropout(product, 0.5), lambda: tf.identity(product))
        logits = tf.add(dropped, bias)
        answer = tf.sigmoid(logits, name="answer")
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=truth, logits=logits))
        step = v1.train.AdamOptimizer(0.1).minimize(loss + 0.01 * tf.nn.l2_loss(weight))
        session.run(v1.global_variables_initializer())
        session.run(step, {given: GIVEN, training: True, truth: np.eye(3)[:2]})
        v1.train.Saver().save(session, f"{folder}/{prefix}")
        said: np.ndarray = session.run(answer, {given: GIVEN, training: False})
        return said


@pytest.mark.parametrize("prefix", ["", "model.ckpt-100"])
def test_it_is_told_by_its_parts_whatever_their_name(tmp_path: Path, prefix: str) -> None:
    trained(tmp_path / "saved", prefix)
    assert recognise(tmp_path / "saved").format_name == "checkpoint"


def test_the_network_answers_as_before_it_was_saved(tmp_path: Path) -> None:
    expected = trained(tmp_path / "saved")
    record = convert(tmp_path / "saved", tmp_path / "out", "tensorflow")
    assert [(one.name, one.shape) for one in record.signature.inputs] == [("model/given", (None, 2))]
    assert [(one.name, one.shape) for one in record.signature.outputs] == [("answer", (None, 3))]
    model = tf.saved_model.load(str(tmp_path / "out")).signatures["serving_default"]
    np.testing.assert_allclose(model(**{"model/given": tf.constant(GIVEN)})["answer"], expected, atol=1e-6)


def test_it_becomes_a_litert_model_in_which_nothing_trains(tmp_path: Path) -> None:
    expected = trained(tmp_path / "saved", "model.ckpt-100")
    convert(tmp_path / "saved", tmp_path / "out", "litert")
    interpreter = tf.lite.Interpreter(model_path=str(tmp_path / "out" / "model.tflite"))
    said = interpreter.get_signature_runner()(**{"model/given": GIVEN})["answer"]
    np.testing.assert_allclose(said, expected, atol=1e-6)


def refusal(source: Path, output: Path) -> str:
    with pytest.raises(ConversionError) as caught:
        convert(source, output, "tensorflow")
    assert "\n" not in str(caught.value)
    assert not output.exists()
    return str(caught.value)


def test_two_checkpoints_in_a_folder_are_one_too_many(tmp_path: Path) -> None:
    trained(tmp_path / "saved", "first")
    trained(tmp_path / "again", "second")
    for part in (tmp_path / "again").iterdir():
        part.rename(tmp_path / "saved" / part.name)
    assert "holds 2 checkpoints" in refusal(tmp_path / "saved", tmp_path / "out")


@pytest.mark.parametrize("part", [".meta", ".index"])
def test_a_damaged_checkpoint_is_refused_in_words(tmp_path: Path, part: str) -> None:
    trained(tmp_path / "saved")
    file = tmp_path / "saved" / part
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "saved is damaged" in refusal(tmp_path / "saved", tmp_path / "out")


def test_a_checkpoint_of_other_variables_is_refused_in_words(tmp_path: Path) -> None:
    trained(tmp_path / "saved")
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("other", [1], use_resource=False)
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, f"{tmp_path}/saved/", write_meta_graph=False)
    assert "the checkpoint has no value of" in refusal(tmp_path / "saved", tmp_path / "out")


def test_a_graph_without_a_network_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    with tf.Graph().as_default(), v1.Session() as session:
        v1.get_variable("lonely", [1], use_resource=False)
        session.run(v1.global_variables_initializer())
        v1.train.Saver().save(session, f"{tmp_path}/saved/model")
    assert "no network to run" in refusal(tmp_path / "saved", tmp_path / "out")
