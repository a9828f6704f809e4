"""A network that a state dictionary may hold the weights of: one file per network, found by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConversionError
from . import architectures
from .state_dict import Weights

Writer = Callable[[Weights, Path], None]
"""Writes the network with these weights as a SavedModel into a folder."""


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """What a file of `architectures/` declares as its `ARCHITECTURE`.

    A state dictionary has names and numbers, and no word about what is computed with them. So the network is
    written down here a second time, and told by the names and shapes of its weights, all of them.
    """

    title: str
    """As it reads in a sentence: 'EfficientNet-Lite'."""

    holds: Callable[[Weights], bool]
    """Whether these are its weights, and no others."""

    to_tensorflow: Writer


def find(weights: Weights, path: Path) -> Architecture:
    """The network that weights belong to; the path is for the error.

    Raises:
        ConversionError: It is none that is known here.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(architectures.__path__))
    known = [importlib.import_module(f"{architectures.__name__}.{name}").ARCHITECTURE for name in names]
    for architecture in known:
        if architecture.holds(weights):
            return architecture  # type: ignore[no-any-return]
    titles = ", ".join(architecture.title for architecture in known)
    raise ConversionError(
        f"{path} has the weights of a network that is not known here ({len(weights)} tensors): "
        f"known is {titles}; add a file to torch/architectures/"
    )
