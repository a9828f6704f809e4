"""What a task owns: the form of its answers, how to compare two of them, how to draw one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import PIL.Image

from modelyard.bounds import Bounds
from modelyard.errors import ModelyardError
from modelyard.tasks.target import Target


class Sent(Protocol):
    """What a client sends and a pipeline takes: `Image`, `Audio`, `Text`, …

    Attributes:
        field: The field that it is sent in.
        media_types: The kinds of body that may hold it, the usual one first.
        written: Whether JSON and forms hold it as it stands, and not as a file.
        most: How many of them one request may hold.
    """

    field: ClassVar[str]
    media_types: ClassVar[tuple[str, ...]]
    written: ClassVar[bool]
    most: ClassVar[int]

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = ...) -> Self:
        """What the bytes hold; BadInput where they hold no such thing."""
        ...


I = TypeVar("I", bound=Sent)  # noqa: E741
O = TypeVar("O")  # noqa: E741


@dataclass(frozen=True)
class Comparison:
    """How far an answer is from the expected one.

    Attributes:
        passed: Whether every measure is within its tolerance.
        measures: What was measured, by name.
        summary: One line for people: what was expected and what came.
    """

    passed: bool
    measures: Mapping[str, float]
    summary: str


@dataclass(frozen=True)
class Measure:
    """One way in which two answers of a task may differ.

    Attributes:
        description: What it counts, for the documentation of tolerances.
        default: The largest difference allowed where a sample declares none.
    """

    description: str
    default: float


@dataclass(frozen=True)
class AnswerFile:
    """An answer that is a file, such as a picture, or that may be had as one.

    Attributes:
        media_type: What kind of file it is.
        field: The field of the JSON answer that holds it, as base64.
        usual: Whether clients that don't say what they take get the file; otherwise they get JSON.
    """

    media_type: str
    field: str
    usual: bool = True


def _listed(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"answers": list(bodies)}


def _unlisted(body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    bodies = body["answers"]
    if not (isinstance(bodies, list) and all(isinstance(one, dict) for one in bodies)):
        raise TypeError("answers are no list of objects")
    return bodies


def _nothing(_answer: object) -> Iterable[tuple[int | str, float | None]]:
    return ()


@dataclass(frozen=True)
class Task(Generic[I, O]):
    """One kind of question.

    Attributes:
        name: Its name in asset.yaml.
        title: What Model Asset eXchange calls it, for `/model/metadata`.
        input: What is sent.
        output: What the pipeline answers with.
        schema: JSON Schema (the part of it that Swagger 2.0 knows) of the answer.
        encode: The answer as the JSON body of `/model/predict`, without `status`; arrays may be numpy's.
        decode: An answer from such a body.
        measures: The ways in which answers may differ; tolerances name them.
        difference: The value of each measure for an expected answer and one that came.
        describe: An answer in a few words, given the labels.
        draw: The picture of an answer on its input.
        suffix: Ending of the files that expected answers are kept in.
        write: Keeps an answer in a file.
        read: An answer from such a file.
        observe: The classes in an answer, as ids or names, each with its probability where it has one: what
            `/metrics` counts. Never what was sent or written: a text, a name.
        join: The answers to several inputs of one request as one body; a list of them in `answers`, unless Model Asset
            eXchange has another form.
        split: What was joined, as it was before; KeyError or TypeError where it is no such body.
        file: Set where the answer is a file, or may be had as one.
        target: What of an answer is explained, given what the client wants explained (empty: what the answer says
            first) and the labels; it raises BadInput where there is no such thing. None where answers of this task
            can't be explained by what is left of them when parts of the input are gone.
        opened: Values for parameters that shorten answers, with which the least is left out: an explanation looks for
            its target also where it hardly is.
    """

    name: str
    title: str
    input: type[I]
    output: type[O]
    schema: Mapping[str, Any]
    encode: Callable[[O], dict[str, Any]]
    decode: Callable[[Mapping[str, Any]], O]
    measures: Mapping[str, Measure]
    difference: Callable[[O, O], Mapping[str, float]]
    describe: Callable[[O, Sequence[str]], str]
    draw: Callable[[I, O, Sequence[str]], PIL.Image.Image]
    suffix: str
    write: Callable[[O, Path], None]
    read: Callable[[Path], O]
    observe: Callable[[O], Iterable[tuple[int | str, float | None]]] = _nothing
    join: Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]] = _listed
    split: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]] = _unlisted
    file: AnswerFile | None = None
    target: Callable[[O, str, Sequence[str]], Target[O]] | None = None
    opened: Mapping[str, float] = field(default_factory=dict)

    def parse(self, body: bytes) -> O:
        """The answer that a body of `/model/predict` holds, whether JSON or a file.

        Raises:
            ModelyardError: It holds none.
        """
        if self.file and body.lstrip()[:1] != b"{":
            return self.decode({self.file.field: base64.b64encode(body).decode()})
        return self.decode(self._object(body))

    def parse_several(self, body: bytes, count: int) -> Sequence[Mapping[str, Any]]:
        """The bodies of several answers, for `decode`, from the answer to a request with several inputs.

        Args:
            body: What came.
            count: How many inputs were sent.

        Raises:
            ModelyardError: It is no such answer, or has more answers, or fewer.
        """
        try:
            bodies = self.split(self._object(body))
        except (KeyError, TypeError) as error:
            raise ModelyardError(f"these are no answers of {self.name}: {error!r}") from None
        if len(bodies) != count:
            raise ModelyardError(f"{count} inputs in one request got {len(bodies)} answers")
        return bodies

    def _object(self, body: bytes) -> dict[str, Any]:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ModelyardError(f"this is no answer of {self.name}: {error}") from None
        if not isinstance(found, dict):
            raise ModelyardError(f"this is no answer of {self.name}: it is no object")
        return found

    def tolerances(self, given: Mapping[str, float]) -> dict[str, float]:
        """The largest difference allowed for each measure.

        Raises:
            ModelyardError: A tolerance names no measure of this task.
        """
        for name in given:
            if name not in self.measures:
                known = ", ".join(self.measures)
                raise ModelyardError(f"tolerance {name!r}: task {self.name} measures {known}")
        return {name: given.get(name, measure.default) for name, measure in self.measures.items()}

    def compare(self, expected: O, got: O, given: Mapping[str, float], labels: Sequence[str]) -> Comparison:
        """Holds an answer to the expected one, measure by measure."""
        allowed = self.tolerances(given)
        measured = dict(self.difference(expected, got))
        # Written so that a NaN fails.
        broken = [name for name, value in measured.items() if not value <= allowed[name]]
        said = "; ".join(f"{name} {value:.4g} (allowed {allowed[name]:.4g})" for name, value in measured.items())
        answers = f"expected {self.describe(expected, labels)}; got {self.describe(got, labels)}"
        return Comparison(not broken, measured, f"{answers}; {said}" if broken else said)
