"""The evidence for one image: what was built from what and why, every check, and the verdict.

It is pushed beside the image that it is about, so that anybody can read it back from the registry.
"""

from __future__ import annotations

from typing import Literal

from modelyard.catalog.ingredients import summary
from modelyard.catalog.records import figures, page
from modelyard.catalog.records.attacked import Attacked
from modelyard.catalog.records.behaviour import Behaviour
from modelyard.catalog.records.quality import Changed, Quality
from modelyard.catalog.tables import cell
from modelyard.manifest.asset import Variant
from modelyard.manifest.model import Model

ARTIFACT_TYPE = "application/vnd.modelyard.report.v1+json"


class Checked(Model):
    """One thing that was looked at."""

    name: str
    """What."""
    passed: bool
    """Whether it is as it must be."""
    said: str
    """One line of evidence."""
    measures: dict[str, float] = {}
    """What was measured, by name."""
    waived: str | None = None
    """Why it lets the image through although it is not as it must be, and until when; from waivers.yaml."""

    @property
    def stops(self) -> bool:
        """Whether it keeps the image from being published."""
        return not self.passed and self.waived is None

    def to_text(self) -> str:
        """One line."""
        mark = "ok    " if self.passed else "FAILED" if self.stops else "waived"
        return f"{mark} {self.name}: {self.said}{f' (waived: {self.waived})' if self.waived else ''}"


class Machine(Model):
    """Where the figures were taken."""

    processor: str
    """Architecture of the processor."""
    cores: int
    """Processor cores that could be used."""
    system: str
    """Operating system."""


class Report(Model):
    """The evidence for one image."""

    name: str
    """The asset's name."""
    version: str
    """The asset's version."""
    variant: Variant
    """Which of its images."""
    runtime: str
    """What executes the network."""
    key: str
    """The hash of everything that went into the image."""
    cause: list[str]
    """Why it was built."""
    ingredients: dict[str, str]
    """What went into it, by name and digest."""
    digest: str | None
    """The image in the registry; none where it was blocked."""
    verdict: Literal["passed", "first of its line", "waived", "blocked"]
    """Whether it may be published; the first of its line was compared with nothing, a waived one failed a check."""
    checks: list[Checked]
    """Everything that was looked at."""
    quality: Quality | None = None
    """How well it answers labelled data; none where there is none, or where it failed before."""
    behaviour: Behaviour | None = None
    """Which answers moved against the image that was published before; none in reports of older versions."""
    changes: dict[str, Changed] = {}
    """How far each metric moved against the image that `behaviour` names; none where that answered no such data."""
    attacked: Attacked | None = None
    """What somebody who could only ask made of it; none in what checks write, since it is tried apart from them."""
    licences: dict[str, str] = {}
    """The licence of each part: `code`, `weights PATH`, `sample NAME`, packages as `NAME` and `debian:NAME`."""
    log: list[str] = []
    """The last lines that the container logged, where the image was blocked."""
    made: str
    """When, in UTC, as RFC 3339 has it."""
    machine: Machine
    """Where the figures were taken."""
    modelyard: str
    """The version of Modelyard that made the report."""

    @property
    def lets_through(self) -> bool:
        """Whether it may be published."""
        return self.verdict != "blocked"

    @property
    def failed(self) -> list[Checked]:
        """The checks that stop the image from being published."""
        return [check for check in self.checks if check.stops]

    @property
    def waived(self) -> list[Checked]:
        """The checks that it failed and that don't stop it."""
        return [check for check in self.checks if check.waived is not None]

    def to_text(self) -> str:
        """The report for a terminal."""
        lines = [f"{self.name} {self.version} ({self.variant}): {self.verdict}"]
        lines += [f"  {check.to_text()}" for check in self.checks]
        lines += [self.behaviour.to_text()] if self.behaviour else []
        lines += [f"  {line}" for line in self.attacked.to_lines()] if self.attacked else []
        return "\n".join(lines)

    def to_markdown(self) -> str:
        """The report for a person, or a pull request."""
        head = f"## {self.name} {self.version} ({self.variant}): {self.verdict}\n"
        causes = "".join(f"- {line}\n" for line in summary(self.cause))
        rows = "".join(
            f"| {_mark(check)} | {cell(check.name)} | {cell(check.said)}{_waiver(check)} |\n" for check in self.checks
        )
        where = f"`{self.digest}`\n" if self.digest else ""
        moved = f"\n{self.behaviour.to_markdown()}" if self.behaviour else ""
        checks = f"| | check | evidence |\n|---|---|---|\n{rows}"
        quality = f"\n{figures.to_markdown(self.quality, self.changes)}" if self.quality else ""
        attack = f"\n{self.attacked.to_markdown()}" if self.attacked else ""
        return f"{head}\n{where}\nBuilt because of:\n{causes}\n{checks}{moved}{quality}{attack}{self._licences()}"

    def to_html(self) -> str:
        """The report as a page of its own, for people who weren't there."""
        return page.html(self)

    def _licences(self) -> str:
        if not self.licences:
            return ""
        rows = "".join(f"| {cell(part)} | {cell(licence)} |\n" for part, licence in self.licences.items())
        table = f"| part | licence |\n|---|---|\n{rows}"
        return f"\n<details><summary>Licences of {len(self.licences)} parts</summary>\n\n{table}\n</details>\n"


def _mark(check: Checked) -> str:
    return "✓" if check.passed else "✗" if check.stops else "⚠"


def _waiver(check: Checked) -> str:
    return f"<br>waived: {cell(check.waived)}" if check.waived else ""
