"""Packages that declare no licence where others do: what a person found, and where."""

from __future__ import annotations

from collections.abc import Mapping

LICENCES: Mapping[str, tuple[str, str]] = {
    "namex": ("Apache-2.0", "its metadata names none, the file LICENSE in its wheel does"),
}
"""The licence of a package, and the reason to believe it. Debian's packages stand here as `debian:NAME`."""
