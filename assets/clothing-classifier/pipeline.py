"""Garments of Fashion-MNIST, told apart by a small network that is trained here: see train.py."""

from pathlib import Path
from typing import Annotated

import numpy as np
from garment import prepared

from modelyard import Classification, Image, Parameter, Pipeline, Tensors


class ClothingClassifier(Pipeline[Image, Classification]):
    """Names the garment in a picture."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "garments.keras")

    def preprocess(self, image: Image) -> Tensors:
        return {self.model.inputs[0].name: prepared(image)[np.newaxis, ..., np.newaxis].astype(np.float32)}

    def postprocess(
        self,
        tensors: Tensors,
        image: Image,
        *,
        top: Annotated[int, Parameter("How many of the most likely classes to name.", 1, 100)] = 5,
    ) -> Classification:
        (probabilities,) = tensors.values()
        return Classification.best(probabilities[0], self.labels, top)
