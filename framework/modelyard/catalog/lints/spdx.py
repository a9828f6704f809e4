"""Every licence, of the code, of weights and of samples, is an SPDX expression.

The site shows licences and people filter by them, so they must be spelled as everybody spells them:
`Apache-2.0`, `CC0-1.0`, `MIT OR Apache-2.0`. The ids are those of spdx.org/licenses, the deprecated ones left
out. For terms that have no id write `LicenseRef-NAME`, such as `LicenseRef-Public-Domain`, and put them into
a file LICENSE.NAME.txt in the folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset
from modelyard.catalog.spdx import trouble_with

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each licence that nobody would find."""
    manifest = asset.manifest
    licences: list[tuple[tuple[str | int, ...], str]] = [(("license",), manifest.license)]
    licences += [(("weights", index, "license"), one.license) for index, one in enumerate(manifest.weights)]
    licences += [(("samples", index, "license"), one.license) for index, one in enumerate(manifest.samples)]
    for place, expression in licences:
        if trouble := trouble_with(expression):
            yield Finding(asset.at(*place), *trouble)
