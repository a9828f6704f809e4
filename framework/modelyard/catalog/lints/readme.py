"""README.md is there and says in a few sentences what the model does.

It is the prose of the model card, the page where people decide whether this is the model that they want: what
it answers, what it learned from, how to try it, where it fails. Three sentences are the least.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import README, LintedAsset

SEVERITY: Literal["error", "warning"] = "error"

LEAST_SENTENCES = 3

_CODE = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_NO_PROSE = re.compile(r"^\s*(#.*|<!--.*?-->|\[.*?\]:.*)$", re.MULTILINE)
_SENTENCE = re.compile(r"\w[^.!?]*[.!?](?=[\s*_)\]\"'’”]|$)")


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding where it is missing, is no text or says too little."""
    remedy = f"say in {LEAST_SENTENCES} sentences or more what the model does, what it learned from and where it fails"
    if trouble := asset.trouble_with(README):
        yield Finding(asset.in_file(README), f"it {trouble}", f"write it: {remedy}")
        return
    text = asset.text(README)
    if text is None:
        yield Finding(asset.in_file(README), "it is not UTF-8 text", "save it as UTF-8")
        return
    said = len(_SENTENCE.findall(_NO_PROSE.sub("", _CODE.sub("", text))))
    if said < LEAST_SENTENCES:
        counted = "1 sentence" if said == 1 else f"{said} sentences"
        yield Finding(asset.in_file(README), f"it has {counted} besides headings and code", remedy)
