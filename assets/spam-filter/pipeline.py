"""The words of a message, hashed, and a small network trained here."""

from pathlib import Path

import numpy as np
from features import seen

from modelyard import Pipeline, Tensors, Text, TextClassification


class SpamFilter(Pipeline[Text, TextClassification]):
    """Says how likely a message is spam."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "spam.keras")

    def preprocess(self, text: Text) -> Tensors:
        return {self.model.inputs[0].name: seen(text)[np.newaxis]}

    def postprocess(self, tensors: Tensors, text: Text) -> TextClassification:
        (probabilities,) = tensors.values()
        return TextClassification.best(probabilities[0], self.labels)
