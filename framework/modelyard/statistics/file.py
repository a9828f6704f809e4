"""Files: how long, and how their bytes are spread. The first 8,000 bytes are looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from modelyard.file import File

STATISTICS: Mapping[str, str] = {
    "bytes": "logarithm to the base 2 of the length",
    "entropy": "bits a byte",
    "printable": "share of bytes that ASCII prints, line ends among them",
    "zeros": "share of bytes that are zero",
    "beyond_ascii": "share of bytes of 128 and more",
}

_READ = 8_000


def measure(sent: File, learned: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers of a file."""
    counts = np.bincount(np.frombuffer(sent.data[:_READ], np.uint8), minlength=256)
    shares = counts / counts.sum()
    some = shares[shares > 0]
    return {
        "bytes": math.log2(len(sent.data)),
        "entropy": float(-(some * np.log2(some)).sum()),
        "printable": float(shares[32:127].sum() + shares[9:14].sum()),
        "zeros": float(shares[0]),
        "beyond_ascii": float(shares[128:].sum()),
    }
