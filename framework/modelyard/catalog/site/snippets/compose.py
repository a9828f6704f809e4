"""A service of Docker Compose."""

from __future__ import annotations

import json

from modelyard.catalog.site.subject import PORT, Subject

LABEL = "compose.yaml"
HINT = "For docker compose up. It may take twice the memory that it is allowed with its samples."
ORDER = 30
STARTS = True

_GPU = """\
    deploy:
      resources:
        reservations:
          devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]
"""


def write(subject: Subject) -> str:
    """A whole file."""
    memory = f"    mem_limit: {2 * subject.memory}m\n" if subject.memory else ""
    return (
        "services:\n"
        f"  {json.dumps(subject.name)}:\n"
        f"    image: {json.dumps(subject.pinned)}\n"
        f'    ports: ["127.0.0.1:{PORT}:5000"]\n'
        "    read_only: true\n"
        "    cap_drop: [ALL]\n"
        "    security_opt: [no-new-privileges:true]\n"
        f"{memory}"
        "    restart: unless-stopped\n"
        f"{_GPU if subject.variant == 'gpu' else ''}"
    )
