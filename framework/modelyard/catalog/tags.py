"""The tags of an image: those that never move, and those that follow the newest.

`key-KEY` and `VERSION-VARIANT`, such as `1.0.0-cpu`, are set once. The first image of a version gets its
`VERSION-VARIANT`, and later images of the same version don't: whoever needs what never changes names that tag, and
whoever wants what was mended since names `VERSION` or `latest`, which move.
"""

from __future__ import annotations

from modelyard.manifest.asset import Asset, Variant


def of_key(key: str) -> str:
    """The tag that says that a key is published."""
    return f"key-{key}"


def of_version(asset: Asset, variant: Variant) -> str:
    """The tag of the first image of a version."""
    return f"{asset.version}-{variant}"


def moving(asset: Asset, variant: Variant) -> tuple[str, ...]:
    """The tags that follow the newest image, the one without a version last; the bare ones are the cpu's."""
    return (asset.version, "latest") if variant == "cpu" else (f"latest-{variant}",)


def newest(variant: Variant) -> str:
    """The tag of a line's newest image."""
    return "latest" if variant == "cpu" else f"latest-{variant}"
