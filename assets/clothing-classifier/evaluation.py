"""The 10,000 test pictures of Fashion-MNIST, which the training doesn't look at."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image

from modelyard.catalog.evaluation.item import Item

_LABELS = (
    "t-shirt or top", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


def items(data: Path) -> Iterator[Item]:
    """Each as a PNG, with the name of its class."""
    pictures = gzip.decompress((data / "garments" / "t10k-images-idx3-ubyte.gz").read_bytes())
    classes = gzip.decompress((data / "garments" / "t10k-labels-idx1-ubyte.gz").read_bytes())
    for number, picture in enumerate(np.frombuffer(pictures, np.uint8, offset=16).reshape(-1, 28, 28)):
        file = io.BytesIO()
        PIL.Image.fromarray(picture).save(file, "PNG", compress_level=1)
        label = _LABELS[classes[8 + number]]
        yield Item(f"{number:05}", file.getvalue(), label, slices={"class": label})
