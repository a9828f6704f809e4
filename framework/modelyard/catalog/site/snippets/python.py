"""A question from Python."""

from __future__ import annotations

from modelyard.catalog.site.subject import Subject

LABEL = "Python"
HINT = "It needs the package requests."
ORDER = 60
STARTS = False


def write(subject: Subject) -> str:
    """A whole program."""
    address = f'"{subject.here}/model/predict"'
    more = f", params={subject.sent!r}" if subject.parameters else ""
    if subject.text is not None:
        ask = f"response = requests.post(\n    {address},\n    json={{{subject.field!r}: {subject.text!r}}}{more},\n"
        ask += "    timeout=60,\n)\n"
    elif subject.written:
        ask = f'with open({subject.file!r}, encoding="utf-8") as file:\n    response = requests.post(\n'
        ask += f"        {address}, json={{{subject.field!r}: file.read()}}{more}, timeout=60\n    )\n"
    else:
        ask = f'with open({subject.file!r}, "rb") as file:\n    response = requests.post(\n'
        ask += f"        {address}, files={{{subject.field!r}: file}}{more}, timeout=60\n    )\n"
    keep = "print(response.json())\n"
    if subject.answer:
        keep = f'with open({subject.answer!r}, "wb") as answer:\n    answer.write(response.content)\n'
    return f"import requests\n\n{ask}response.raise_for_status()\n{keep}"
