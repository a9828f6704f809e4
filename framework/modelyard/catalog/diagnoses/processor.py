"""The processor: the packages in the images are compiled for some instructions, and die without a word where they lack.

Images are run while they are checked, so this machine needs what its users need.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator

from modelyard.catalog.doctor import Finding, Machine, error, ok
from modelyard.errors import ModelyardError
from modelyard.serving import processor


def check(machine: Machine) -> Iterator[Finding]:
    """One line."""
    assets = machine.workspace.assets()
    runtimes = sorted({runtime for asset in assets for runtime in asset.variants.values()})
    try:
        processor.check(("numpy", *runtimes))
    except ModelyardError as fault:
        seen, _, remedy = str(fault).partition("; ")
        yield error(seen, remedy)
        return
    yield ok(f"{platform.machine()}, {os.cpu_count()} cores: it runs {', '.join(runtimes)}")
