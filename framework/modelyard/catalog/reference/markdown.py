"""What the pages are made of."""

from __future__ import annotations

MADE = "<!-- Made from the code by `modelyard reference`: change the code, not this file. -->"


def document(*parts: str) -> str:
    """A page of headings, paragraphs and tables, with a blank line between two of them."""
    return "\n\n".join((MADE, *(part.strip("\n") for part in parts))) + "\n"
