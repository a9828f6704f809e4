"""profile.json: what the labelled data of an asset is like, and what the asset answers to it, as counts in bins.

`modelyard profile` writes it, the image has it, and what the image is sent is counted in the same bins.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model, Name, Version

FILE = "profile.json"
CLASS, CONFIDENCE, LABELS = "class", "confidence", "labels"
"""What is counted of answers: the first class, how likely it is, and how many are named."""
NO_CLASS, OTHER = "none", "other"
MOST_BINS = 24
_LARGEST = 100_000

Count = Annotated[int, Field(ge=0, le=10**9)]
Edge = Annotated[float, Field(allow_inf_nan=False)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Binned(Model):
    """How a number is spread."""

    edges: Annotated[list[Edge], Field(max_length=MOST_BINS - 1)]
    """The largest number of each bin but the last, ascending."""
    counts: list[Count]
    """How many numbers lie in each bin."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.counts) != len(self.edges) + 1:
            raise ValueError("there must be one count more than edges")
        if any(first >= second for first, second in pairwise(self.edges)):
            raise ValueError("edges must ascend")
        return self

    @property
    def bins(self) -> list[str]:
        """The name of each bin: its largest number."""
        return [*(f"{edge:.6g}" for edge in self.edges), "+Inf"]

    def bin(self, value: float) -> int:
        """The number of the bin that a number lies in."""
        return bisect_left(self.edges, value)


class Named(Model):
    """How classes are spread."""

    names: Annotated[list[Key], Field(max_length=MOST_BINS - 1)]
    """The most frequent ones; all others are one."""
    counts: list[Count]
    """How many answers named each first; last, any other."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.counts) != len(self.names) + 1 or len(set(self.names)) < len(self.names):
            raise ValueError("there must be one count more than names, and no name twice")
        return self

    @property
    def bins(self) -> list[str]:
        """The name of each bin."""
        return [*self.names, OTHER]


class Profile(Model):
    """What an asset is usually sent, and usually answers."""

    asset: Name
    """The asset."""
    version: Version
    """The version of it that answered."""
    items: Annotated[int, Field(ge=1, le=10**9)]
    """How many labelled items it was made of."""
    learned: Annotated[dict[Key, Edge], Field(max_length=1_000)] = {}
    """What the statistics of inputs need to know of usual ones."""
    inputs: Annotated[dict[Key, Binned], Field(max_length=40)]
    """How each statistic of the inputs is spread."""
    answers: Annotated[dict[Key, Binned], Field(max_length=4)] = {}
    """How the first class's confidence is spread, and the number of classes in an answer."""
    classes: Named | None = None
    """How the first class of the answers is spread."""

    @property
    def distributions(self) -> dict[str, Binned | Named]:
        """Everything that is counted, by name."""
        classes = {CLASS: self.classes} if self.classes else {}
        return {**self.inputs, **self.answers, **classes}


def read(folder: Path) -> Profile | None:
    """The profile in an asset's folder; None where it has none.

    Raises:
        ModelyardError: There is a file of that name, and it is no profile.
    """
    file = folder / FILE
    try:
        if file.stat().st_size > _LARGEST:
            raise ModelyardError(f"{FILE}: it is larger than a profile can be: write it with modelyard profile")
        return Profile.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelyardError(f"{FILE}: it can't be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"{part}: " for part in first["loc"])
        raise ModelyardError(f"{FILE}: {where}{first['msg']}: write it with modelyard profile") from None
