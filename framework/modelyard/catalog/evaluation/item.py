"""One labelled input, as an asset's `evaluation.py` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Item:
    """One labelled input.

        def items(data: Path) -> Iterator[Item]:
            for line in (data / "labelled.csv").read_text().splitlines():
                text, label = line.rsplit(",", 1)
                yield Item(name=text[:20], data=text.encode(), truth=label)

    Attributes:
        name: What reports call it; no two alike.
        data: What is sent, encoded as a client would send it.
        truth: The right answer, in the form that the task's metrics take (see `modelyard.catalog.metrics`).
        parameters: Request parameters to send with it.
        slices: What it belongs to, by the name of the partition: `{"source": "movies"}`.
    """

    name: str
    data: bytes
    truth: Any
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    slices: Mapping[str, str] = field(default_factory=dict)
