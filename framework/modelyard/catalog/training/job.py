"""What a training is told to do: a file beside its folders `asset`, `data`, `weights`, `output`."""

from __future__ import annotations

from modelyard.manifest.model import Model

FILE = "job.json"


class Job(Model):
    """One training."""

    seed: int
    """What chance begins with."""
    labels: list[str]
    """The names of the classes."""
    own: str | None = None
    """The file or folder of data that somebody brought, below the job's folder."""
    feedback: str | None = None
    """The file of reviewed feedback, below the job's folder."""
