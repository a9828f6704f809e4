"""Whether this processor can run the packages in the image; where it can't, they die without a word.

Imports nothing but the standard library, because it must speak before the others are loaded.
"""

from __future__ import annotations

import platform
from pathlib import Path

from modelyard.errors import ModelyardError

_NEEDS = {
    "numpy": ("ssse3", "sse4_1", "sse4_2", "popcnt"),
    "tensorflow": ("avx",),
}
"""Flags of x86-64 processors that the packages' wheels are compiled for; Arm's wheels need none beyond the base."""


def check(packages: tuple[str, ...], cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Makes sure that the packages can run here.

    Args:
        packages: Those that are about to be loaded.
        cpuinfo: Where Linux says what the processor has; where it says nothing, nothing is checked.

    Raises:
        ModelyardError: The processor lacks what one of them needs.
    """
    if platform.machine() not in ("x86_64", "AMD64"):
        return
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return
    flags = next((set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), None)
    if flags is None:
        return
    for package in packages:
        missing = [flag for flag in _NEEDS.get(package, ()) if flag not in flags]
        if missing:
            raise ModelyardError(
                f"this processor can't run {package}: it lacks {', '.join(missing).upper()}; run the image on an x86-64"
                " processor of 2012 or later, or tell the virtual machine to pass the host's processor through"
            )
