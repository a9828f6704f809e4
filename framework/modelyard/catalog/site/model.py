"""What pages show, in words and figures that need no further thought: templates only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup
from pydantic import Field

from modelyard.catalog.records.chronicle import Chronicle, Document
from modelyard.catalog.records.quality import Quality
from modelyard.catalog.site.shown import Fact, Snippet, Trend
from modelyard.manifest.model import Model

if TYPE_CHECKING:
    from modelyard.catalog.site.changes import Change

Tone = Literal["good", "waiting", "bad", "off"]
"""How a state is drawn: all is well, look before you use it, don't use it, there is nothing to use."""


class State(Model):
    """How an asset stands."""

    name: Literal[
        "published", "waived", "held back", "rolled back", "blocked", "withdrawn", "unpublished", "unreadable"
    ]
    """In a word or two."""
    tone: Tone
    """How it is drawn."""
    said: str
    """In a sentence."""


class Picture(Model):
    """A picture of the site."""

    path: str
    """Its file, from the root of the site."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    said: str
    """What it shows, for those who don't see it."""


class Measure(Model):
    """A figure, with what it takes to judge it."""

    name: str
    """The metric, in words."""
    key: str
    """The metric, as the task names it."""
    value: float
    """What was measured."""
    low: float | None = None
    """Lower end of its 95 % interval; none where nobody knows."""
    high: float | None = None
    """Upper end."""
    n: int | None = None
    """On how many items."""

    @property
    def shown(self) -> str:
        """The value, in four figures."""
        return number(self.value)

    @property
    def interval(self) -> str:
        """The interval in words; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{number(self.low)} to {number(self.high)}"


class Waived(Model):
    """A failed check that stops nothing."""

    version: str
    """Version of the asset."""
    variant: str
    """Which line."""
    check: str
    """What failed."""
    said: str
    """How it failed."""
    why: str
    """Why that was waived, and until when."""


class Listed(Model):
    """What pages about many assets know of one."""

    name: str
    """The asset."""
    title: str
    """What people call it."""
    summary: str
    """What it does."""
    task: str
    """What kind of question it answers."""
    task_title: str
    """The same, for people."""
    kind: str
    """Family of its input: image, audio, text or file."""
    domain: str
    """Its field; empty where nothing says it."""
    license: str
    """Licence of its code."""
    state: State
    """How it stands."""
    instead: str | None
    """What to use instead, where it was withdrawn."""
    version: str
    """What people get now; empty where there is nothing to get."""
    variants: list[str]
    """The variants that people can get."""
    digest: str
    """The image that people get; empty where there is none."""
    made: str
    """When that was checked."""
    size: float | None
    """Megabytes on disk."""
    ready: float | None
    """Seconds until it answers."""
    headline: Measure | None
    """The metric that says most."""
    picture: Picture | None
    """A real answer, drawn."""
    versions: int
    """How many images the registry has."""
    stopped: int
    """How many failed."""
    application: str = ""
    """What people use it for."""
    runtimes: list[str] = Field(default_factory=list)
    """What executes its networks, of the images that people get."""
    papers: list[str] = Field(default_factory=list)
    """The papers that it follows."""
    signed: bool = False
    """Whether somebody signed the verdict on what people get."""
    waived: list[Waived] = Field(default_factory=list)
    """What the images that people get failed although they were let through."""


@dataclass(frozen=True)
class Stamp:
    """What a page was rendered from, and when.

    Attributes:
        at: When, in UTC, as RFC 3339 has it.
        registry: From which registry.
        digest: Of the image that a page is about; of everything that a page about many was made from.
    """

    at: str
    registry: str
    digest: str


@dataclass(frozen=True)
class Release:
    """An image in the table of versions.

    Attributes:
        digest: Its digest.
        key: Its key.
        version: Version of the asset.
        variant: Which line.
        made: When it was checked.
        tags: The tags that point to it.
        cause: Why it was built.
        verdict: Whether it passed.
        checks: How many things were looked at.
        failed: What it failed although it was let through, and why that was waived.
        moves: When tags were moved to it, and why.
        measures: What it costs.
        headline: The metric that says most.
        documents: What stands beside it: the digest of each, by its kind.
        signed: Whether somebody signed the verdict.
    """

    digest: str
    key: str
    version: str
    variant: str
    made: str
    tags: Sequence[str]
    cause: Sequence[str]
    verdict: str
    checks: int
    failed: Sequence[str]
    moves: Sequence[str]
    measures: Mapping[str, float]
    headline: Measure | None
    documents: Mapping[Document, str]
    signed: bool


@dataclass(frozen=True)
class Failure:
    """An image that was stopped.

    Attributes:
        version: Version of the asset.
        variant: Which line.
        key: Its key.
        made: When it was checked.
        failed: What stopped it, a line each.
    """

    version: str
    variant: str
    key: str
    made: str
    failed: Sequence[str]


@dataclass(frozen=True)
class Sample:
    """A sample and its answer, drawn.

    Attributes:
        name: The sample's.
        said: The answer in a few words.
        picture: The answer, drawn.
        license: Licence of the input.
        origin: Where it comes from.
        answer: The answer as JSON, over several lines.
        parameters: What was sent along.
        input: The input, where it can be seen; None otherwise.
        sound: The file of the input, where it can be heard; empty otherwise.
        text: The input, where it is a text; None otherwise.
        why: What counted, drawn on the input; None where nobody knows.
        because: What that picture explains and how it was found, or why there is none.
    """

    name: str
    said: str
    picture: Picture
    license: str
    origin: str
    answer: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    input: Picture | None = None
    sound: str = ""
    text: str | None = None
    why: Picture | None = None
    because: str = ""


@dataclass(frozen=True)
class Asset:
    """An asset, as its own pages show it.

    Attributes:
        listed: What every page knows of it.
        stamp: What it was rendered from.
        repository: The image's full name.
        run: How to start it; none where there is nothing to run.
        ask: How to ask it.
        measures: How well it answers.
        measured_on: Where the labels come from; empty where nothing says it.
        quality: Everything that was measured of that; None in reports of older versions.
        facts: The card's data.
        prose: The card's prose.
        samples: The gallery.
        licences: The licence of each part, by its name.
        releases: Its images, the newest first.
        failures: What was stopped, the newest first.
        layers: Bytes and recipe of each layer of the image that people get, the lowest first.
        labels: The names of its classes.
        trends: Its metrics over time.
        kinds: The kinds of input that it takes, the usual one first.
        chronicle: All that the registry says of it; None where it holds nothing, or what can't be read.
    """

    listed: Listed
    stamp: Stamp
    repository: str
    run: Sequence[Snippet]
    ask: Sequence[Snippet]
    measures: Sequence[Measure]
    measured_on: str
    quality: Quality | None
    facts: Sequence[Fact]
    prose: Markup
    samples: Sequence[Sample]
    licences: Mapping[str, str]
    releases: Sequence[Release]
    failures: Sequence[Failure]
    layers: Sequence[tuple[int, str]]
    labels: Sequence[str]
    trends: Sequence[Trend]
    kinds: Sequence[str]
    chronicle: Chronicle | None = None


@dataclass(frozen=True)
class Catalog:
    """All assets, as pages about many of them show them.

    Attributes:
        title: What the catalog is called.
        assets: In the order of their titles.
        stamp: What it was rendered from.
        changes: What happened, the newest first.
        labels: The names of each asset's classes, by its name.
        address: Where the site is served, with a slash at its end; empty where nobody says it.
    """

    title: str
    assets: Sequence[Listed]
    stamp: Stamp
    changes: Sequence[Change] = ()
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True)
class Page:
    """A page to be rendered.

    Attributes:
        path: Its file, from the root of the site, such as `models/NAME.html`.
        template: What lays it out.
        values: What the template shows.
        place: The entry of the navigation that it belongs to.
        anywhere: Whether servers show it at other addresses than its own, so that its links must hold at all of them.
    """

    path: str
    template: str
    values: Mapping[str, Any]
    place: str = ""
    anywhere: bool = False


@dataclass(frozen=True)
class File:
    """A file that is written as it is.

    Attributes:
        path: From the root of the site.
        content: Its bytes.
    """

    path: str
    content: bytes


def number(value: float) -> str:
    """A figure for people: four significant digits, and no exponent where it can be read without."""
    return f"{value:.4g}" if 1e-4 <= abs(value) < 1e6 or value == 0 else f"{value:.3g}"


def words(name: str) -> str:
    """A metric's or a partition's name for people."""
    return name.replace("_", " ")
