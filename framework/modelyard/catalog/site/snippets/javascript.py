"""A question from JavaScript."""

from __future__ import annotations

import json

from modelyard.catalog.site.subject import Subject

LABEL = "JavaScript"
HINT = "For Node 20 and later, as a module (ask.mjs). A browser has the same fetch, and takes the file from an input."
ORDER = 70
STARTS = False


def write(subject: Subject) -> str:
    """A whole module."""
    uses = (["readFile"] if subject.text is None else []) + (["writeFile"] if subject.answer else [])
    head = f'import {{ {", ".join(uses)} }} from "node:fs/promises";\n\n' if uses else ""
    return (
        f"{head}{_body(subject)}"
        f'const response = await fetch({_text(subject.predict)}, {{\n  method: "POST",\n{_sent(subject)}}});\n'
        "if (!response.ok) throw new Error(await response.text());\n"
        f"{_keep(subject)}"
    )


def _body(subject: Subject) -> str:
    field, file = _text(subject.field), _text(subject.file)
    if subject.text is not None:
        return f"const body = JSON.stringify({{ {field}: {_text(subject.text)} }});\n"
    if subject.written:
        return f'const body = JSON.stringify({{ {field}: await readFile({file}, "utf8") }});\n'
    return f"const body = new FormData();\nbody.append({field}, new Blob([await readFile({file})]), {file});\n"


def _sent(subject: Subject) -> str:
    headers = '  headers: { "Content-Type": "application/json" },\n' if subject.written else ""
    return f"{headers}  body,\n"


def _keep(subject: Subject) -> str:
    if subject.answer:
        return f"await writeFile({_text(subject.answer)}, Buffer.from(await response.arrayBuffer()));\n"
    return "console.log(await response.json());\n"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
