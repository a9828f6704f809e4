"""Downloads one file of a PyPI release and runs none of it: a program for the interpreter that has pip.

`pip download` can't do that: it takes no wheel of another platform, and it runs an sdist's own code to ask
for its metadata. So this borrows pip's index and session, that is its mirrors, certificates and credentials,
lists the release's files of every kind, and downloads the one with the wanted digest as it stands. What it
borrows is internal to pip, but has stood still since 2020; `sources/pypi.py` comes here only after pip's
own command.

    python release.py NAME VERSION SHA256 FOLDER

prints JSON: `{"file": NAME}`, or `{"files": {NAME: SHA256}}` if none has the digest.

    python release.py NAME VERSION

downloads nothing, and prints `{"files": {NAME: SHA256}}`; the digest is empty where the index doesn't say it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_STEP = 1 << 20
_LARGEST = 16 << 30


def main(name: str, version: str, sha256: str = "", folder: Path | None = None) -> dict[str, Any]:
    """Download the file and say what it is called, or say what files there are instead; without a folder, only say."""
    command = import_module("pip._internal.commands").create_command("download")
    options, _ = command.parse_args(["--no-cache-dir", "--only-binary=:none:", "--no-binary=:none:", name])
    _welcome_every_platform()
    with command._build_session(options) as session:
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
        wanted = import_module("pip._vendor.packaging.version").Version(version)
        found = finder.find_all_candidates(name)
        links = [candidate.link for candidate in found if str(candidate.version) == str(wanted)]
        files = {}
        # Files whose digest the index doesn't say come last: they must be downloaded to be known.
        for link in sorted(links, key=lambda link: not _says(link)):
            said = _says(link)
            if folder is None:
                files[link.filename] = said or ""
                continue
            if said and said != sha256:
                files[link.filename] = said
                continue
            target = folder / (Path(link.filename).name or "package")
            files[link.filename] = _save(session, link.url_without_fragment, target)
            if files[link.filename] == sha256:
                return {"file": target.name}
            target.unlink()
    return {"files": files}


def _welcome_every_platform() -> None:
    """Have pip's finder list the wheels that this machine couldn't run: it is a container that will."""
    import_module("pip._internal.models.wheel").Wheel.supported = lambda *_: True


def _says(link: Any) -> str | None:
    """The sha256 that the index states for a file."""
    return link.hash if link.hash_name == "sha256" else None


def _save(session: Any, url: str, target: Path) -> str:
    """The digest of what was written to `target`."""
    digest = hashlib.sha256()
    size = 0
    with session.get(url, stream=True, headers={"Accept-Encoding": "identity"}) as response:
        response.raise_for_status()
        with target.open("wb") as file:
            for part in response.iter_content(_STEP):
                size += len(part)
                if size > _LARGEST:
                    raise SystemExit(f"{target.name} has more than {_LARGEST:,} bytes")
                digest.update(part)
                file.write(part)
    return digest.hexdigest()


if __name__ == "__main__":
    name, version, *target = sys.argv[1:]
    print(json.dumps(main(name, version, target[0], Path(target[1])) if target else main(name, version)))
