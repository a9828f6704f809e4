"""What a client wrote, as far as an error may repeat it."""

from __future__ import annotations

_LONGEST = 60


def quoted(name: str) -> str:
    """A name in quotes, cut short: an error's size is not the client's to choose."""
    return repr(name if len(name) <= _LONGEST else name[:_LONGEST] + "…")
