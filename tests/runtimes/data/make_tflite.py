"""Makes tiny.tflite and words.tflite: `python make_tflite.py`, with tensorflow-cpu 2.21 installed."""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import tensorflow as tf

FOLDER = Path(__file__).parent


class Tiny(tf.Module):
    """Fails to plan where `x` isn't three wide, and to run where an id is beyond the table."""

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, "x"), tf.TensorSpec([None], tf.int32, "ids")])
    def serving_default(self, x, ids):
        weights = tf.constant([[1.0, 0.0], [0.0, 10.0], [100.0, 100.0]])
        return {"product": tf.matmul(x, weights), "picked": tf.gather(tf.constant([5.0, 6.0, 7.0]), ids)}


class Words(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "words"), tf.TensorSpec([None], tf.int32, "ids")])
    def serving_default(self, words, ids):
        return {"picked": tf.gather(words, ids)}


for name, module in {"tiny": Tiny(), "words": Words()}.items():
    functions = [module.serving_default.get_concrete_function()]
    signatures = {"serving_default": functions[0]}
    tf.saved_model.save(module, f"/tmp/{name}", signatures=signatures)
    converter = tf.lite.TFLiteConverter.from_saved_model(f"/tmp/{name}")
    (FOLDER / f"{name}.tflite").write_bytes(converter.convert())
