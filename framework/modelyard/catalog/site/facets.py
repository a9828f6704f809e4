"""What models can be told apart by: each facet's values, of one model and of all of them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from modelyard.catalog.site.model import Listed

Value = tuple[str, str]
"""As addresses have it, and as people read it."""

_SIZES = ((200, "up to 200 MB"), (500, "200 to 500 MB"), (1_000, "500 MB to 1 GB"), (5_000, "1 to 5 GB"))
_LARGER: Value = ("more", "more than 5 GB")
_SLUG = re.compile(r"[^a-z0-9]+")
_LOST = re.compile(r"[^A-Za-z0-9 ._/-]")
_LONGEST = 50


@dataclass(frozen=True)
class Facet:
    """One thing that models can be told apart by.

    Attributes:
        key: As addresses have it.
        title: As people read it.
        of: Its values of a model.
        listed: Whether each value has a page of its own, for those whose browser runs no scripts.
    """

    key: str
    title: str
    of: Callable[[Listed], Sequence[Value]]
    listed: bool = False


@dataclass(frozen=True)
class Option:
    """A value of a facet that models have.

    Attributes:
        value: As addresses have it.
        label: As people read it.
        n: How many models have it.
    """

    value: str
    label: str
    n: int


def slug(text: str) -> str:
    """A text as addresses and files have it; what would lose more than spaces gets a name of its own."""
    plain = _SLUG.sub("-", text.casefold()).strip("-")[:_LONGEST]
    if plain and len(text) <= _LONGEST and not _LOST.search(text):
        return plain
    return "-".join(filter(None, (plain, hashlib.sha256(text.encode()).hexdigest()[:8])))


def options(facet: Facet, listed: Iterable[Listed]) -> list[Option]:
    """The values that models have, in the order of their labels; sizes in their own."""
    labels: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for one in listed:
        for value, label in dict(facet.of(one)).items():
            labels.setdefault(value, label)
            counts[value] += 1
    found = [Option(value, labels[value], n) for value, n in counts.items()]
    if facet.key == "size":
        return sorted(found, key=lambda one: _ORDER.index(one.value))
    return sorted(found, key=lambda one: (one.label.casefold(), one.value))


def all_options(listed: Sequence[Listed]) -> Mapping[str, list[Option]]:
    """Those of every facet, by its key; facets that tell nothing apart are left out."""
    found = {facet.key: options(facet, listed) for facet in FACETS}
    return {key: values for key, values in found.items() if len(values) > 1}


def _named(texts: Iterable[str]) -> list[Value]:
    return [(slug(text), text) for text in texts if text.strip()]


def _size(one: Listed) -> list[Value]:
    if one.size is None:
        return []
    return [next(((str(limit), label) for limit, label in _SIZES if one.size <= limit), _LARGER)]


_ORDER = [*(str(limit) for limit, _ in _SIZES), _LARGER[0]]

FACETS = (
    Facet("task", "Task", lambda one: [(slug(one.task), one.task_title)] if one.task else [], listed=True),
    Facet("domain", "Domain", lambda one: _named([one.domain]), listed=True),
    Facet("license", "Licence", lambda one: _named([one.license])),
    Facet("runtime", "Runtime", lambda one: _named(one.runtimes)),
    Facet("variant", "Variant", lambda one: _named(one.variants)),
    Facet("size", "Size", _size),
    Facet("state", "State", lambda one: _named([one.state.name])),
)
