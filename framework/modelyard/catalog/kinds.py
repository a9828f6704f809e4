"""Inputs made by construction, for each kind that clients send: what a new asset begins with, and odd but real ones.

One file a kind under `inputs/`, by the name of the file that the kind itself stands in: what is made of
`modelyard/image.py`'s `Image` stands in `inputs/image.py`. Each has

    SEED: Seed

    def odd(sample: bytes | None) -> Iterator[Odd]

    def seen(data: bytes) -> Seen

where `sample` is an ordinary input, from which the odd ones are made where that says more, and `data` one that was
answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import PIL.Image

from modelyard.catalog import inputs, shelf
from modelyard.tasks.task import Sent, Task

Must = Literal["answer", "refusal", "either"]


@dataclass(frozen=True)
class Odd:
    """An input of a kind that users do send, and authors forget.

    Attributes:
        name: What it is, in a few words; no two alike.
        data: The input, encoded as a client would send it.
        must: What must come: an `answer`, a `refusal` (4xx with a message), or `either`.
        like: The name of an earlier one whose answer this one must have, because it says the same.
    """

    name: str
    data: bytes
    must: Must = "answer"
    like: str | None = None


@dataclass(frozen=True)
class Seed:
    """What the scaffold of an asset begins with.

    Attributes:
        suffix: Ending of a sample's file.
        strong: Makes an input in which there is much to see.
        weak: Makes one in which there is next to nothing.
        bad: Makes inputs that must be refused, by the names of their files, each with where it comes from.
        code: Lines of `preprocess` that turn the input, under the name of its field, into float32 [1, n] from 0 to 1,
            whose mean says how much there is to see; the last line returns it as `input`.
        requirements: Packages that reading such an input needs.
        domain: The card's.
        input_format: The card's.
    """

    suffix: str
    strong: Callable[[], bytes]
    weak: Callable[[], bytes]
    bad: Callable[[], Mapping[str, tuple[bytes, str]]]
    code: tuple[str, ...]
    domain: str
    input_format: str
    requirements: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Seen:
    """An input as people see it before they ask anything of it.

    Attributes:
        media_type: What kind of file it is.
        picture: It, or a picture of it; none where it is read and not looked at.
        text: It, where it is a text.
        heard: Whether a browser plays the file as it is.
    """

    media_type: str
    picture: PIL.Image.Image | None = None
    text: str | None = None
    heard: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Attributes:
        name: Its file's name.
        seed: What a new asset begins with.
        odd: Makes the odd inputs, of an ordinary one where there is one.
        seen: Shows an input that was answered.
    """

    name: str
    seed: Seed
    odd: Callable[[bytes | None], Iterable[Odd]]
    seen: Callable[[bytes], Seen]


def name_of(kind: type[Sent]) -> str:
    """The name under which a kind of input is found, such as `image`."""
    return kind.__module__.rpartition(".")[2].replace("_", "-")


def of(task: Task[Any, Any]) -> Kind:
    """What is made of the inputs of a task.

    Raises:
        ModelyardError: There is no file for its kind of input.
    """
    name = name_of(task.input)
    module, _ = shelf.take(inputs, name, "kind of input")
    return Kind(name, module.SEED, module.odd, module.seen)
