"""Every variant's runtime is one that Modelyard has, with a lock of its packages.

The runtime loads the network and decides which packages the image holds. A new one is a new file in
framework/modelyard/runtimes/, with a lock in framework/requirements/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard import runtimes
from modelyard.catalog.ingredients import lock_name
from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset, advice

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """One finding for each variant whose runtime is unknown, or can't be installed."""
    for variant, runtime in asset.manifest.variants.items():
        where, lock = asset.at("variants", variant), lock_name(runtime, variant)
        if runtime not in runtimes.names():
            said = f"variant {variant}: there is no runtime {runtime!r}"
            yield Finding(where, said, advice(runtime, runtimes.names()))
        elif not (asset.workspace.requirements / f"{lock}.txt").is_file():
            said = f"variant {variant}: runtime {runtime!r} has no lock framework/requirements/{lock}.txt"
            yield Finding(where, said, "use another runtime, or write the lock with scripts/lock")
