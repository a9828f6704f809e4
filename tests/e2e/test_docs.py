"""docs/run-a-model.md, typed line by line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.blocks import blocks
from tests.e2e.conftest import Catalog, wait_ready

pytestmark = pytest.mark.engine
SHOWN = "127.0.0.1:5000/modelyard/image-segmenter"


def test_every_line_of_the_page_works(published: Catalog, tmp_path: Path) -> None:
    shutil.copy(published.asset / "samples/astronaut.jpg", tmp_path / "photo.jpg")
    (start,), *rest = [block.strip().splitlines() for block in blocks("docs/run-a-model.md", "sh")]
    lines = [line for block in rest for line in block if not line.startswith(".venv/")]
    assert len(lines) >= 7

    server = subprocess.Popen(start.replace(SHOWN, published.image).split(), stderr=subprocess.DEVNULL)
    try:
        wait_ready("http://127.0.0.1:5001")
        for line in lines:
            typed = line.replace("IMAGE", published.image)
            done = subprocess.run(["bash", "-c", typed], cwd=tmp_path, capture_output=True, timeout=120, check=False)
            assert done.returncode == 0, (line, done.stderr[-500:])
            assert b'"status":"error"' not in done.stdout, line
    finally:
        server.terminate()
        server.wait(60)
