"""Trains: `python -m modelyard.catalog.training JOB.json`, in TensorFlow's container or its packages.

What happens is told on standard output, one JSON object a line under the key `training`.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import traceback
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from modelyard.catalog.training.example import in_lines
from modelyard.catalog.training.job import Job
from modelyard.catalog.training.training import Training
from modelyard.errors import ModelyardError


def main(file: Path) -> int:
    """Does a job; what goes wrong in the asset's code is told in one line, and where it stands."""
    root = file.parent.resolve()
    job = Job.model_validate_json(file.read_text("utf-8"))
    try:
        _seed(job.seed)
        training = Training(
            data=root / "data",
            output=root / "output",
            weights=root / "weights",
            seed=job.seed,
            labels=tuple(job.labels),
            own=root / job.own if job.own else None,
            feedback=tuple(in_lines(root / job.feedback)) if job.feedback else (),
            tell=_tell,
        )
        sys.path.insert(0, str(root / "asset"))
        importlib.import_module("train").train(training)
    except ModelyardError as error:
        _tell({"error": str(error)})
        return 1
    except Exception as error:
        traceback.print_exc()
        frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(str(root))]
        where = f"{Path(frames[-1].filename).name} line {frames[-1].lineno}: " if frames else ""
        _tell({"error": f"{where}{type(error).__name__}: {' '.join(str(error).split())[:300]}"})
        return 1
    return 0


def _seed(seed: int) -> None:
    random.seed(seed)
    import numpy

    numpy.random.seed(seed)
    if find_spec("tensorflow") is not None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow

        tensorflow.keras.utils.set_random_seed(seed)
        tensorflow.config.experimental.enable_op_determinism()


def _tell(event: Mapping[str, Any]) -> None:
    print(json.dumps({"training": event}), flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
