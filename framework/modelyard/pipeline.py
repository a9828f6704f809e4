"""The one class that the author of an asset inherits from."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from modelyard.caller import current
from modelyard.parameters import parameters_of
from modelyard.runtimes.runtime import Model, Runtime
from modelyard.tensors import Tensors

Input = TypeVar("Input")
Output = TypeVar("Output")


class Pipeline(ABC, Generic[Input, Output]):
    """From what a user sends to the answer: decode → preprocess → infer → postprocess.

    Write each step for one input, as if alone: nothing in a pipeline knows HTTP, Docker or
    threads. The types say which task it performs, and everything else follows from them.

        class ImageSegmenter(Pipeline[Image, Segmentation]):
            def load(self, weights: Path) -> None:
                self.model = self.runtime.load(weights / "deeplab")

            def preprocess(self, image: Image) -> Tensors: ...

            def postprocess(self, tensors: Tensors, image: Image) -> Segmentation: ...

    Keyword-only arguments of `preprocess` and `postprocess` are the request's parameters
    (see `Parameter`). To refuse an input, raise `BadInput`.
    """

    model: Model
    """The network, where there is one; `load` sets it."""

    def __init__(self, runtime: Runtime, labels: Sequence[str] = ()) -> None:
        self.runtime = runtime
        self.labels = tuple(labels)

    @abstractmethod
    def load(self, weights: Path) -> None:
        """Loads the networks; called once, before anything else.

        Args:
            weights: The folder with the files that asset.yaml names under `weights`.
        """

    @abstractmethod
    def preprocess(self, input: Input, /) -> Tensors:
        """Turns the input into what the network takes, with a batch axis of size 1."""

    def infer(self, tensors: Tensors) -> Tensors:
        """Asks the network; override it where there are several, or a loop."""
        return self.model(tensors)

    @abstractmethod
    def postprocess(self, tensors: Tensors, input: Input, /) -> Output:
        """Turns what the network said about the input into the answer."""

    def predict(self, input: Input, **parameters: Any) -> Output:
        """All steps in a row, for one input; the caller learns what the steps around the network took.

        Args:
            input: What the user sent, decoded.
            parameters: Values of the parameters that the steps declare.
        """

        def of(step: Callable[..., Any]) -> dict[str, Any]:
            return {p.name: parameters[p.name] for p in parameters_of(step) if p.name in parameters}

        observe = current().observe
        began = time.monotonic()
        tensors = self.preprocess(input, **of(self.preprocess))
        observe("preprocess", time.monotonic() - began)
        tensors = self.infer(tensors)
        began = time.monotonic()
        answer = self.postprocess(tensors, input, **of(self.postprocess))
        observe("postprocess", time.monotonic() - began)
        return answer
