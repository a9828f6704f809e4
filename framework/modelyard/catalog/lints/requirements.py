"""The asset's own packages are locked, upon the lock of each of its bases, and the locks hold what `requirements` asks.

A package that the pipeline imports, and the base doesn't have, stands under `requirements` in asset.yaml. What is
installed is what requirements/LOCK.txt in the asset's folder pins with its hashes, one file for each lock of the
framework that a variant uses (and one for TensorFlow's, where the weights are converted: the network is compared
there). `modelyard update NAME` writes them; with `--keep` it moves no version that still fits. Nothing is fetched
for this rule, so it can't see what the packages ask of one another: only `modelyard update` can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from modelyard.catalog.ingredients import own_locks
from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset
from modelyard.catalog.lock import Pin, pins, strangers

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each lock that is missing, superfluous or spoilt, and for each requirement that one lacks."""
    needed = own_locks(asset.manifest)
    for lock in needed:
        yield from _check_lock(asset, lock)
    for file in sorted(asset.folder.glob("requirements/*.txt")):
        if file.stem not in needed and (asset.workspace.requirements / file.name).is_file():
            said = "no variant needs it" if needed else "asset.yaml declares no `requirements`"
            yield Finding(asset.in_file(f"requirements/{file.name}"), said, f"remove it: modelyard update {asset.name}")


def _check_lock(asset: LintedAsset, lock: str) -> Iterator[Finding]:
    file, base = f"requirements/{lock}.txt", asset.workspace.requirements / f"{lock}.txt"
    write = f"write it: modelyard update {asset.name}"
    if trouble := asset.trouble_with(file):
        yield Finding(asset.at("requirements"), f"{file} {trouble}", write)
        return
    text = asset.text(file)
    if text is None:
        yield Finding(asset.in_file(file), "it is no lock that a person could read", write)
        return
    for number, line in strangers(text):
        yield Finding(asset.in_file(file, number), f"{line[:60]!r} is no package pinned with its hashes", write)
    own = list(pins(text))
    held = list(pins(base.read_text("utf-8", errors="replace"))) if base.is_file() else []
    names = {pin.name for pin in held}
    for name in sorted({pin.name for pin in own} & names):
        said = f"{name} is in the base already, framework/requirements/{lock}.txt"
        yield Finding(
            asset.in_file(file, _line(text, name)), said, f"take it out: modelyard update --keep {asset.name}"
        )
    for index, declared in enumerate(asset.manifest.requirements):
        where, wanted = asset.at("requirements", index), Requirement(declared)
        if lack := _lack(wanted, own):
            yield Finding(where, f"{file} {lack}", f"lock it: modelyard update --keep {asset.name}")
        elif lack := _lack(_without_extras(wanted), held):
            yield Finding(where, f"the base, framework/{file}, {lack}", "lock both: modelyard update --keep")
        elif not wanted.marker and canonicalize_name(wanted.name) not in {pin.name for pin in (*own, *held)}:
            said = f"{file} doesn't hold {canonicalize_name(wanted.name)}"
            yield Finding(where, said, f"lock it: modelyard update --keep {asset.name}")


def _lack(wanted: Requirement, lock: Sequence[Pin]) -> str | None:
    """Why what a lock holds of a package isn't what is required; None where it is, or where it holds nothing of it."""
    name = canonicalize_name(wanted.name)
    for pin in lock:
        if pin.name == name and not wanted.specifier.contains(pin.version, prereleases=True):
            return f"has {pin}, not {wanted}"
        if pin.name == name and (missing := {canonicalize_name(extra) for extra in wanted.extras} - {*pin.extras}):
            return f"has {name} without {', '.join(sorted(missing))}"
    return None


def _without_extras(wanted: Requirement) -> Requirement:
    """A base's lock doesn't tell extras; what they add stands in the asset's own."""
    bare = Requirement(str(wanted))
    bare.extras = set()
    return bare


def _line(text: str, name: str) -> int:
    """The line in which a lock begins to speak of a package."""
    starts = (f"{name}==", f"{name}[")
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(starts))
