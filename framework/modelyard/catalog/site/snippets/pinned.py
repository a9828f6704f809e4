"""This very image, with nothing that it doesn't need."""

from __future__ import annotations

from modelyard.catalog.site.subject import PORT, Subject

LABEL = "Run this very image, shut in"
HINT = "By its digest, so that it is the image that this page is about whatever tags do; read-only, and with no rights."
ORDER = 20
STARTS = True


def write(subject: Subject) -> str:
    """`docker pull` and `docker run` by digest."""
    gpu = " --gpus all" if subject.variant == "gpu" else ""
    return (
        f"docker pull {subject.pinned}\n"
        f"docker run --rm{gpu} -p 127.0.0.1:{PORT}:5000 \\\n"
        "    --read-only --cap-drop ALL --security-opt no-new-privileges \\\n"
        f"    {subject.pinned}"
    )
