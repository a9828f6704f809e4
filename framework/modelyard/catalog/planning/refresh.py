"""Refreshing: images that nothing in git changes grow old all the same, and are built again from newer parts.

`refresh` in catalog.yaml says when: an image is older than `max_age`, or, with `updates`, the Python image that it
stands on has moved in its registry. `plan --refresh` and `release --refresh`, run by a scheduled job, look for that;
a plain plan or release never does. A refreshed image has the same ingredients and so the same key K: it is tagged
`key-K-rYYYYMMDD`, with the day (UTC) in a label too, while `key-K` stays on the first; on one day there is one
refresh. What is published is then the newest image of the key that a moving tag points to, so a plain plan calls it
published, and a refresh that was interrupted before its moving tags is finished by the next scheduled run. A refresh
that came out just as the published image was is remembered by its tag alone, which points to that very image, and the
age counts from the newest such day.
"""

from __future__ import annotations

import datetime
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelyard.catalog import labels, tags
from modelyard.catalog.containers.python_image import Source
from modelyard.catalog.registry import Manifest, Registry
from modelyard.errors import ModelyardError
from modelyard.manifest.catalog import Refresh

_DAY = datetime.timedelta(days=1)
_SAID = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Due:
    """What a refresh of one image has to do.

    Attributes:
        day: The day of the refresh, YYYYMMDD.
        cause: Why it is built, a line each; empty where it only has to be finished.
        pending: The image that an interrupted refresh pushed, and that no moving tag points to yet.
    """

    day: str
    cause: tuple[str, ...]
    pending: Manifest | None = None


@dataclass
class Refreshing:
    """One look at the clock and at the registries of base images, for all images of a plan.

    Attributes:
        policy: What catalog.yaml says.
        python: The Python image that bases are built on, as catalog.yaml names it.
        note: Is told, in one line, what could not be looked at.
        now: The time, with its zone.
    """

    policy: Refresh
    python: str
    note: Callable[[str], None]
    now: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    _newest: dict[str, str | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.policy.max_age is None and not self.policy.updates:
            raise ModelyardError(
                "catalog.yaml doesn't say when an image is to be refreshed: write refresh: { max_age: 30d } there"
            )

    @property
    def day(self) -> str:
        """Today, as tags have it."""
        return self.now.astimezone(datetime.UTC).strftime("%Y%m%d")

    def look(self, registry: Registry, name: str, key: str, published: Manifest) -> Due | None:
        """Whether a published image is to be refreshed; None where it is young enough.

        Args:
            registry: Where it is published.
            name: The asset's name.
            key: The image's key.
            published: The image that the moving tags point to.
        """
        configuration = registry.configuration(name, published)
        made_of = _labels(configuration)
        last = max(days(registry, name, key), default=None)
        if last is not None and last > made_of.get(labels.REFRESHED, ""):
            newest = registry.manifest(name, tag(key, last))
            if newest is not None and newest.digest != published.digest:
                return Due(last, (), newest)
        cause = (*self._age(configuration, last), *self._moved(made_of))
        return Due(self.day, cause) if cause and last != self.day else None

    def _age(self, configuration: Mapping[str, Any], last: str | None) -> tuple[str, ...]:
        if self.policy.max_age is None:
            return ()
        most = datetime.timedelta(seconds=self.policy.max_age)
        allowed = f"catalog.yaml allows {_days(most)}"
        made = _time(str(configuration.get("created", "")))
        refreshed = _date(last)
        if made is None and refreshed is None:
            return (f"time: the image doesn't say when it was made, and {allowed}",)
        newest = max(one for one in (made, refreshed) if one is not None)
        if self.now - newest <= most:
            return ()
        return (f"time: it is from {newest:%Y-%m-%d}, {_days(self.now - newest)} old, and {allowed}",)

    def _moved(self, made_of: Mapping[str, str]) -> tuple[str, ...]:
        before = made_of.get(labels.PYTHON_DIGEST)
        if not self.policy.updates or not before:
            return ()
        now = self._python_now()
        if now is None or now == before:
            return ()
        return (f"time: {self.python} moved from {before[:19]}… to {now[:19]}…",)

    def _python_now(self) -> str | None:
        """The digest of the Python image in its registry; asked once, for all images."""
        with self._lock:
            if self.python not in self._newest:
                try:
                    self._newest[self.python] = Source.of(self.python).digest()
                except ModelyardError as error:
                    self.note(f"whether {self.python} moved is not known: {error}")
                    self._newest[self.python] = None
            return self._newest[self.python]


def tag(key: str, day: str) -> str:
    """The tag of a refreshed image: `key-K-rYYYYMMDD`."""
    return f"{tags.of_key(key)}-r{day}"


def days(registry: Registry, name: str, key: str) -> list[str]:
    """The days on which a key was refreshed, YYYYMMDD each."""
    start = tag(key, "")
    return [one.removeprefix(start) for one in registry.tags(name) if one.startswith(start) and _date(one[-8:])]


def remember(registry: Registry, name: str, key: str, day: str, published: Manifest) -> None:
    """Remembers a refresh that came out just as the published image was: its tag points to that one."""
    registry.tag(name, tag(key, day), published)


def _labels(configuration: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = configuration.get("config", {}).get("Labels") or {}
    return found


def _time(said: str) -> datetime.datetime | None:
    """RFC 3339 as engines write it, with up to nine digits of a second; None for anything else."""
    match = _SAID.fullmatch(said)
    if match is None:
        return None
    try:
        return datetime.datetime.fromisoformat(match[1] + match[2].replace("Z", "+00:00"))
    except ValueError:
        return None


def _date(day: str | None) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(day or "", "%Y%m%d").replace(tzinfo=datetime.UTC)
    except ValueError:
        return None


def _days(time: datetime.timedelta) -> str:
    number = time // _DAY
    return f"{number} day" if number == 1 else f"{number} days"
