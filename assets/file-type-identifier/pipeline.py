"""Magika: a file's first and last 1,024 bytes, a small network, and rules for when not to trust it.

It follows `magika/magika.py` of magika 1.0.3 with its model standard_v3_3, in the mode that is its default, high
confidence. White space at a file's ends is not looked at. A kind that the network is not sure enough of becomes "txt"
or "unknown", and so do the two kinds that mean noise; what has fewer than 8 bytes is told by whether it is text.
"""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from modelyard import Classification, File, Parameter, Pipeline, Tensors

TEXT, UNKNOWN = "txt", "unknown"


class FileTypeIdentifier(Pipeline[File, Classification]):
    """Tells what kind of file something is from its bytes."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "model.onnx")
        rules = json.loads((weights / "rules.json").read_text("utf-8"))
        kinds = json.loads((weights / "kinds.json").read_text("utf-8"))
        self.kinds: list[str] = rules["target_labels_space"]
        self.texts = {name for name, kind in kinds.items() if kind["is_text"]}
        self.overwritten: dict[str, str] = rules["overwrite_map"]
        self.thresholds: dict[str, float] = rules["thresholds"]
        self.threshold: float = rules["medium_confidence_threshold"]
        self.fewest: int = rules["min_file_size_for_dl"]
        self.block, self.begin, self.end = rules["block_size"], rules["beg_size"], rules["end_size"]
        self.padding: int = rules["padding_token"]

    def preprocess(self, file: File) -> Tensors:
        seen = self.features(file.data)
        # With fewer bytes than this, the network isn't asked.
        if len(file.data) < self.fewest or seen[self.fewest - 1] == self.padding:
            return {}
        return {"bytes": seen[np.newaxis]}

    def infer(self, tensors: Tensors) -> Tensors:
        return self.model(tensors) if tensors else {}

    def postprocess(
        self,
        tensors: Tensors,
        file: File,
        *,
        top: Annotated[int, Parameter("How many of the most likely kinds to name.", 1, 214)] = 5,
        mode: Annotated[
            str,
            Parameter(
                "When to trust the network: above each kind's own threshold, above one half, or always.",
                choices=("high-confidence", "medium-confidence", "best-guess"),
            ),
        ] = "high-confidence",
    ) -> Classification:
        if not tensors:
            return self.answer([(self.few(file.data[: self.block]), 1.0)])
        (scores,) = tensors.values()
        # The network counts in 32 bits, and one sure of itself may be above 1 by a hair.
        order = np.argsort(-scores[0], kind="stable")[:top].tolist()
        ranked = [(self.kinds[one], min(1.0, float(scores[0, one]))) for one in order]
        best, score = ranked[0]
        return self.answer([(self.trusted(best, score, mode), score), *ranked[1:]])

    def features(self, data: bytes) -> NDArray[np.int32]:
        """int32 [2048]: the bytes at both ends of a file, without white space there, padded towards the middle."""
        first = data[: self.block].lstrip()[: self.begin]
        last = data[-self.block :].rstrip()[-self.end :]
        seen = np.full(self.begin + self.end, self.padding, np.int32)
        seen[: len(first)] = np.frombuffer(first, np.uint8)
        seen[len(seen) - len(last) :] = np.frombuffer(last, np.uint8)
        return seen

    def trusted(self, kind: str, score: float, mode: str) -> str:
        """The kind that is answered for the network's best one."""
        said = self.overwritten.get(kind, kind)
        thresholds = {
            "high-confidence": self.thresholds.get(kind, self.threshold),
            "medium-confidence": self.threshold,
            "best-guess": 0.0,
        }
        if score >= thresholds[mode]:
            return said
        return TEXT if said in self.texts else UNKNOWN

    @staticmethod
    def few(data: bytes) -> str:
        """The kind of a file that is too short for the network."""
        try:
            data.decode()
        except UnicodeDecodeError:
            return UNKNOWN
        return TEXT

    def answer(self, ranked: list[tuple[str, float]]) -> Classification:
        """Kinds with their scores, best first; a kind that stands there twice counts where it stands first."""
        first: dict[str, float] = {}
        for kind, score in ranked:
            first.setdefault(kind, score)
        ids = tuple(self.labels.index(kind) for kind in first)
        return Classification(ids, tuple(first), tuple(first.values()))
