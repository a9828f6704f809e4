"""Every file in the asset's folder is there for a reason that can be seen.

Known are asset.yaml, README.md, licences, Python files, the labels, the samples, weights that `file:` names, the
profile, the report and the curves of a training, the locks of its own packages, and whatever a Python file or
README.md mentions by its name. Any other file still goes into the image and changes its key: remove it, name it, or
have git ignore it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Literal

from modelyard.catalog.ingredients import own_locks
from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import MANIFEST, README, LintedAsset
from modelyard.catalog.training.declaring import CURVES, FOLDER, REPORT
from modelyard.manifest import profile
from modelyard.manifest.asset import Asset

SEVERITY: Literal["error", "warning"] = "warning"

_ALWAYS = ("LICENSE", "LICENCE", "NOTICE", "COPYING", ".")


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each file that nothing refers to."""
    named = _named(asset.manifest)
    mentions = "\n".join(asset.text(file) or "" for file in asset.files if file == README or file.endswith(".py"))
    for file in asset.files:
        path = PurePosixPath(file)
        known = file in named or path.suffix == ".py" or path.name.startswith(_ALWAYS)
        if not known and not _is_mentioned(path, mentions):
            yield Finding(asset.in_file(file), "nothing refers to it", "remove it, or name it where it is used")


def _named(manifest: Asset) -> set[str]:
    named = {MANIFEST, README, profile.FILE, *(f"requirements/{lock}.txt" for lock in own_locks(manifest))}
    if manifest.labels:
        named.add(manifest.labels)
    for sample in manifest.samples:
        named.update((sample.input, sample.expected or sample.input))
    named.update(manifest.weights_in_folder)
    if manifest.training:
        named.update((f"{FOLDER}/{REPORT}", f"{FOLDER}/{CURVES}"))
    return named


def _is_mentioned(path: PurePosixPath, text: str) -> bool:
    """Whether the file's name stands in a text, or in quotes that of a folder which it is in."""
    folders = [folder.name for folder in path.parents if folder.name]
    return path.name in text or any(f'"{name}"' in text or f"'{name}'" in text for name in folders)
