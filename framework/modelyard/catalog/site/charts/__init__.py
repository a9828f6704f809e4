"""Charts as inline SVG: one file a kind, found by its name.

Each file has `draw(…) -> Markup`; templates call it by the file's name, `{{ charts.intervals(…) }}`. Charts have no
colours of their own, only the classes that `static/site.css` knows, so that they follow light, dark and print; marks
differ in form and not in hue alone; and each says in words what it shows, beside a table of its numbers.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

from markupsafe import Markup


def shelf() -> SimpleNamespace:
    """All charts, by name."""
    found: dict[str, Callable[..., Markup]] = {
        module.name: import_module(f"{__name__}.{module.name}").draw for module in pkgutil.iter_modules(__path__)
    }
    return SimpleNamespace(**found)
