"""The sentence encoder's vector of a text, and a logistic regression upon it that is trained here: see train.py."""

import json
from pathlib import Path

import numpy as np

from modelyard import Pipeline, Tensors, Text, TextClassification, Unigram

RESERVED = 6
"""Ids at the vocabulary's start that no text gets."""
MOST = 128
"""Pieces that the encoder looks at."""


class TextSentimentClassifier(Pipeline[Text, TextClassification]):
    """Says how likely a text means well."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "encoder")
        self.head = self.runtime.load(weights / "head.keras")
        self.pieces = Unigram(json.loads((weights / "vocab.json").read_text("utf-8")), RESERVED)

    def preprocess(self, text: Text) -> Tensors:
        return {"ids": np.array([self.pieces.ids(text, MOST)], np.int32)}

    def infer(self, tensors: Tensors) -> Tensors:
        (vectors,) = self.model(tensors).values()
        return self.head({self.head.inputs[0].name: vectors})

    def postprocess(self, tensors: Tensors, text: Text) -> TextClassification:
        (probabilities,) = tensors.values()
        return TextClassification.best(probabilities[0], self.labels)
