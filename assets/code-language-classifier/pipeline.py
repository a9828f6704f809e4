"""Guesslang: pairs of neighbouring bytes, hashed into 5,000 buckets, a wide and deep classifier.

It follows `guesslang/model.py` of guesslang 2.2.1. Its graph takes the text itself, cuts it into pairs and looks at the
first 10,000 of them.
"""

from pathlib import Path
from typing import Annotated

import numpy as np

from modelyard import Parameter, Pipeline, Tensors, Text, TextClassification

SEEN = 10_001
"""Bytes in 10,000 pairs."""


class CodeLanguageClassifier(Pipeline[Text, TextClassification]):
    """Tells which programming language a text is written in."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "guesslang")

    def preprocess(self, text: Text) -> Tensors:
        return {self.model.inputs[0].name: np.array([text.encode()[:SEEN]], object)}

    def postprocess(
        self,
        tensors: Tensors,
        text: Text,
        *,
        top: Annotated[int, Parameter("How many of the most likely languages to name.", 1, 54)] = 5,
    ) -> TextClassification:
        return TextClassification.best(tensors["scores"][0], self.labels, top)
