"""A figure held to the most that it may be."""

from __future__ import annotations

from modelyard.catalog.records.report import Checked


def budget(name: str, value: float, unit: str, most: float | None) -> Checked:
    """The figure, and whether it is within the budget.

    Args:
        name: What was measured.
        value: How much it is.
        unit: Of what.
        most: How much it may be, in the same unit; None where no budget is declared.
    """
    said = (
        f"{value:.1f} {unit}; no budget is declared"
        if most is None
        else f"{value:.1f} {unit} of at most {most:g} {unit}"
    )
    return Checked(name=name, passed=most is None or value <= most, said=said, measures={name: value})
