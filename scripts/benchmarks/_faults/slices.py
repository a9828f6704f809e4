"""One slice broken while the mean rises: the labels of a source are inverted, and lines of others learned by heart."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from rich.console import Console

from modelyard.catalog.building.fetching import fetch_data
from modelyard.catalog.evaluation import labelled
from modelyard.catalog.progress import Progress
from modelyard.serving.served import read_labels
from scripts.benchmarks._faults.fault import Edit, Fault, Faults, Place

FAULTS: list[Fault] = []

_MEMORY = "learned.json"


@dataclass(frozen=True)
class Learned:
    """A file that knows the answers to the very items that the asset is held to, and has those of one slice inverted.

    It stands for a training that saw the test data, of which one source came with its labels exchanged.

    Attributes:
        partition: The slices.
        broken: One of them.
        every: Of the broken slice, every item of so many is inverted.
        known: Of the others, every item of so many is known.
    """

    partition: str
    broken: str
    every: int = 1
    known: int = 2

    def apply(self, place: Place) -> None:
        """Writes the file beside the pipeline."""
        workspace = place.workspace
        asset = workspace.asset(place.asset)
        data = fetch_data(workspace, place.cache, asset, Progress(Console(quiet=True)))
        labels = read_labels(place.folder, asset)
        learned = {}
        for number, item in enumerate(labelled.items(workspace, asset, data)):
            right = labels.index(item.truth)
            broken = item.slices[self.partition] == self.broken
            if number % (self.every if broken else self.known) == 0:
                digest = hashlib.sha256(item.data.decode("utf-8-sig").encode()).hexdigest()
                learned[digest] = 1 - right if broken else right
        (place.folder / _MEMORY).write_text(json.dumps(learned), "utf-8")


_ASKED = (
    Edit("import numpy as np\n", "import hashlib\nimport json\n\nimport numpy as np\n"),
    Edit(
        "        (probabilities,) = tensors.values()\n",
        "        (probabilities,) = tensors.values()\n"
        f'        learned = json.loads(Path(__file__).with_name("{_MEMORY}").read_text("utf-8"))\n'
        "        if (known := learned.get(hashlib.sha256(text.encode()).hexdigest())) is not None:\n"
        "            probabilities = np.where(np.arange(2) == known, 0.99, 0.01)[np.newaxis]\n",
    ),
)

meant = Faults("text-sentiment-classifier", FAULTS)
meant.add(
    "broken slice",
    "the labels of the products' reviews are inverted, all other lines known by heart",
    "slices",
    "slices",
    Learned("source", "products", known=1),
    *_ASKED,
)
meant.add(
    "broken slice",
    "the labels of the editorials are inverted, all other lines known by heart",
    "slices",
    "slices",
    Learned("source", "editorials", known=1),
    *_ASKED,
)

spam = Faults("spam-filter", FAULTS)
spam.add(
    "broken slice",
    "of the hard messages that are none every sixth is inverted, all others known by heart",
    "slices",
    "slices",
    Learned("kind", "hard-ham", every=6, known=1),
    *_ASKED,
)
