"""What a candidate's answers are compared with."""

from __future__ import annotations

from dataclasses import dataclass

from modelyard.catalog.records.evaluated import Evaluated


@dataclass(frozen=True)
class Baseline:
    """What a candidate is compared with.

    Attributes:
        evaluated: How the published image answers the same items; None where there is none.
        why_none: Why there is none.
    """

    evaluated: Evaluated | None
    why_none: str = "first of its line: nothing to compare with"
