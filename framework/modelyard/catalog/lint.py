"""What is wrong with an asset, found without running it: one rule a file under `lints/`.

A rule is a module whose docstring is the help that `modelyard lint --explain RULE` prints: what it holds an asset
to, why, and how to mend it. Its name is the file's, with hyphens. It has

    SEVERITY: Literal["error", "warning"]

    def check(asset: LintedAsset) -> Iterator[Finding]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from modelyard.catalog import lints, shelf
from modelyard.catalog.linted import LintedAsset, advice
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.load import ManifestError

Severity = Literal["error", "warning"]

_MISTAKE = re.compile(r"(?P<file>.+?\.yaml)(?::(?P<line>\d+))?: (?P<said>.*)", re.DOTALL)
_ABOUT_MANIFESTS = "manifest"


@dataclass(frozen=True)
class Finding:
    """One thing to mend.

    Attributes:
        where: `FILE:LINE`, the file from the catalog's folder.
        message: What is wrong.
        remedy: What to do about it.
        rule: Which rule says so; the runner fills it in.
        severity: An `error` fails the lint, a `warning` doesn't; the runner fills it in.
    """

    where: str
    message: str
    remedy: str
    rule: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.where}: {self.severity}[{self.rule}]: {self.message}; {self.remedy}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "where": self.where,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class Rule:
    """One thing that assets are held to.

    Attributes:
        name: Its file's name, with hyphens.
        severity: Of its findings.
        help: What it is about, why, and how to mend what it finds.
        check: Finds what is wrong with an asset.
    """

    name: str
    severity: Severity
    help: str
    check: Callable[[LintedAsset], Iterable[Finding]]


def rule_names() -> list[str]:
    """The rules there are."""
    return shelf.names(lints)


def find(name: str) -> Rule:
    """The rule of that name, such as `known-task`.

    Raises:
        ModelyardError: There is no such rule.
    """
    module, about = shelf.take(lints, name, "lint rule")
    return Rule(name, module.SEVERITY, about, module.check)


def lint(workspace: Workspace, names: Iterable[str] = (), only: Iterable[str] = ()) -> list[Finding]:
    """Holds assets to the rules.

    Args:
        workspace: The catalog.
        names: The assets to look at; all of them, and catalog.yaml, if none is named.
        only: The rules to hold them to; all of them if none is named.

    Returns:
        What is to be mended, in the order of files and lines.

    Raises:
        ModelyardError: There is no such asset or rule.
    """
    given, rules = list(names), [find(name) for name in (list(only) or rule_names())]
    found = set() if given else set(_of_catalog(workspace, rules))
    for name in _folders(workspace, given):
        asset = LintedAsset(workspace, name)
        for rule in rules:
            found.update(_check(rule, asset))
    return sorted(found, key=_place)


def of_mistakes(error: ManifestError) -> Iterator[Finding]:
    """One finding for each mistake in a manifest."""
    for mistake in error.mistakes:
        match = _MISTAKE.fullmatch(mistake)
        assert match, mistake
        message, _, remedy = match["said"].rpartition("; ")
        where = f"{match['file']}:{match['line'] or 1}"
        yield Finding(where, message or remedy, remedy if message else "see docs/reference/manifest.md for its form")


def _check(rule: Rule, asset: LintedAsset) -> list[Finding]:
    try:
        found = list(rule.check(asset))
    except ManifestError:
        # What a manifest says can't be judged before it can be read, and that is what there is to mend first.
        rule = find(_ABOUT_MANIFESTS)
        found = list(rule.check(asset))
    return [replace(one, rule=rule.name, severity=rule.severity) for one in found]


def _of_catalog(workspace: Workspace, rules: Iterable[Rule]) -> Iterator[Finding]:
    rule = next((rule for rule in rules if rule.name == _ABOUT_MANIFESTS), None)
    if rule:
        try:
            _ = workspace.catalog
        except ManifestError as error:
            for one in of_mistakes(error):
                yield replace(one, rule=rule.name, severity=rule.severity)


def _folders(workspace: Workspace, names: list[str]) -> list[str]:
    """The named folders under assets/, or all: one that lacks its manifest is no asset yet, and to be told so."""
    parent = workspace.root / "assets"
    there = sorted(path.name for path in parent.glob("*") if path.is_dir() and not path.name.startswith((".", "_")))
    for name in names:
        if name not in there:
            raise ModelyardError(f"there is no asset {name!r} under assets/: {advice(name, there)}")
    return names or there


def _place(finding: Finding) -> tuple[str, int, str, str]:
    file, _, line = finding.where.rpartition(":")
    return file, int(line), finding.rule, finding.message
