"""A question from Python."""

from __future__ import annotations

from modelyard.catalog.site.subject import Subject

LABEL = "Python"
HINT = "It needs the package requests."
ORDER = 60
STARTS = False


def write(subject: Subject) -> str:
    """A whole program."""
    opened, sent = _input(subject)
    indent = "    " if opened else ""
    arguments = [_text(f"{subject.here}/model/predict"), sent]
    if subject.parameters:
        parameters = ", ".join(f"{_text(name)}: {_text(value)}" for name, value in subject.sent.items())
        arguments.append(f"params={{{parameters}}}")
    lines = "".join(f"{indent}    {one},\n" for one in (*arguments, "timeout=60"))
    ask = f"{opened}{indent}response = requests.post(\n{lines}{indent})\n"
    return f"import requests\n\n{ask}response.raise_for_status()\n{_keep(subject)}"


def _input(subject: Subject) -> tuple[str, str]:
    """What opens the input, and the argument that sends it."""
    field, file = _text(subject.field), _text(subject.file)
    if subject.text is not None:
        return "", f"json={{{field}: {_text(subject.text)}}}"
    if subject.written:
        return f'with open({file}, encoding="utf-8") as file:\n', f"json={{{field}: file.read()}}"
    return f'with open({file}, "rb") as file:\n', f"files={{{field}: file}}"


def _keep(subject: Subject) -> str:
    if subject.answer:
        return f'with open({_text(subject.answer)}, "wb") as answer:\n    answer.write(response.content)\n'
    return "print(response.json())\n"


def _text(text: str) -> str:
    """A literal, in the quotes that people prefer."""
    literal = repr(text)
    return literal if '"' in literal else f'"{literal[1:-1]}"'
