"""Every part of the image has a declared licence: the asset's code, its weights and samples, all packages.

Python's distributions declare theirs in their metadata, Debian's packages in their copyright file. One that
doesn't is named; a person who finds out puts it into framework/modelyard/catalog/checking/reviewed.py, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.checking.reviewed import LICENCES
from modelyard.catalog.containers.inventory import Inventory
from modelyard.catalog.records.report import Checked
from modelyard.catalog.spdx import trouble_with
from modelyard.manifest.asset import Asset

COST = 2

_SHOWN = 5


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line, with every part that lacks one."""
    found = of_parts(candidate.asset, candidate.running.inventory)
    unknown = [part for part, licence in found.items() if licence is None]
    own = of_asset(candidate.asset).items()
    wrong = [f"{part}: {trouble[0]}" for part, licence in own if (trouble := trouble_with(licence))]
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        wrong.append(f"no licence is declared by {', '.join(unknown[:_SHOWN])}{more}")
    said = "; ".join(wrong) or f"declared by all {len(found)} parts"
    yield Checked(name="licences", passed=not wrong, said=said, measures={"parts": len(found)})


def of_asset(asset: Asset) -> dict[str, str]:
    """The licences of an asset's own parts."""
    found = {"code": asset.license}
    found.update((f"weights {one.path}", one.license) for one in asset.weights)
    found.update((f"sample {one.name}", one.license) for one in asset.samples)
    return found


def of_parts(asset: Asset, inventory: Inventory) -> dict[str, str | None]:
    """The licence of everything in an image; None where none is declared and no person found out."""
    found: dict[str, str | None] = dict(of_asset(asset))
    packages = [(one.name, one) for one in inventory.python]
    packages += [(f"debian:{one.name}", one) for one in inventory.debian]
    for part, one in packages:
        found[part] = one.licence or LICENCES.get(part, (None, ""))[0]
    return found
