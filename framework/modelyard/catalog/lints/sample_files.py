"""The files of every sample are there, inside the asset's folder, and expected answers have their task's form.

Samples are sent to every image before it is published, so a file that is missing, a link that leads elsewhere
or an answer in a form that the task can't read blocks the release. Once the model runs, `modelyard samples
record NAME` writes the expected answers; look at them before you commit them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each file that can't be used."""
    for index, sample in enumerate(asset.manifest.samples):
        if trouble := asset.trouble_with(sample.input):
            yield Finding(asset.at("samples", index, "input"), f"{sample.input} {trouble}", "put a copy of it there")
        if sample.expected is None:
            continue
        where = asset.at("samples", index, "expected")
        if trouble := asset.trouble_with(sample.expected):
            record = f"write it with `modelyard samples record {asset.name} {sample.input}`"
            yield Finding(where, f"{sample.expected} {trouble}", record)
        if asset.task and not sample.expected.endswith(asset.task.suffix):
            yield Finding(
                where,
                f"{sample.expected} is no form that answers of {asset.task.name} are kept in",
                f"call it {PurePosixPath(sample.expected).with_suffix(asset.task.suffix)}",
            )
