"""A fault as people make it: which asset, what is changed, and which gates should stop it, declared beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace, find

FAMILIES = (
    "channel order", "normalisation range", "mean and deviation", "resize filter", "aspect", "crop", "EXIF",
    "dtype", "labels shifted", "labels sorted", "softmax twice", "softmax missing", "threshold", "suppression",
    "sample rate", "downmix", "hop size", "window", "tokenizer case", "truncation side", "padding side",
    "stale weights", "quantised weights", "zeroed layer", "changed default", "off by one", "dropped items",
    "shuffled items", "broken slice",
)  # fmt: skip
"""Kinds of mistakes; each is made at least once."""

GATES = (
    "build", "ready", "api", "labels", "samples", "odd inputs", "latency", "memory", "conversion", "quality", "slices",
    "robustness",
)  # fmt: skip
"""What stops an image, in the words of the tables."""


class DoesNotApply(Exception):
    """The text that a change replaces isn't there, or stands there more than once."""


@dataclass(frozen=True)
class Place:
    """Where a change is made.

    Attributes:
        root: A copy of the catalog that nobody else uses.
        asset: The asset.
        cache: Weights and data of this machine.
    """

    root: Path
    asset: str
    cache: Cache

    @property
    def folder(self) -> Path:
        """The asset's folder."""
        return self.root / "assets" / self.asset

    @property
    def workspace(self) -> Workspace:
        """The copy as its files are now."""
        return find(self.root)


class Change(Protocol):
    """Something that is done to a copy of the catalog."""

    def apply(self, place: Place) -> None:
        """Does it.

        Raises:
            DoesNotApply: The catalog isn't as the change knows it.
        """
        ...


@dataclass(frozen=True)
class Edit:
    """A text replaced by another.

    Attributes:
        before: What must stand in the file, once.
        after: What stands there then.
        file: From the asset's folder; from the framework's where that is asked for.
        framework: Whether the file is the framework's.
    """

    before: str
    after: str
    file: str = "pipeline.py"
    framework: bool = False

    def apply(self, place: Place) -> None:
        """Replaces it."""
        path = (place.root / "framework" / "modelyard" if self.framework else place.folder) / self.file
        text = path.read_text("utf-8") if path.is_file() else ""
        if text.count(self.before) != 1:
            raise DoesNotApply(
                f"{path.relative_to(place.root)}: {self.before!r} stands {text.count(self.before)} times"
            )
        path.write_text(text.replace(self.before, self.after), "utf-8")


@dataclass(frozen=True)
class Written:
    """A file that is added, or takes the place of another.

    Attributes:
        file: From the asset's folder.
        content: What is in it then.
    """

    file: str
    content: str

    def apply(self, place: Place) -> None:
        """Writes it."""
        file = place.folder / self.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.content, "utf-8")


@dataclass(frozen=True)
class Labels:
    """Another order of the asset's labels.

    Attributes:
        how: `sorted`: by their letters, as a listing of folders has them; `shifted`: by one, the last one first;
            `dropped`: without the first.
    """

    how: str

    def apply(self, place: Place) -> None:
        """Writes labels.txt."""
        file = place.folder / "labels.txt"
        names = file.read_text("utf-8").splitlines()
        found = {"sorted": sorted(names), "shifted": [names[-1], *names[:-1]], "dropped": names[1:]}[self.how]
        if found == names:
            raise DoesNotApply(f"the labels of {place.asset} are {self.how} as they are")
        file.write_text("".join(f"{name}\n" for name in found), "utf-8")


@dataclass(frozen=True)
class Fault:
    """A mistake that must not be published.

    Attributes:
        name: What was done, in a line; no two alike.
        family: One of `FAMILIES`.
        asset: Where.
        changes: What it is made of.
        gates: One of these should stop it; declared by reasoning, not after seeing what happens.
        anew: The same, where the samples' answers are recorded anew with the fault; none where nothing could.
        unseen: Why nothing could.
    """

    name: str
    family: str
    asset: str
    changes: tuple[Change, ...]
    gates: frozenset[str]
    anew: frozenset[str]
    unseen: str = ""

    @property
    def title(self) -> str:
        """What runs are kept by."""
        return f"{self.asset}: {self.name}"


@dataclass
class Faults:
    """Collects the faults of one asset.

    Attributes:
        asset: Its name.
        found: What was collected.
    """

    asset: str
    found: list[Fault]

    def add(self, family: str, name: str, gates: str, anew: str, *changes: Change, unseen: str = "") -> None:
        """One more.

        Args:
            family: One of `FAMILIES`.
            name: What was done.
            gates: Those that should stop it, with commas between them.
            anew: The same where the samples are recorded anew.
            changes: What it is made of.
            unseen: Why nothing could stop it then.
        """
        self.found.append(Fault(name, family, self.asset, changes, _set(gates), _set(anew), unseen))


def _set(names: str) -> frozenset[str]:
    return frozenset(filter(None, (name.strip() for name in names.split(","))))
