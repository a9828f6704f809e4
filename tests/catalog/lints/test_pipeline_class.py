"""`pipeline-class`: the class is there and has its steps, as far as can be seen without running it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]

STEPS = "    def load(self, w): ...\n    def preprocess(self, i): ...\n    def postprocess(self, t, i): ...\n"


def test_the_module_is_missing(change: Change, findings: Findings) -> None:
    pipeline = change("pipeline:Good", "pipe:Good")
    assert findings("pipeline-class") == [
        f"{pipeline}: error[pipeline-class]: pipe.py is not there; write the class Good into pipe.py"
    ]


def test_the_class_is_missing(change: Change, findings: Findings) -> None:
    pipeline = change("pipeline:Good", "pipeline:God")
    assert findings("pipeline-class") == [
        f"{pipeline}: error[pipeline-class]: pipeline.py has no class 'God'; did you mean 'Good'? use one of Good"
    ]


def test_the_module_is_no_python(folder: Path, findings: Findings) -> None:
    (folder / "pipeline.py").write_text("import numpy\n\nclass Good(Pipeline)\n")
    assert findings("pipeline-class") == [
        "assets/good/pipeline.py:3: error[pipeline-class]: it is no Python: expected ':'; "
        "see `python -m py_compile pipeline.py`"
    ]


@pytest.mark.parametrize("data", [b"\0", b"x = '\xff'\n", b"(" * 10_000])
def test_the_module_is_no_text_at_all(data: bytes, folder: Path, findings: Findings) -> None:
    (folder / "pipeline.py").write_bytes(data)
    (found,) = findings("pipeline-class")
    assert found.startswith("assets/good/pipeline.py:1: error[pipeline-class]: it is no Python: ")


def test_a_step_is_missing(folder: Path, findings: Findings) -> None:
    (folder / "pipeline.py").write_text("\n\nclass Good(Pipeline[A, B]):\n    def load(self, w): ...\n")
    where = "assets/good/pipeline.py:3: error[pipeline-class]"
    assert findings("pipeline-class") == [
        f"{where}: class Good has no method 'postprocess'; "
        "write it: Turns what the network said about the input into the answer.",
        f"{where}: class Good has no method 'preprocess'; "
        "write it: Turns the input into what the network takes, with a batch axis of size 1.",
    ]


def test_the_class_inherits_from_nothing(folder: Path, findings: Findings) -> None:
    (folder / "pipeline.py").write_text(f"class Good:\n{STEPS}")
    assert findings("pipeline-class") == [
        "assets/good/pipeline.py:1: error[pipeline-class]: class Good is no Pipeline; "
        "write `class Good(Pipeline[Image, Segmentation]):`"
    ]


@pytest.mark.parametrize(
    "code",
    [
        f"import modelyard\nclass Good(modelyard.Pipeline):\n{STEPS}",
        f"class Base(Pipeline):\n{STEPS}class Good(Base):\n    pass\n",
        f"class Steps:\n{STEPS}class Good(Steps, Pipeline[A, B]):\n    pass\n",
        "def read(*a): ...\nclass Good(Pipeline):\n    load = preprocess = postprocess = read\n",
        "from shared import Base\nclass Good(Base):\n    pass\n",
        "from shared import Good\n",
        "import shared\nGood = shared.make()\n",
    ],
    ids=["by module", "from a base", "from a mixin", "assigned", "imported base", "imported", "made"],
)
def test_a_class_may_come_by_its_steps_in_other_ways(code: str, folder: Path, findings: Findings) -> None:
    (folder / "pipeline.py").write_text(code)
    assert findings("pipeline-class") == []


def test_nothing_of_the_asset_is_run(folder: Path, findings: Findings) -> None:
    (folder / "pipeline.py").write_text(f"raise SystemExit\nclass Good(Pipeline):\n{STEPS}")
    assert findings("pipeline-class") == []
