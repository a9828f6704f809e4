"""A question from a terminal."""

from __future__ import annotations

import json
from shlex import quote

from modelyard.catalog.site.subject import Subject

LABEL = "curl"
HINT = ""
ORDER = 50
STARTS = False


def write(subject: Subject) -> str:
    """One command; before it, where the input is a file, the one that gets it from the container."""
    output = f" -o {subject.answer}" if subject.answer else ""
    if subject.text is not None:
        body = quote(json.dumps({subject.field: subject.text}, ensure_ascii=False))
        return f"curl{output} -H 'Content-Type: application/json' \\\n    -d {body} \\\n    {quote(subject.predict)}"
    get = f"curl -so {subject.file} {quote(subject.source)}\n" if subject.source else ""
    sign = "<" if subject.written else "@"
    return f"{get}curl{output} -F {quote(f'{subject.field}={sign}{subject.file}')} {quote(subject.predict)}"
