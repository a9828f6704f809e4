"""`pypi:NAME@VERSION`, a file of a Python package's release, such as `pypi:basic-pitch@0.4.0`.

A release may have many files, wheels and a source archive; the sha256 says which one is meant, for whatever
platform it is. The index, its mirrors and its credentials are those of the machine's pip. Nothing of the
package runs: not even the `setup.py` of a source archive, which pip would ask for its metadata.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from modelyard.catalog.weights import client, release
from modelyard.catalog.weights.digest import Mismatch, check_form
from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.errors import ModelyardError

_PACKAGE = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)@([0-9][0-9A-Za-z.!+_-]*)")

_SECONDS = 60

_ADVICE = "see `pip config list` for the index that it asks"


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Have pip fetch the wheel with that digest, or borrow pip's index for what pip won't fetch as it is.

    Raises:
        Mismatch: The release has files, and none of them has the digest.
        ModelyardError: There is no such release, or pip is missing or failed.
    """
    name, version = _package(reference)
    try:
        return _by_pip(name, version, check_form(sha256), folder, context)
    except ModelyardError as error:
        package = _by_release(name, version, sha256, folder, error)
    size = package.stat().st_size
    context.advance(size, size)
    return package


def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe:
    """List the files of the release with the digests that pip's index states."""
    name, version = _package(reference)
    command = [sys.executable, "-P", release.__file__, name, version]
    shown = f"python {Path(release.__file__).name} {name} {version}"
    try:
        files = json.loads(client.run(command, shown=shown, folder=folder, advice=_ADVICE, timeout=_SECONDS))["files"]
    except ModelyardError as error:
        return Probe("unreachable", str(error))
    if sha256 in files.values():
        return Probe("ok", next(file for file, digest in files.items() if digest == sha256))
    if not files:
        return Probe("gone", f"pip's index has no file of {name} {version}")
    if "" in files.values():
        return Probe("unreachable", "pip's index doesn't state the digest of each file")
    return Probe("changed", f"no file of {name} {version} has the digest: {', '.join(list(files)[:5])}")


def _package(reference: str) -> tuple[str, str]:
    match = _PACKAGE.fullmatch(reference)
    if not match:
        raise ModelyardError(f"`pypi:{reference}` names no package and version: write `pypi:NAME@1.2.3`")
    if find_spec("pip") is None:
        raise ModelyardError(
            "pip is not installed beside Modelyard: run `python -m ensurepip`, or `uv pip install pip`"
        )
    return match[1], match[2]


def _by_pip(name: str, version: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{name}=={version} --hash=sha256:{sha256}\n")
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--no-deps", "--require-hashes"]
    # Only wheels: of anything else pip would run code before it hands it over.
    command += ["--only-binary=:all:", f"--requirement={requirements}"]
    try:
        return client.collect(
            command,
            shown=f"pip download {name}=={version}",
            suffix=".whl",
            folder=folder,
            context=context,
            advice=_ADVICE,
        )
    finally:
        requirements.unlink()


def _by_release(name: str, version: str, sha256: str, folder: Path, first: ModelyardError) -> Path:
    command = [sys.executable, "-P", release.__file__, name, version, sha256, str(folder)]
    shown = f"python {Path(release.__file__).name} {name} {version}"
    try:
        answer = json.loads(client.run(command, shown=shown, folder=folder, advice=_ADVICE))
    except ModelyardError as error:
        raise ModelyardError(f"{first}; and its source archives can't be listed: {error}") from error
    if "file" in answer:
        return folder / str(answer["file"])
    files = answer["files"]
    if not files:
        raise ModelyardError(f"pip's index has no file of {name} {version}: {first}")
    offered = ", ".join(f"{file} has {digest}" for file, digest in list(files.items())[:5])
    more = f" and {len(files) - 5} more" if len(files) > 5 else ""
    raise Mismatch(f"the manifest declares sha256 {sha256}, but no file of {name} {version} has it: {offered}{more}")
