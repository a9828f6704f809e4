"""What a Prometheus server kept of a model's containers, over its HTTP API (https://prometheus.io/docs)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from modelyard.catalog.drift import reading
from modelyard.catalog.drift.reading import LIVE, MODEL, USUAL, Counted
from modelyard.errors import ModelyardError

_TIME = re.compile(r"[1-9]\d{0,5}[smhdwy]")
_NAME = re.compile(r"[a-z0-9-]{1,63}")


def check(name: str, since: str) -> None:
    """Whether a model and a time may stand in a query.

    Raises:
        ModelyardError: One of them may not.
    """
    if not _NAME.fullmatch(name):
        raise ModelyardError(f"{name!r} is no name of a model: lower-case words joined by hyphens")
    if not _TIME.fullmatch(since):
        raise ModelyardError(f"--since {since}: write a time as Prometheus does, such as 7d, 12h or 30m")


def increase(name: str, since: str) -> str:
    """PromQL: what the model's containers counted in a time until now, those that are gone among them."""
    return f"sum by (statistic, bin) (increase({LIVE}[{since}]) * on (job, instance) group_left () {_of(name, since)})"


def profile(name: str, since: str) -> str:
    """PromQL: the profile of the model's containers. Where several are out, the one of the newest counts."""
    return f"max by (statistic, bin) ({USUAL} * on (job, instance) group_left () {_of(name, since)})"


def counted(server: str, name: str, since: str) -> Counted:
    """What the containers of a model counted.

    Args:
        server: The address of the Prometheus server.
        name: The model.
        since: How far to look back, such as `7d`.

    Raises:
        ModelyardError: The server doesn't answer, or knows no such model, or the time is none.
    """
    check(name, since)
    usual = list(_asked(server, profile(name, since)))
    if not usual:
        raise ModelyardError(
            f"{server} knows no container of {name} with a profile: let it scrape their /metrics, and see that the "
            f"image has one: docker run IMAGE info"
        )
    return reading.counted(name, usual, _asked(server, increase(name, since)))


def _of(name: str, since: str) -> str:
    return f'max by (job, instance) (max_over_time({MODEL}{{name="{name}"}}[{since}]))'


def _asked(server: str, query: str) -> Iterator[tuple[str, str, float]]:
    body = reading.fetch(f"{server.rstrip('/')}/api/v1/query", {"query": query})
    try:
        found = json.loads(body)["data"]
        if found["resultType"] != "vector":
            raise ValueError(f"a {found['resultType']} where a vector was asked for")
        rows = [(one["metric"]["statistic"], one["metric"]["bin"], float(one["value"][1])) for one in found["result"]]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ModelyardError(f"{server} doesn't answer as Prometheus does: {error!r}") from None
    for statistic, bin, count in rows:
        yield str(statistic), str(bin), count
