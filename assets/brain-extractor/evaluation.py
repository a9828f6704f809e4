"""One head, and the brain that another program found in it."""

from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np

from modelyard.catalog.evaluation.item import Item


def items(data: Path) -> Iterator[Item]:
    """Colin27 (`ch2`), held to `ch2bet`, which FSL's BET cut out of it."""
    brain = nibabel.load(data / "templates" / "ch2bet.nii.gz")
    yield Item("ch2", (data / "templates" / "ch2.nii.gz").read_bytes(), np.asarray(brain.dataobj) > 0)
