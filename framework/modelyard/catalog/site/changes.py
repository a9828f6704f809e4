"""What happened to assets, and when: releases, what was stopped, ways back, withdrawals."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Literal

from modelyard.catalog.records.chronicle import Told
from modelyard.catalog.site.composing import Given
from modelyard.catalog.site.model import Asset
from modelyard.manifest.model import Model

_OF_ONE = 50
"""So many are known of one asset, the newest: no page and no feed shows more of all of them than some hundreds."""


class Change(Model):
    """Something that happened to an asset."""

    kind: Literal["released", "rolled back", "blocked", "withdrawn"]
    """What."""
    name: str
    """The asset."""
    title: str
    """What people call it."""
    version: str
    """Version of the asset; empty where it was withdrawn."""
    variant: str
    """Which line; empty where it was withdrawn."""
    digest: str
    """The image that people get since; empty where there is none."""
    made: str
    """When, in UTC, as RFC 3339 has it."""
    why: list[str]
    """Why, a line each."""


def of(given: Given, asset: Asset) -> list[Change]:
    """What happened to an asset, the newest first; what has no time that can be read is left out."""
    found = [*_told(given, asset), *_stopped(given, asset), *_withdrawn(given, asset)]
    return newest((one for one in found if when(one.made)), _OF_ONE)


def newest(changes: Iterable[Change], n: int) -> list[Change]:
    """The newest of changes, the newest first."""
    beginning = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    order = [(when(one.made) or beginning, one.name, one.variant, one.kind, one) for one in changes]
    order.sort(key=lambda entry: entry[:4], reverse=True)
    return [one for *_, one in order[:n]]


def when(made: str) -> datetime.datetime | None:
    """A time as RFC 3339 has it; None where a text is none."""
    try:
        time = datetime.datetime.fromisoformat(made)
        return time.astimezone(datetime.UTC) if time.tzinfo else time.replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError):
        return None


def _told(given: Given, asset: Asset) -> Iterator[Change]:
    for one in given.chronicle.images if given.chronicle else ():
        releases = [move for move in one.moves if move.kind == "release"]
        if not releases:
            yield _change(asset, one, "released", one.made, one.cause)
        for move in one.moves:
            if move.kind == "rollback":
                yield _change(asset, one, "rolled back", move.made, [move.reason])
            else:
                # It was built because of its cause; what led the tags back to it later has a reason of its own.
                yield _change(asset, one, "released", move.made, one.cause if move is releases[0] else [move.reason])


def _change(asset: Asset, one: Told, kind: str, made: str, why: Iterable[str]) -> Change:
    return Change(
        kind="rolled back" if kind == "rolled back" else "released", name=asset.listed.name, title=asset.listed.title,
        version=one.version, variant=one.variant, digest=one.digest, made=made, why=list(why),
    )  # fmt: skip


def _stopped(given: Given, asset: Asset) -> Iterator[Change]:
    for one in given.chronicle.stopped if given.chronicle else ():
        yield Change(
            kind="blocked", name=asset.listed.name, title=asset.listed.title, version=one.version,
            variant=one.variant, digest="", made=one.made, why=[f"{check.name}: {check.said}" for check in one.failed],
        )  # fmt: skip


def _withdrawn(given: Given, asset: Asset) -> Iterator[Change]:
    if given.withdrawn and given.withdrawn.on:
        made = datetime.datetime.combine(given.withdrawn.on, datetime.time(), datetime.UTC).isoformat()
        instead = [f"use {given.withdrawn.instead} instead"] if given.withdrawn.instead else []
        yield Change(
            kind="withdrawn", name=asset.listed.name, title=asset.listed.title, version="", variant="", digest="",
            made=made, why=[given.withdrawn.why, *instead],
        )  # fmt: skip
