"""The lines on builds in docs/run-a-catalog.md, typed as they stand."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.docs.blocks import blocks
from tests.e2e.conftest import Catalog
from tests.e2e.tiny import TINY, tiny_catalog

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder: Path = tmp_path_factory.mktemp("catalog")
    return tiny_catalog(folder)


def lines() -> list[str]:
    (block,) = [one for one in blocks("docs/run-a-catalog.md", "sh") if "modelyard build" in one]
    return block.strip().splitlines()


@pytest.mark.parametrize("line", lines())
def test_every_line_works(catalog: Catalog, line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)

    done = catalog.modelyard(*arguments)

    assert program == "modelyard"
    assert done.returncode == 0, done.stderr


def test_an_image_tests_itself_shut_in(catalog: Catalog) -> None:
    done = catalog.modelyard("test", TINY, "--image")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "ok      half.png: differing 0 (allowed 0.01); iou_loss 0 (allowed 0.05)",
        "1 of 1 samples answered as expected",
    ]
