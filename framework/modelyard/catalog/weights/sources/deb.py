"""`deb:PACKAGE=VERSION`, a Debian package, such as `deb:mricron-data=0.20140804.1~dfsg.1-5`.

`deb:PACKAGE` takes the version that the machine's distribution has; the sha256 then says when it moved
on. The sha256 is that of the `.deb` that `apt-get download PACKAGE` leaves. The mirror and its keys are
those of the machine's apt, which must have seen `apt-get update`; the package isn't installed.
"""

from __future__ import annotations

import re
from pathlib import Path

from modelyard.catalog.weights import client
from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.errors import ModelyardError

_SECONDS = 60

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9][a-z0-9-]*)?(?:=[0-9][A-Za-z0-9.+:~-]*)?")


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Have `apt-get download` fetch the package, which no root is needed for."""
    _check(reference)
    apt_get = client.find(
        "apt-get", install="fetch on Debian or Ubuntu, in a container too, or declare an `https:` mirror"
    )
    return client.collect(
        [apt_get, "download", reference, "--quiet=2"],
        shown=f"apt-get download {reference}",
        suffix=".deb",
        folder=folder,
        context=context,
        advice="run `apt-get update`, then see `apt-cache policy` for the versions there are",
    )


def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe:
    """Ask the lists that `apt-get update` left, which hold the sha256 of each package."""
    _check(reference)
    try:
        apt_cache = client.find("apt-cache", install="ask on Debian or Ubuntu")
        told = client.run(
            [apt_cache, "show", "--no-all-versions", reference],
            shown=f"apt-cache show {reference}",
            folder=folder,
            advice="run `apt-get update`",
            timeout=_SECONDS,
        )
    except ModelyardError as error:
        return Probe("gone" if "No packages found" in str(error) else "unreachable", str(error))
    found = re.findall(r"^SHA256: ([0-9a-f]{64})$", told, re.MULTILINE)
    if sha256 in found:
        return Probe("ok", "the mirror has it")
    return (
        Probe("changed", f"its sha256 is {found[0]}") if found else Probe("unreachable", "apt's lists name no sha256")
    )


def _check(reference: str) -> None:
    if not _PACKAGE.fullmatch(reference):
        raise ModelyardError(f"`deb:{reference}` names no package: write `deb:NAME` or `deb:NAME=VERSION`")
