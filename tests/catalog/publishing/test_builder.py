"""A release that is interrupted says nothing about the images that it was looking at."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from modelyard.catalog.checking.quiet import Quiet
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing import builder as module
from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.publishing.examined import Examined
from modelyard.catalog.records.report import Checked
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError

ROOT = Path(__file__).parents[3]


def test_an_image_whose_container_was_ended_by_an_interrupt_is_not_judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    builder = Builder(Workspace(ROOT), Registry("127.0.0.1:9/nothing"), Cache(tmp_path), Progress())
    planned = Planned(Workspace(ROOT).asset("image-segmenter"), "cpu", {}, "a" * 32, None, (), (), (), None)
    gone = Checked(name="behaviour", passed=False, said="the container gave no answer")

    def interrupted(_candidate: Any) -> Examined:
        def work(_one: Planned) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(module.graph, "run", lambda *_, stopping, **__: work(planned))
        with pytest.raises(KeyboardInterrupt):
            builder.each([], work, lambda one, said: None)
        return Examined([gone], None, {}, Quiet(()))

    monkeypatch.setattr(module.beside, "candidate", lambda *_: nullcontext())
    monkeypatch.setattr(module, "examine", interrupted)
    with pytest.raises(ModelyardError, match="stopped while it was looked at"):
        builder.examine(planned, "image")
