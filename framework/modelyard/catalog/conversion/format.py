"""A format that weights come in, and which one a file or folder is in."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import formats
from .errors import ConversionError

Writer = Callable[[Path, Path], None]
"""Reads the weights at the first path and writes the runtime's files into the folder at the second."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """What a file of `formats/` declares as its `FORMAT`; the file's name is the format's name.

    A format that can become a SavedModel can become a LiteRT model through it, so `to_litert` is for
    formats with a shorter way.
    """

    title: str
    """As it reads in a sentence: 'a SavedModel'."""

    holds: Callable[[Path], bool]
    """Whether this very file or folder is in the format, told by its content and without TensorFlow.

    Raises:
        ConversionError: It is meant to be in the format, and broken.
    """

    to_tensorflow: Writer | None = None
    to_litert: Writer | None = None


@dataclass(frozen=True)
class Weights:
    """Weights that were found, and their format."""

    path: Path
    format_name: str
    format: Format


def all_formats() -> dict[str, Format]:
    """Every format there is, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(formats.__path__))
    return {name: importlib.import_module(f"{formats.__name__}.{name}").FORMAT for name in names}


def recognise(path: Path) -> Weights:
    """The weights at a path: the path itself or, in a folder, the one thing in it that is weights.

    Raises:
        ConversionError: Nothing is there, or nothing or more than one thing of a known format.
    """
    if not path.exists():
        raise ConversionError(f"{path} does not exist: name the file or folder that holds the weights")
    if (found := _recognised(path)) is not None:
        return found
    inside = sorted(path.iterdir()) if path.is_dir() else []
    candidates = [weights for child in inside if (weights := _recognised(child)) is not None]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        named = ", ".join(f"{weights.path.name} ({weights.format.title})" for weights in candidates)
        raise ConversionError(f"{path} holds more than one model: {named}; name one of them")
    known = ", ".join(known_format.title for known_format in all_formats().values())
    contents = f" (it holds {_listing(inside)})" if path.is_dir() else ""
    raise ConversionError(f"{path}{contents} is in no format known here: give {known}, or add a file to formats/")


def _recognised(path: Path) -> Weights | None:
    for name, candidate in all_formats().items():
        if candidate.holds(path):
            return Weights(path, name, candidate)
    return None


def _listing(children: list[Path], most: int = 5) -> str:
    names = [child.name for child in children[:most]]
    more = [f"{len(children) - most} more"] if len(children) > most else []
    return ", ".join(names + more) or "nothing"
