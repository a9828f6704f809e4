"""The lines of an asset's page, typed as they stand, with another port alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

from modelyard import tasks
from modelyard.catalog.records.chronicle import Told, describe
from modelyard.catalog.site.model import Picture, Sample
from modelyard.catalog.site.sections import asking
from modelyard.catalog.site.subject import PORT
from modelyard.catalog.workspace import Workspace

_PICTURE = Picture(path="", width=1, height=1, said="")


def ask(workspace: Workspace, name: str, address: str, folder: Path) -> dict[str, Any]:
    """What curl, Python and JavaScript get of a container, by the kind of snippet: JSON, or the bytes of a file.

    Args:
        workspace: The catalog.
        name: The asset.
        address: Where its container answers.
        folder: Where they are typed.
    """
    asset = workspace.asset(name)
    sample = next(one for one in asset.samples if one.error is None)
    data = (workspace.folder(name) / sample.input).read_bytes()
    text = data.decode() if tasks.load(asset.task).input.written else None
    shown = Sample(sample.name, "", _PICTURE, "", "", parameters=sample.parameters, text=text)
    told = Told.model_construct(digest="sha256:0", variant="cpu", task=asset.task, measures={})
    port = address.rpartition(":")[2]
    answers = {}
    for one in asking.asking(name, told, describe(asset, ""), [shown]):
        lines = one.lines.replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{port}")
        done = subprocess.run(_typed(one.kind, lines), cwd=folder, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, f"{one.kind}: {done.stderr.decode()[-2_000:]}\n{lines}"
        files = list(folder.glob("answer*"))
        answers[one.kind] = files[0].read_bytes() if files else _parsed(one.kind, done.stdout)
        for file in files:
            file.unlink()
    return answers


def _typed(kind: str, lines: str) -> list[str]:
    if kind == "curl":
        return ["sh", "-ec", lines]
    if kind == "python":
        return [sys.executable, "-c", lines.replace("response.json()", "response.text")]
    node = str(compute_driver_executable()[0])  # the one that Playwright brings along
    return [node, "--input-type=module", "-e", lines.replace("response.json())", "response.text())")]


def _parsed(kind: str, output: bytes) -> Any:
    answer = json.loads(output)
    assert answer["status"] == "ok", kind
    return answer
