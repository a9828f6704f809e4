"""What every runtime gives: a handle on a network that many threads may call at once."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from modelyard.errors import ModelyardError
from modelyard.runtimes.batching import MOST_ITEMS
from modelyard.tensors import Tensors, TensorSpec

_LONGEST_REASON = 300


class NetworkError(ModelyardError):
    """A network failed on tensors that fit its declared inputs.

    An index beyond a table, sizes that contradict each other: what a signature can't say. The input caused
    it, and the handle serves on. Runtimes raise it for exactly what their library says about such an input,
    so that a defect, or a lack of memory, stays what it is.

    Args:
        reason: What the library said; its first line is kept, and not all of a long one.
    """

    def __init__(self, reason: object) -> None:
        first, *_ = str(reason).strip().splitlines() or ["it gave no reason"]
        super().__init__(f"the network failed on this input: {first[:_LONGEST_REASON]}")


class Model(Protocol):
    """A loaded network. Call it from as many threads as you like.

    A call works for `modelyard.caller.current()`: it is given up at that caller's deadline, is not computed
    for a caller who left, and reports `queue` and `infer` in seconds and `batch_size` in items.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    @property
    def waiting(self) -> int:
        """Items that wait for the network right now."""
        ...

    def __call__(self, tensors: Tensors) -> Tensors:
        """The network's outputs for these inputs.

        Strings are arrays of Python objects: `bytes` or `str` go in, `bytes` come out.

        Raises:
            BadInput: The tensors don't fit the network's inputs.
            Overloaded: Too many calls wait already, or the caller's deadline has passed.
            NetworkError: The tensors fit, and the network failed on them.
        """
        ...


class Runtime(Protocol):
    """Loads networks of one kind of file."""

    name: str
    version: str
    callers: int
    """Calls that are worth having in flight at once: as many as keep every core, or a batch, busy."""

    def load(self, path: Path, *, most: int = MOST_ITEMS) -> Model:
        """A handle on the network stored at the path.

        Args:
            path: The file or folder.
            most: Items that are computed together at most. Name fewer for a network that takes much memory for
                each: however many are asked for at once, no more are in memory.

        Raises:
            ModelyardError: Nothing that this runtime can load is there.
        """
        ...
