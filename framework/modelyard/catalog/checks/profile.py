"""profile.json says what the image answers to the labelled data, so that drift is measured from where the image stands.

The evaluation is counted in the bins of the profile, and compared with it as `modelyard drift` compares traffic, within
narrower limits: what is beyond the noise of a sample fails, for then a profile of other data or of another model would
raise alarms, or hide them. An asset with labelled data and without a profile passes, and is told how to get one.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.drift import profiling
from modelyard.catalog.drift.comparison import compare
from modelyard.catalog.evaluation.labelled import why_none
from modelyard.catalog.records.report import Checked
from modelyard.manifest import profile

COST = 8

_SHOWN = 3
_FALSE_ALARMS = 0.01
"""More than of traffic: a check looks once, and at the very items that the profile was made of."""


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line, with the statistics that are not as the profile has them."""
    asset, found = candidate.asset, profile.read(candidate.folder)
    if found is None:
        advice = f"drift can't be seen: modelyard profile {asset.name} writes one"
        said = f"no profile: {advice}" if asset.evaluation else f"no profile: {why_none(asset)}"
        yield Checked(name="profile", passed=True, said=said)
        return
    if candidate.evaluated is None or (recording := candidate.recordings.get(candidate.running.image)) is None:
        said = f"profile.json can't be held to anything, so remove it: {why_none(asset)}"
        yield Checked(name="profile", passed=False, said=said)
        return
    usual = {name: dict(zip(one.bins, one.counts, strict=True)) for name, one in found.distributions.items()}
    compared = compare(usual, profiling.counted(found, candidate.labels, recording.seen), _FALSE_ALARMS)
    moved = sorted((one for one in compared if one.differs), key=lambda one: -one.psi / one.psi_limit)
    if moved:
        named = ", ".join(f"{one.name} (PSI {one.psi:.2f}, at most {one.psi_limit:.2f})" for one in moved[:_SHOWN])
        more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
        said = f"profile.json is not what this image answers: {named}{more}: run modelyard profile {asset.name}"
    else:
        said = f"{len(compared)} statistics of {len(recording.seen):,} items are as in profile.json"
    yield Checked(
        name="profile", passed=not moved, said=said, measures={one.name: round(one.psi, 6) for one in compared}
    )
