"""BentoML: a service of one or several worker processes, with its adaptive batching or without."""

import os
from pathlib import Path
from typing import Any

import bentoml
import numpy as np
from network import Classifier

_SIZE = int(os.environ["BENCH_BATCH"])

if _SIZE > 1:

    @bentoml.service(workers=int(os.environ["BENCH_WORKERS"]), threads=1, traffic={"timeout": 120})
    class Service:
        """The image classifier, asked about several pictures at a time."""

        def __init__(self) -> None:
            self.classifier = Classifier()

        @bentoml.api(batchable=True, max_batch_size=_SIZE, max_latency_ms=60_000)
        def predict(self, image: list[Path]) -> list[dict[str, Any]]:
            """From files to answers."""
            batch = np.concatenate([self.classifier.prepare(one.read_bytes()) for one in image])
            scores = self.classifier.infer(batch)
            return [self.classifier.answer(one) for one in np.split(scores, len(scores))]

else:

    @bentoml.service(
        workers=int(os.environ["BENCH_WORKERS"]),
        threads=int(os.environ.get("BENCH_CALLS", "1")),
        traffic={"timeout": 120},
    )
    class Service:  # type: ignore[no-redef]
        """The image classifier, asked about one picture at a time."""

        def __init__(self) -> None:
            self.classifier = Classifier()

        @bentoml.api
        def predict(self, image: Path) -> dict[str, Any]:
            """From a file to the answer."""
            return self.classifier(image.read_bytes())
