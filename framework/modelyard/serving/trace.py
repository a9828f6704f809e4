"""The id of a request: W3C Trace Context, https://www.w3.org/TR/trace-context/.

Who calls us as a part of something larger says so in the header `traceparent`, and finds our log under the id
that it uses itself. Everybody else gets an id of their own.
"""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16
_SAMPLED = 1

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread works on; empty where it works on none."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a request belongs.

    Attributes:
        request_id: 32 hexadecimal digits: the id of the trace.
        span_id: 16 hexadecimal digits: what we do of it.
        sampled: Whether the caller records this trace.
    """

    request_id: str
    span_id: str
    sampled: bool = False

    @property
    def traceparent(self) -> str:
        """The header that says so."""
        return f"00-{self.request_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def begin(traceparent: str | None = None) -> Trace:
    """The trace that a request belongs to.

    Args:
        traceparent: The header of the request; one that is invalid counts as none.
    """
    parts = None if traceparent is None else _TRACEPARENT.fullmatch(traceparent.strip(" \t"))
    if parts is None:
        return _new()
    version, trace, parent, flags, more = parts.groups()
    if version == "ff" or trace == _NO_TRACE or parent == _NO_SPAN or (version == "00" and more is not None):
        return _new()
    return Trace(trace, os.urandom(8).hex(), bool(int(flags, 16) & _SAMPLED))


def _new() -> Trace:
    digits = os.urandom(24).hex()
    return Trace(digits[:32], digits[32:])
