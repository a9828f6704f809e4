"""What containers count, read where they show it: `/metrics` itself, or a saved answer of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from modelyard.errors import ModelyardError
from modelyard.manifest.profile import OTHER

LIVE, USUAL, MODEL = "modelyard_profiled_total", "modelyard_profile_items", "modelyard_model_info"
"""The metrics that are read."""
_SECONDS = 20
_LARGEST = 20_000_000
_OK = 200

Table = dict[str, dict[str, float]]
"""Counts by statistic and bin, the bins in order."""


@dataclass(frozen=True)
class Counted:
    """What is known of a model's traffic.

    Attributes:
        model: The model's name.
        usual: The items of its profile.
        live: What it was sent and answered.
        notes: What a reader of the counts must know.
    """

    model: str
    usual: Table
    live: Table
    notes: tuple[str, ...] = ()

    def since(self, before: Counted) -> Counted:
        """What was counted since an earlier look at the same container.

        Raises:
            ModelyardError: The earlier look was at another model, or at another profile.
        """
        if before.model != self.model or before.usual != self.usual:
            raise ModelyardError(
                f"the earlier counts are of {before.model} with another profile: compare two looks at one image"
            )
        gone = {
            name: {bin: count - before.live.get(name, {}).get(bin, 0) for bin, count in bins.items()}
            for name, bins in self.live.items()
        }
        if any(count < 0 for bins in gone.values() for count in bins.values()):
            return Counted(
                self.model, self.usual, self.live, (*self.notes, "the container was started anew in between")
            )
        return Counted(self.model, self.usual, gone, self.notes)

    def against(self, other: Counted) -> Counted:
        """The same beside other traffic in place of the profile.

        Raises:
            ModelyardError: That is of another model, or was counted in other bins.
        """
        if other.model != self.model or other.usual.keys() != self.usual.keys():
            raise ModelyardError(f"the usual traffic is of {other.model} with another profile: take one of this image")
        return Counted(self.model, other.live, self.live, self.notes)


def scrape(url: str) -> Counted:
    """What a container counted since it started.

    Args:
        url: Its address, with or without `/metrics`.

    Raises:
        ModelyardError: There is no answer, or it isn't a model's with a profile.
    """
    address = url.rstrip("/")
    address = address if address.endswith("/metrics") else f"{address}/metrics"
    return parse(fetch(address, {}).decode("utf-8", "replace"), address)


def saved(file: Path) -> Counted:
    """What a saved answer of `/metrics` says.

    Raises:
        ModelyardError: It can't be read, or isn't a model's with a profile.
    """
    try:
        return parse(file.read_text("utf-8", "replace"), str(file))
    except OSError as error:
        raise ModelyardError(f"{file}: it can't be read: {error.strerror}") from None


def fetch(address: str, parameters: Mapping[str, str]) -> bytes:
    """The body of an answer with 200, of a bounded size.

    Raises:
        ModelyardError: There is none.
    """
    try:
        with requests.get(address, params=parameters, timeout=_SECONDS, stream=True) as answer:
            body = answer.raw.read(_LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError, ValueError) as error:
        raise ModelyardError(f"{address} doesn't answer: {error}") from None
    if answer.status_code != _OK or len(body) > _LARGEST:
        said = body[:200].decode("utf-8", "replace")
        raise ModelyardError(f"{address} answers {answer.status_code} with {len(body):,} bytes: {said}")
    return bytes(body)


def parse(text: str, where: str) -> Counted:
    """What stands in Prometheus' text format.

    Raises:
        ModelyardError: It is no such text, or has no model with a profile.
    """
    model, usual, live = "", list[tuple[str, str, float]](), list[tuple[str, str, float]]()
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == MODEL:
                    model = sample.labels.get("name", "")
                elif sample.name in (LIVE, USUAL):
                    found = usual if sample.name == USUAL else live
                    found.append((sample.labels["statistic"], sample.labels["bin"], float(sample.value)))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ModelyardError(f"{where} gives no metrics that can be read: {error}") from None
    if not model:
        raise ModelyardError(f"{where} gives no metrics of a model: name the address of a Modelyard container")
    return counted(model, usual, live)


def counted(model: str, usual: Iterable[tuple[str, str, float]], live: Iterable[tuple[str, str, float]]) -> Counted:
    """Counts put in order; what was counted in bins that the profile doesn't have is left out, and said.

    Args:
        model: The model's name.
        usual: Statistic, bin and number of items.
        live: Statistic, bin and number of requests.

    Raises:
        ModelyardError: The model has no profile.
    """
    reference = _table(usual)
    if not reference:
        raise ModelyardError(
            f"{model} has no profile: write one with modelyard profile {model}, and release an image with it"
        )
    found = _table(live)
    others = sum(
        count for name, bins in found.items() for bin, count in bins.items() if bin not in reference.get(name, {})
    )
    kept = {name: {bin: found.get(name, {}).get(bin, 0.0) for bin in bins} for name, bins in reference.items()}
    notes = (f"{others:,.0f} counts in bins of another profile are left out",) if others >= 1 else ()
    return Counted(model, reference, kept, notes)


def _table(rows: Iterable[tuple[str, str, float]]) -> Table:
    found: Table = {}
    for statistic, bin, count in rows:
        if math.isfinite(count) and count >= 0:
            found.setdefault(statistic, {})[bin] = count
    return {statistic: dict(sorted(bins.items(), key=_place)) for statistic, bins in sorted(found.items())}


def _place(pair: tuple[str, float]) -> tuple[float, float, str]:
    """Numbers ascend; of names the most frequent come first, and all others last."""
    bin, count = pair
    try:
        return float(bin), 0.0, bin
    except ValueError:
        return math.inf if bin == OTHER else 0.0, -count, bin
