"""PyTorch's state dictionaries, of the networks in `torch/architectures/`. PyTorch is not needed."""

from __future__ import annotations

from pathlib import Path

from ..format import Format
from ..torch import architecture, state_dict


def to_tensorflow(source: Path, folder: Path) -> None:
    """Finds the network by its weights, and writes it with them."""
    weights = state_dict.read(source)
    architecture.find(weights, source).to_tensorflow(weights, folder)


FORMAT = Format(title="a PyTorch state dictionary (.pth)", holds=state_dict.is_torch, to_tensorflow=to_tensorflow)
