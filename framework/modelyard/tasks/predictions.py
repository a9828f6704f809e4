"""Answers to several inputs as one list, an entry an input: Model Asset eXchange's form for texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def join(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One body of several, each of which has a single prediction."""
    return {"predictions": [entry for body in bodies for entry in body["predictions"]]}


def split(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The bodies that were joined.

    Raises:
        KeyError: It has no predictions.
        TypeError: They are no list.
    """
    return [{"predictions": [entry]} for entry in body["predictions"]]
