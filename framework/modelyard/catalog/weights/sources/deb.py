"""`deb:PACKAGE=VERSION`, a Debian package, such as `deb:mricron-data=0.20140804.1~dfsg.1-5`.

`deb:PACKAGE` takes the version that the machine's distribution has; the sha256 then says when it moved
on. The sha256 is that of the `.deb` that `apt-get download PACKAGE` leaves. The mirror and its keys are
those of the machine's apt, which must have seen `apt-get update`; the package isn't installed.
"""

from __future__ import annotations

import re
from pathlib import Path

from modelyard.catalog.weights import client
from modelyard.catalog.weights.sources import SourceContext
from modelyard.errors import ModelyardError

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(?::[a-z0-9][a-z0-9-]*)?(?:=[0-9][A-Za-z0-9.+:~-]*)?")


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Have `apt-get download` fetch the package, which no root is needed for."""
    if not _PACKAGE.fullmatch(reference):
        raise ModelyardError(f"`deb:{reference}` names no package: write `deb:NAME` or `deb:NAME=VERSION`")
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
