"""What an image's bytes are: its layers end to end on one bar, the lowest first."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT = 600, 28


def draw(layers: Sequence[tuple[int, str]]) -> Markup:
    """The bar; the table beside it has the numbers.

    Args:
        layers: Bytes and recipe of each.
    """
    whole = sum(size for size, _ in layers) or 1
    parts, at = [], 0.0
    for place, (size, _) in enumerate(layers):
        wide = _WIDTH * size / whole
        block = Markup('<rect class="block block-{}" x="{}" y="0" width="{}" height="{}"/>')
        parts.append(block.format(place % 4, f"{at:.1f}", f"{wide:.1f}", _HEIGHT))
        at += wide
    said = f"{len(layers)} layers, the largest with {100 * max((size for size, _ in layers), default=0) / whole:.0f} %"
    head = Markup('<svg class="layer-bar" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">')
    return head.format(_WIDTH, _HEIGHT, said) + Markup("").join(parts) + Markup("</svg>")
