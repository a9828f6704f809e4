"""A catalog with one tiny asset that learns to tell kind words from rude ones in a blink."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from tests.catalog.lints.conftest import PIPELINE, README
from tests.catalog.registry.servers import RealRegistry, running

from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.registry import Registry
from modelyard.catalog.training.running import Here
from modelyard.catalog.training.train import Trainer
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.manifest.asset import Asset

FRAMEWORK = Path(__file__).parents[3] / "framework" / "modelyard"
NOTES = "".join(
    f"{text} {number},{label}\n"
    for number in range(40)
    for text, label in (("thank you dear", "kind"), ("go away fool", "rude"))
)
TRAIN = '''"""Counts words: how often each stands in a text of each class."""

import json
import random

from words import split  # what pipeline.py uses too


def train(training):
    examples = training.own_examples
    if examples is None:
        lines = (training.data / "notes.csv").read_text().splitlines()
        pairs = [line.rsplit(",", 1) for line in lines]
    else:
        pairs = [(one.text, one.label) for one in examples]
    pairs += [(one.text, one.label) for one in training.feedback]
    pairs = [(text, training.labels.index(label)) for text, label in pairs]
    random.shuffle(pairs)
    held_out, rest = pairs[: len(pairs) // 4], pairs[len(pairs) // 4 :]
    counts = {}
    for epoch in range(3):
        for text, label in rest:
            for word in split(text):
                counts.setdefault(word, [0] * len(training.labels))[label] += 1
        training.epoch(epoch + 1, 3, loss=1 / (epoch + 1), val_loss=1.2 / (epoch + 1), accuracy=epoch / 2)
    print("counted", len(counts), "words")

    def answer(text):
        found = [counts[word] for word in split(text) if word in counts]
        scores = [sum(one[label] for one in found) for label in range(len(training.labels))]
        return scores.index(max(scores))

    right = sum(answer(text) == label for text, label in held_out)
    training.finish(accuracy=right / len(held_out))
    (training.output / "words.json").write_text(json.dumps(counts, sort_keys=True))
'''
MANIFEST = f"""\
name: good
version: 1.0.0
title: Good
summary: Tells kind words from rude ones.
task: text-classification
license: Apache-2.0
source: https://example.org/good
pipeline: pipeline:Good
variants: {{ cpu: litert }}
labels: labels.txt
weights:
  # What we made ourselves.
  - path: words.json
    source: train:good@untrained  # and this is kept
    mirrors: [file:trained/words.json]
    sha256: {"f" * 64}
    license: Apache-2.0
training:
  data:
    - path: notes.csv
      source: file:notes.csv
      license: CC0-1.0
      sha256: {hashlib.sha256(NOTES.encode()).hexdigest()}
  seed: 7
  metrics: {{ accuracy: {{ min: 0.9, tolerance: 0.01 }} }}
samples:
  - {{ input: samples/a.txt, error: 400, license: CC0-1.0, origin: Made for this test }}
card:
  {{ domain: Text, application: Tests, framework: None, training_data: None, input_format: A text, limits: None.,
    ethical_considerations: None. }}
"""


@dataclass
class Yard:
    """The catalog, and what trains there; TensorFlow isn't needed, so the tests' own Python will do."""

    root: Path
    registry: Registry

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root)

    @property
    def asset(self) -> Asset:
        """As its manifest declares it now."""
        return self.workspace.asset("good")

    @property
    def folder(self) -> Path:
        return self.root / "assets" / "good"

    @property
    def trainer(self) -> Trainer:
        console = Console(file=io.StringIO())
        local = Local(self.workspace, Cache(self.root / "cache"), Progress(console))
        return Trainer(local, self.registry, Here(local))

    def modelyard(self, *arguments: str) -> Result:
        """Types a command."""
        return CliRunner().invoke(cli, ["-C", str(self.root), *arguments])

    def edit(self, file: str, before: str, after: str) -> None:
        """Changes a file of the asset."""
        text = (self.folder / file).read_text("utf-8")
        assert before in text, f"{file} doesn't contain {before!r}"
        (self.folder / file).write_text(text.replace(before, after), "utf-8")


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Yard]:
    """Makes such a catalog, which publishes to a registry."""
    monkeypatch.setattr(Local, "python", lambda *_: Path(sys.executable))

    def make(prefix: str) -> Yard:
        root = tmp_path_factory.mktemp("yard")
        for name, text in {
            "catalog.yaml": f"title: Test\nregistry: {prefix}\npython: python:3.13\n",
            "framework/requirements/tensorflow-cpu.txt": "",
            "assets/good/asset.yaml": MANIFEST,
            "assets/good/train.py": TRAIN,
            "assets/good/words.py": "def split(text):\n    return text.lower().split()\n",
            "assets/good/pipeline.py": PIPELINE,
            "assets/good/README.md": README,
            "assets/good/labels.txt": "rude\nkind\n",
            "assets/good/notes.csv": NOTES,
            "assets/good/samples/a.txt": "",
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, "utf-8")
        (root / "framework/modelyard").symlink_to(FRAMEWORK)
        monkeypatch.setenv("MODELYARD_CACHE", str(root / "cache"))
        return Yard(root, Registry(prefix))

    return make
