"""The code blocks of a page."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a language in a page of the repository."""
    text = (ROOT / page).read_text("utf-8")
    return [body for kind, body in _BLOCK.findall(text) if kind == language]
