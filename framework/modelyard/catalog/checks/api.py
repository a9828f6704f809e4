"""The API is the published one, or the version says that it isn't.

`/swagger.json` is held against the published image's. What breaks a client needs a new major version: a path, method,
parameter or field that is gone, a new required parameter, a narrower type, range or choice, another default. What is
added calls for a minor version, and is said. Below 1.0.0 a new minor version is enough for everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.checking.openapi import Change, differences
from modelyard.catalog.records.report import Checked
from modelyard.catalog.records.semver import step

COST = 5

_SHOWN = 4


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line, with what changed."""
    own = candidate.running.swagger
    if candidate.published is None:
        yield Checked(name="api", passed=True, said=candidate.why_alone)
        return
    changes = differences(candidate.published.swagger, own)
    yield judged(changes, candidate.published.version, candidate.asset.version)


def judged(changes: list[Change], before: str, after: str) -> Checked:
    """Whether the version moved as far as the changes ask.

    Args:
        changes: What is different from the published API.
        before: The published image's version.
        after: The candidate's.
    """
    breaking = [change for change in changes if change.breaking]
    measures = {"breaking": float(len(breaking)), "other": float(len(changes) - len(breaking))}
    moved = step(before, after)
    passed = not breaking or moved == "major"
    if not changes:
        said = f"as that of the published {before}"
    elif breaking:
        needs = f"for a major version after {before}" if passed else f"needs a major version after {before}"
        said = f"{_listed(breaking)}: {needs}"
    elif moved == "patch":
        said = f"{_listed(changes)}: calls for a minor version after {before}"
    else:
        said = f"{_listed(changes)}: for a {moved} version after {before}"
    return Checked(name="api", passed=passed, said=said, measures=measures)


def _listed(changes: list[Change]) -> str:
    shown = "; ".join(map(str, changes[:_SHOWN]))
    return f"{shown}; and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else shown
