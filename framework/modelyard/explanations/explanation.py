"""What is asked of an explanation, and what one is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import PIL.Image

FEWEST_QUERIES = 16
"""From which anything can be told."""

I_contra = TypeVar("I_contra", contravariant=True)


@dataclass(frozen=True)
class Wanted:
    """How an answer is to be explained.

    Attributes:
        target: What of it: empty for what it says first.
        queries: How often the pipeline may be asked.
        seed: What chance begins with: the same seed gives the same explanation.
    """

    target: str = ""
    queries: int = 256
    seed: int = 0


class Ask(Protocol[I_contra]):
    """Asks the pipeline what it still says of inputs that lack something."""

    def __call__(self, inputs: Iterable[I_contra]) -> list[float]:
        """For each of the first inputs, in their order, how much of the target its answer still says, 0 to 1.

        There are fewer numbers than inputs where there was no time for more, and no more than there may be queries.
        """
        ...


@dataclass(frozen=True)
class Explanation:
    """Why an answer is what it is.

    Attributes:
        method: How that was found out.
        summary: What counted most, in words, a line each.
        body: What counted, as JSON; arrays may be numpy's.
        picture: What counted, drawn on the input.
    """

    method: str
    summary: Sequence[str]
    body: Mapping[str, Any]
    picture: PIL.Image.Image
