"""There is at least one good sample, with an expected answer, and at least one bad one, with an expected error.

A good sample proves that the model answers as it did, warms it up and shows users what it does. A bad one (a
text where a photo is expected, an empty or a truncated file) proves that clients who send such things get an
error that they can read, and that the server goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset

SEVERITY: Literal["error", "warning"] = "warning"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each kind that is missing."""
    where, samples = asset.at("samples"), asset.manifest.samples
    if all(sample.expected is None for sample in samples):
        yield Finding(where, "there is no good sample", "add one that has `expected`, an answer to compare with")
    if all(sample.error is None for sample in samples):
        yield Finding(
            where, "there is no bad sample", "add one that has `error`, such as an empty file with `error: 400`"
        )
