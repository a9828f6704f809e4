"""Inputs that differ in one word, as an asset's `counterfactuals.py` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 64
"""Inputs of a group: each is held to each."""


@dataclass(frozen=True)
class Group:
    """Inputs that should be answered alike, because they differ only in whom they are about.

        def groups() -> Iterator[Group]:
            for template in ("{} is late.", "{} will help you."):
                texts = {name: template.format(name).encode() for name in ("Anna", "Omar")}
                yield Group("names", template, texts)

    Attributes:
        set: The set that it belongs to: a name in `evaluation.counterfactuals` of asset.yaml.
        name: What reports call it; no two of a set alike.
        inputs: What is sent, encoded as a client would send it, by the word that was put in; 2 to 64.
        parameters: Request parameters to send with each.
    """

    set: str
    name: str
    inputs: Mapping[str, bytes]
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
