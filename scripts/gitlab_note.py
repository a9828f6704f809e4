"""Writes a file as a note on a GitLab merge request, and over its own note of an earlier run.

    python3 scripts/gitlab_note.py FILE TITLE

It runs in a job of GitLab CI: MERGE_REQUEST is the merge request's number, and NOTE_TOKEN a token of the
project with the scope `api`, for a job's own token may not write notes. CI_API_V4_URL and CI_PROJECT_ID are GitLab's.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

LARGEST = 900_000  # GitLab takes a million characters.
SECONDS = 30


def main() -> None:
    """Finds the note of an earlier run by a comment that no reader sees, and changes it, or makes one."""
    if len(sys.argv) != 3:
        sys.exit("usage: python3 scripts/gitlab_note.py FILE TITLE")
    file, title = sys.argv[1:]
    environment = os.environ
    notes = (
        f"{environment['CI_API_V4_URL']}/projects/{environment['CI_PROJECT_ID']}"
        f"/merge_requests/{environment['MERGE_REQUEST']}/notes"
    )
    mark = f"<!-- modelyard {title} -->"
    body = f"{mark}\n{Path(file).read_text('utf-8')}"[:LARGEST]
    # The newest come first; ours are among the first hundred, or it was long ago.
    own = [note for note in ask("GET", f"{notes}?per_page=100") if note["body"].startswith(mark)]
    if own:
        ask("PUT", f"{notes}/{own[0]['id']}", {"body": body})
    else:
        ask("POST", notes, {"body": body})


def ask(method: str, address: str, body: dict[str, str] | None = None) -> Any:
    """GitLab's answer; the address is GitLab's own word."""
    headers = {"PRIVATE-TOKEN": os.environ["NOTE_TOKEN"], "Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode() if body else None, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        sys.exit(
            f"scripts/gitlab_note.py: GitLab answers {error.code}: NOTE_TOKEN needs the scope api and the role Reporter"
        )
    except OSError as error:
        sys.exit(f"scripts/gitlab_note.py: GitLab can't be reached: {error}")


if __name__ == "__main__":
    main()
