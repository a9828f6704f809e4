"""Universal Sentence Encoder Lite: unigram pieces, two transformer layers, the mean as 512 numbers of length 1.

It follows `index.js` of @energetic-ai/embeddings 0.2.0, which is @tensorflow-models/universal-sentence-encoder with the
weights beside it. The network looks at 128 pieces; what follows them it cuts off itself, so they are not made.
"""

import json
from pathlib import Path

import numpy as np

from modelyard import Pipeline, Tensors, Text, TextEmbedding, Unigram

RESERVED = 6
"""Ids at the vocabulary's start that no text gets."""
MOST = 128
"""Pieces that the network looks at."""


class SentenceEncoder(Pipeline[Text, TextEmbedding]):
    """Turns a sentence into a vector."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "encoder")
        self.pieces = Unigram(json.loads((weights / "vocab.json").read_text("utf-8")), RESERVED)

    def preprocess(self, text: Text) -> Tensors:
        return {"ids": np.array([self.pieces.ids(text, MOST)], np.int32)}

    def postprocess(self, tensors: Tensors, text: Text) -> TextEmbedding:
        (vectors,) = tensors.values()
        return TextEmbedding(vectors[0])
