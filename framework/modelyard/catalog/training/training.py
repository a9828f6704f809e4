"""What an asset's `train.py` is given: where its data is, where its weights go, and whom to tell how it goes.

It runs in TensorFlow's container, where little of the builder is: this file and `example` import nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from modelyard.catalog.training import example
from modelyard.catalog.training.example import Example
from modelyard.errors import ModelyardError


@dataclass(frozen=True)
class Training:
    """One training.

        def train(training: Training) -> None:
            pictures, classes = read(training.data)
            network = build(len(training.labels))
            fitted = network.fit(pictures, classes, …, callbacks=training.callbacks(epochs=20))
            training.finish(accuracy=max(fitted.history["val_accuracy"]))
            network.save(training.output / "network.keras")

    Chance is seeded before, in Python, NumPy and Keras, and TensorFlow is told to be deterministic.

    Attributes:
        data: The folder with what asset.yaml names under `training.data`, each at its `path`.
        output: The folder for the weights; a file in it has the name that is its `path` under `weights`.
        weights: The folder with the asset's other weights, those that aren't trained, in TensorFlow's form.
        seed: What chance begins with.
        labels: The names of the classes, in the order of the network's ids; where somebody brought labelled data of
            their own, the names that are in it.
        own: The file or folder that somebody brought to be learned from instead of `data`.
        feedback: Reviewed right answers, to be learned from besides.
        tell: Is told what happens.
    """

    data: Path
    output: Path
    weights: Path
    seed: int
    labels: tuple[str, ...] = ()
    own: Path | None = None
    feedback: tuple[Example, ...] = ()
    tell: Callable[[Mapping[str, Any]], None] = field(default=lambda _: None, repr=False)

    @cached_property
    def own_examples(self) -> list[Example] | None:
        """What is in `own`, read as labelled examples; None where nobody brought data of their own.

        Raises:
            ModelyardError: It can't be read as such; see `example.read`.
        """
        return None if self.own is None else list(example.read(self.own))

    def id_of(self, one: Example) -> int:
        """The id of an example's class.

        Raises:
            ModelyardError: Its label is none of `labels`.
        """
        if one.label not in self._ids:
            raise ModelyardError(f"{one.where}: {one.label!r} is none of the labels {', '.join(self.labels)[:200]}")
        return self._ids[one.label]

    def epoch(self, number: int, of: int, **figures: float) -> None:
        """Tells how far it is.

        Args:
            number: The epoch that is done, from 1.
            of: How many there will be at most.
            figures: What was measured, as Keras names it: `loss`, and `val_loss` for the same of what is held out.
        """
        self.tell({"epoch": number, "of": of, "figures": {name: float(value) for name, value in figures.items()}})

    def callbacks(self, epochs: int, *, watch: str = "val_loss", patience: int = 5) -> Sequence[Any]:
        """Callbacks for Keras's `fit`: they tell each epoch, and stop early, going back to the best weights.

        Args:
            epochs: What `fit` is told.
            watch: The figure that must still get better: higher where its name ends with `accuracy`, else lower.
            patience: Epochs that it may get no better for.
        """
        import tensorflow

        def tell(epoch: int, logs: Mapping[str, float]) -> None:
            self.epoch(epoch + 1, epochs, **logs)

        keras = tensorflow.keras
        mode = "max" if watch.endswith("accuracy") else "min"
        stop = keras.callbacks.EarlyStopping(watch, mode=mode, patience=patience, restore_best_weights=True)
        return [keras.callbacks.LambdaCallback(on_epoch_end=tell), stop]

    def finish(self, **metrics: float) -> None:
        """Tells the figures that asset.yaml names under `training.metrics`, measured on what was held out."""
        self.tell({"metrics": {name: float(value) for name, value in metrics.items()}})

    @cached_property
    def _ids(self) -> Mapping[str, int]:
        return {label: number for number, label in enumerate(self.labels)}
