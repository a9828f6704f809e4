"""What goes into a network and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from modelyard.errors import BadInput

Array: TypeAlias = NDArray[Any]

Tensors: TypeAlias = dict[str, Array]
"""Arrays by the name that the network's signature gives them; the first axis is the batch."""


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a network.

    Attributes:
        name: The name in the network's signature.
        shape: Sizes of the axes; -1 where any size will do.
        dtype: The numpy type of the elements.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def accepts(self, array: Array) -> bool:
        """Whether the array has this type and these sizes."""
        return (
            array.dtype == self.dtype
            and array.ndim == len(self.shape)
            and all(want in (-1, have) for want, have in zip(self.shape, array.shape, strict=True))
        )


def check(tensors: Tensors, specs: tuple[TensorSpec, ...]) -> None:
    """Holds tensors to the inputs of a network.

    Raises:
        BadInput: One is missing, unknown, or of another type or shape.
    """
    wanted = {spec.name for spec in specs}
    known = ", ".join(repr(spec.name) for spec in specs)
    for name in sorted(tensors.keys() ^ wanted):
        said = "is missing" if name in wanted else "is unknown"
        raise BadInput(f"input {name!r} {said}: the network takes {known}")
    for spec in specs:
        array = tensors[spec.name]
        if not spec.accepts(array):
            raise BadInput(
                f"input {spec.name!r} is {array.dtype} {list(array.shape)}: "
                f"the network takes {spec.dtype} {list(spec.shape)}"
            )
