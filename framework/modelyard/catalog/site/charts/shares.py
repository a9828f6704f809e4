"""How many stand how, as one bar: each state's share, in the order and the tone that its badge has."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEAST = 1000, 16, 4


def draw(counts: Sequence[tuple[str, int, str]]) -> Markup:
    """The bar; the list beside it has the numbers.

    Args:
        counts: Name, number and tone of each state.
    """
    whole = sum(n for _, n, _ in counts) or 1
    # What is rare is what people look for, so it is never too narrow to be seen.
    widths = [max(_LEAST, _WIDTH * n / whole) for _, n, _ in counts]
    scale, at, parts = _WIDTH / (sum(widths) or 1), 0.0, []
    for (name, n, tone), wide in zip(counts, widths, strict=True):
        block = Markup('<rect class="portion {}" x="{}" y="0" width="{}" height="{}"><title>{} {}</title></rect>')
        parts.append(block.format(tone, f"{at:.1f}", f"{max(1.0, wide * scale - 2):.1f}", _HEIGHT, n, name))
        at += wide * scale
    said = ", ".join(f"{n} {name}" for name, n, _ in counts)
    head = Markup('<svg class="share-bar" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">')
    return head.format(_WIDTH, _HEIGHT, said) + Markup("").join(parts) + Markup("</svg>")
