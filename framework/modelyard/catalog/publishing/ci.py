"""What a push needs: the assets linted, what changed released or only tried, and a summary for those who pushed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from modelyard.catalog.ingredients import summary
from modelyard.catalog.lint import Finding, lint
from modelyard.catalog.planning.plan import Planned, plan
from modelyard.catalog.planning.since import Since, since
from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.publishing.release import Outcome, Released, release
from modelyard.catalog.records.report import Report
from modelyard.catalog.tables import table
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant

_SHOWN_COMMIT = 12
_SHOWN_DIGEST = 19
_WENT_WRONG = ("blocked", "quarantined")


@dataclass(frozen=True)
class Image:
    """What became of one image.

    Attributes:
        planned: What it was and should be.
        state: `passed` is an image that was tried and may be published; the others are a release's.
        digest: The image that users get now, where it is this one.
        report: Its checks, where they were run now, or what keeps it in quarantine.
        said: What stopped it before it could be checked.
    """

    planned: Planned
    state: Outcome | Literal["passed"]
    digest: str | None = None
    report: Report | None = None
    said: str | None = None

    @property
    def went_wrong(self) -> bool:
        """Whether it may not be published."""
        return self.state in _WENT_WRONG

    def __str__(self) -> str:
        said = f": {self.said}" if self.said else ""
        return f"{self.planned.name} {self.planned.asset.version}: {self.state}{said}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            **self.planned.to_dict(),
            "outcome": self.state,
            "digest": self.digest,
            "said": self.said,
            "report": self.report.model_dump(mode="json") if self.report else None,
        }


@dataclass(frozen=True)
class Push:
    """What became of a push.

    Attributes:
        findings: What the linter has to say. Where one is an error, nothing more was done.
        images: Every image that was looked at.
        stopped: Why it could not be taken to its end; the images that were done before may be published.
        since: What the commits of the push change, where it was asked.
    """

    findings: Sequence[Finding] = ()
    images: Sequence[Image] = ()
    stopped: str | None = None
    since: Since | None = None

    @property
    def passed(self) -> bool:
        """Whether everything is as it should be."""
        return not (self.stopped or _errors(self.findings) or any(image.went_wrong for image in self.images))

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "passed": self.passed,
            "stopped": self.stopped,
            "since": self.since.to_dict() if self.since else None,
            "findings": [finding.to_dict() for finding in self.findings],
            "images": [image.to_dict() for image in self.images],
        }

    def to_text(self) -> str:
        """A line each, for a terminal."""
        lines = [str(finding) for finding in self.findings]
        lines += [str(image) for image in self.images]
        return "\n".join([*lines, self._headline()])

    def to_markdown(self) -> str:
        """For the page of a CI run, or a comment on a pull request."""
        parts = [f"## Catalog: {self._headline()}"]
        if self.stopped:
            parts.append(_safe(self.stopped))
        if self.images:
            parts.append(table(("image", "state", "cause", "verdict", "digest"), map(_row, self.images)))
        if self.since:
            parts.append(_of_commits(self.since))
        if errors := _errors(self.findings):
            parts.append("Mend these first:\n\n" + "\n".join(f"- {_safe(str(one))}" for one in errors))
        if warnings := [finding for finding in self.findings if finding.severity == "warning"]:
            parts.append(
                _folded(f"{_count(len(warnings), 'warning')}", "\n".join(f"- {_safe(str(one))}" for one in warnings))
            )
        parts += [f"{image.planned.name} was stopped: {_safe(image.said)}" for image in self.images if image.said]
        parts += [_of_report(image, image.report) for image in self.images if image.report]
        return "\n\n".join(parts) + "\n"

    def _headline(self) -> str:
        if self.stopped:
            return "stopped, the next run goes on from here"
        if errors := _errors(self.findings):
            return f"not built, the linter found {_count(len(errors), 'error')}"
        states = [image.state for image in self.images if image.state != "unchanged"]
        if not states:
            return "nothing to build, every image is published"
        counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
        rest = len(self.images) - len(states)
        return ", ".join([*counts, *([f"{rest} unchanged"] if rest else [])])


def handle(
    builder: Builder,
    names: Iterable[str] = (),
    variants: Sequence[Variant] = (),
    *,
    publish: bool,
    refresh: bool = False,
    ref: str | None = None,
) -> Push:
    """Does what a push needs.

    Args:
        builder: What releases the catalog.
        names: The assets; all of them if none is named.
        variants: The variants; those of catalog.yaml if none is named.
        publish: Whether what passes is published. If not, nothing is written to the registry.
        refresh: Build what is too old by catalog.yaml's `refresh` again, too.
        ref: A commit of git; the summary says what changed since.

    Returns:
        What became of it. What stops it before its end is told there, not raised.
    """
    names = list(names)
    findings: list[Finding] = []
    commits: Since | None = None
    try:
        findings = lint(builder.workspace, names)
        if _errors(findings):
            return Push(findings)
        commits = since(builder.workspace, ref, names, variants) if ref else None
        if publish:
            images = [_released(one) for one in release(builder, names, variants, refresh=refresh)]
        else:
            refreshing = builder.refreshing() if refresh else None
            planned = plan(builder.workspace, builder.registry, names, variants, refreshing)
            images = builder.each(planned, lambda one: _tried(builder, one), _stopped)
    except ModelyardError as error:
        return Push(findings, stopped=str(error), since=commits)
    return Push(findings, images, since=commits)


def _released(released: Released) -> Image:
    return Image(released.planned, released.outcome, released.digest, released.report, released.said)


def _tried(builder: Builder, planned: Planned) -> Image:
    """Builds and checks an image that isn't published, and leaves the registry as it is."""
    if planned.published is not None:
        return Image(planned, "unchanged", planned.published.digest)
    if planned.quarantine is not None:
        return Image(planned, "quarantined", report=planned.quarantine)
    report = builder.examine(planned, builder.build(planned)).report(planned)
    builder.progress.note(report.to_text())
    return Image(planned, "blocked" if report.failed else "passed", report=report)


def _stopped(planned: Planned, said: str) -> Image:
    return Image(planned, "blocked", said=said)


def _errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]


def _row(image: Image) -> tuple[str, ...]:
    planned, report = image.planned, image.report
    verdict = ""
    if report:
        checks = _count(len(report.checks), "check")
        verdict = (
            f"{report.verdict}, {len(report.failed)} of {checks} failed"
            if report.failed
            else f"{report.verdict}, {checks}"
        )
    return (
        f"{planned.asset.name} {planned.asset.version} ({planned.variant})",
        f"**{image.state}**" if image.went_wrong else image.state,
        "<br>".join(map(_safe, summary(planned.cause))),
        verdict,
        f"`{image.digest[:_SHOWN_DIGEST]}`" if image.digest else "",
    )


def _of_report(image: Image, report: Report) -> str:
    """What failed, and the whole report folded."""
    parts = [_folded(f"{image.planned.name}: {_count(len(report.checks), 'check')}", report.to_markdown().strip())]
    if report.failed:
        failed = "\n".join(f"- {_safe(check.name)}: {_safe(check.said)}" for check in report.failed)
        parts.insert(0, f"{image.planned.name} failed:\n\n{failed}")
    return "\n\n".join(parts)


def _of_commits(since: Since) -> str:
    """What the push itself changes; the table's cause is what changed since the published image."""
    rows = [
        (f"{one.name} ({one.variant})", one.state, "<br>".join(map(_safe, summary(one.cause))))
        for one in since.affected
    ]
    said = f"Since `{since.commit[:_SHOWN_COMMIT]}` this changes "
    return said + (f"these images:\n\n{table(('image', 'state', 'cause'), rows)}" if rows else "no image.")


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _safe(text: str) -> str:
    """Text on one line, in which nothing opens or closes an element: it may be of a stranger's making."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
