"""Which names a registry's folder holds, where the registry tells: many don't, or only to their owners."""

from __future__ import annotations

from modelyard.catalog.registry.connection import Refused
from modelyard.catalog.registry.registry import Registry

_CATALOG = "/v2/_catalog?n=1000"
_SCOPE = "registry:catalog:*"


def repositories(registry: Registry) -> frozenset[str] | None:
    """The names below the registry's folder, such as `image-segmenter`; None where the registry doesn't tell."""
    try:
        found = registry.pages(_CATALOG, _SCOPE, "repositories")
    except Refused:
        return None
    folder = registry.prefix.partition("/")[2]
    start = f"{folder}/" if folder else ""
    return None if found is None else frozenset(str(one)[len(start) :] for one in found if str(one).startswith(start))
