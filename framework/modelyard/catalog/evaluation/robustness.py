"""How well a model answers inputs that suffered on their way: labelled items, corrupted in the ways of their kind."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from modelyard.catalog import corruptions, shelf
from modelyard.catalog.corruptions import SEVERITIES, Corruption
from modelyard.catalog.evaluation.item import Item
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Robustness


def kinds(field: str) -> Mapping[str, Corruption]:
    """The corruptions of a kind of input.

    Args:
        field: The field that it is sent in, such as `image`.

    Raises:
        ModelyardError: There are none.
    """
    module, _ = shelf.take(corruptions, field, "file of corruptions for inputs sent as")
    found: Mapping[str, Corruption] = module.CORRUPTIONS
    return found


def ways(field: str, declared: Robustness) -> int:
    """In how many ways, corruptions and severities, each item is corrupted."""
    return len(SEVERITIES) * len(kinds(field).keys() - set(declared.leave_out))


def corrupted(items: Sequence[Item], field: str, declared: Robustness) -> Iterator[tuple[str, Iterator[Item]]]:
    """Each corruption at each severity, and the items as they arrive then, each made when it is asked for.

    The same items give the same bytes.

    Args:
        items: The first of the labelled items.
        field: The field that inputs are sent in.
        declared: What the asset leaves out.

    Raises:
        ModelyardError: It leaves out what there isn't, or an item can't be corrupted.
    """
    known = kinds(field)
    for name in declared.leave_out:
        if name not in known:
            raise ModelyardError(f"robustness leaves out {name!r}: there are {', '.join(known)}")
    for name, corrupt in known.items():
        if name in declared.leave_out:
            continue
        for severity in SEVERITIES:
            way = f"{name} {severity}"
            yield way, map(partial(_corrupted, name=way, corrupt=corrupt, severity=severity), items)


def _corrupted(item: Item, name: str, corrupt: Corruption, severity: int) -> Item:
    chance = np.random.default_rng(zlib.crc32(f"{name} {item.name}".encode()))
    try:
        return replace(item, data=corrupt(item.data, severity, chance))
    except Exception as error:  # Whatever the libraries that read such files raise.
        raise ModelyardError(f"the labelled item {item.name!r} can't be corrupted by {name}: {error!r}") from error
