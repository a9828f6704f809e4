"""Brings the weights that a manifest declares to this machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from modelyard.catalog.weights import sources
from modelyard.catalog.weights.archive import unpack
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.weights.digest import Mismatch
from modelyard.errors import ModelyardError

_LAYOUT = 1
"""Raise it when `unpack` makes something else of the same package, so that no old tree is taken for it."""


@dataclass(frozen=True)
class WeightsRequest:
    """What the manifest says of one entry under `weights`."""

    path: str
    """Where the pipeline finds it below its folder of weights; the last part names what is fetched."""
    source: str
    """Where it comes from, such as `npm:@codait/max-image-segmenter@0.3.0`."""
    sha256: str
    """Digest of the file that the source and each mirror gives."""
    member: str | None = None
    """The file or folder to take out of that archive; None for the file itself."""
    mirrors: tuple[str, ...] = ()
    """Sources to try in this order when the first one fails."""


def fetch(weights: WeightsRequest, cache: Cache, asset: Path, advance: Callable[[int, int | None], None]) -> Path:
    """The weights' file or folder, in the cache.

    Nothing reads what was downloaded before its sha256 is checked. A source that fails is followed by the
    next; one that gives other bytes than declared ends it all, for that is news and not a fault.

    Args:
        weights: What to fetch.
        cache: Where it is looked for first, and kept.
        asset: The asset's folder, in which `file:` sources lie.
        advance: Told the bytes so far, and the total if it is known; it starts over with each attempt.

    Returns:
        A file or folder that is called like the last part of `weights.path`. It belongs to the cache:
        copy or mount it, and change nothing in it.

    Raises:
        Mismatch: A source gave other bytes than declared.
        ModelyardError: No source gave any, or the member can't be unpacked.
    """
    where = f"weights {weights.path!r}"
    leaf = PurePosixPath(weights.path).name
    try:
        tree = cache.find_tree(_tree_digest(weights))
        if tree is None:
            blob = cache.find_blob(weights.sha256) or _download(weights, cache, asset, advance)
            tree = cache.keep_tree(_tree_digest(weights), lambda folder: unpack(blob, weights.member, folder / leaf))
    except Mismatch as error:
        raise Mismatch(f"{where}: {error}") from error
    except ModelyardError as error:
        raise ModelyardError(f"{where}: {error}") from error
    except OSError as error:
        raise ModelyardError(
            f"{where}: the cache {cache.root} can't be used: {error}; make room or set MODELYARD_CACHE"
        ) from error
    return tree / leaf


def _download(weights: WeightsRequest, cache: Cache, asset: Path, advance: Callable[[int, int | None], None]) -> Path:
    """The package file in the cache, from the first source that gives it."""
    failures: list[str] = []
    for source in (weights.source, *weights.mirrors):
        with cache.temporary() as folder:
            try:
                download, reference = sources.find(source)
                context = sources.SourceContext(asset=asset, advance=advance)
                return cache.keep_blob(download(reference, weights.sha256, folder, context), weights.sha256)
            except Mismatch as error:
                before = "".join(f"; before it, {failure}" for failure in failures)
                raise Mismatch(
                    f"{source}: {error}: find out why it changed before you declare the new one{before}"
                ) from error
            except ModelyardError as error:
                failures.append(f"{source}: {error}")
    if not weights.mirrors:
        raise ModelyardError(failures[0])
    raise ModelyardError(f"no source gave them: {'; '.join(failures)}")


def _tree_digest(weights: WeightsRequest) -> str:
    decides = [_LAYOUT, weights.sha256, weights.member, PurePosixPath(weights.path).name]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()
