"""How an image is started and asked, for the section that people come for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from modelyard import tasks
from modelyard.catalog.records.chronicle import Described, Told
from modelyard.catalog.site import snippets
from modelyard.catalog.site.model import Sample
from modelyard.catalog.site.shown import Snippet
from modelyard.catalog.site.subject import Subject
from modelyard.errors import ModelyardError
from modelyard.tasks.task import Task

_SHORT_TEXT = 300
_ANSWERS = {"image/png": "answer.png", "application/gzip": "answer.nii.gz"}


def starting(repository: str, images: Mapping[str, Told], described: Described | None) -> list[Snippet]:
    """How each image that people get is started.

    Args:
        repository: The image's full name.
        images: Those that people get, by their variant.
        described: What the asset says of itself.
    """
    subjects = [_subject(repository, one, described, ()) for _, one in sorted(images.items())]
    return [_snippet(kind, subject) for kind in snippets.shelf() if kind.starts for subject in subjects]


def asking(repository: str, told: Told, described: Described | None, samples: Sequence[Sample]) -> list[Snippet]:
    """How an image that runs is asked: with its first sample, whose answer the gallery has.

    Args:
        repository: The image's full name.
        told: The image.
        described: What the asset says of itself.
        samples: Its gallery.
    """
    if task(told.task) is None:
        return []
    subject = _subject(repository, told, described, samples)
    return [_snippet(kind, subject) for kind in snippets.shelf() if not kind.starts]


@cache
def task(name: str) -> Task[Any, Any] | None:
    """A task; None for one that there is no more."""
    try:
        return tasks.load(name)
    except ModelyardError:
        return None


def _snippet(kind: snippets.Kind, subject: Subject) -> Snippet:
    return Snippet(kind.name, subject.variant, kind.label, kind.hint, kind.write(subject))


def _subject(repository: str, told: Told, described: Described | None, samples: Sequence[Sample]) -> Subject:
    known = task(told.task)
    first = samples[0] if samples else None
    budget = described.memory.get(told.variant) if described else None
    measured = told.measures.get("memory")
    named = described.samples[0].name if described and described.samples else ""
    subject = Subject(
        name=repository.rpartition("/")[2],
        repository=repository,
        digest=told.digest,
        variant=told.variant,
        sample=first.name if first else named,
        parameters=first.parameters if first else {},
        memory=budget or (round(measured) if measured else None),
    )
    if known is None:
        return subject
    text = first.text if first and known.input.written else None
    return replace(
        subject,
        field=known.input.field,
        media_type=known.input.media_types[0],
        written=known.input.written,
        text=text if text is not None and len(text) <= _SHORT_TEXT else None,
        answer=_ANSWERS.get(known.file.media_type, "answer") if known.file and known.file.usual else "",
    )
