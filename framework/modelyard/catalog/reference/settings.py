"""The page of the settings of a container."""

from __future__ import annotations

from modelyard.catalog.reference.markdown import document
from modelyard.catalog.tables import table
from modelyard.serving.settings import describe


def page() -> str:
    """Every setting, its default and its meaning."""
    return document(
        "# Settings of a container",
        "Environment variables, read once at the start: `docker run -e THREADS=4 -p 5000:5000 IMAGE`. A value that "
        "can't be used stops the start with a line that says so. `docker run IMAGE info` prints this list.",
        table(
            ("Setting", "Default", "Meaning"),
            ((f"`{name}`", f"`{default}`", meaning) for name, default, meaning in describe()),
        ),
    )
