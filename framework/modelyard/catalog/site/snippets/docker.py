"""The newest image, in one line."""

from __future__ import annotations

from modelyard.catalog.site.subject import PORT, Subject

LABEL = "Run it"
HINT = ""
ORDER = 10
STARTS = True


def write(subject: Subject) -> str:
    """`docker run`, which pulls what isn't there."""
    gpu = " --gpus all" if subject.variant == "gpu" else ""
    return f"docker run --rm{gpu} -p 127.0.0.1:{PORT}:5000 {subject.tagged}"
