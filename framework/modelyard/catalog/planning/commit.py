"""The catalog as a commit has it, laid out in a folder of its own; the work tree and its index stay as they are."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from modelyard.catalog.ignore import Ignore
from modelyard.catalog.ingredients import EVALUATION
from modelyard.errors import ModelyardError

_SECONDS = 300
_MOST_FILES = 200_000
_MOST_BYTES = 4_000_000_000
_PARTS = ("catalog.yaml", ".dockerignore", "Dockerfile.base", "framework", "assets")
_RECIPES = (
    "framework/requirements/",
    "framework/modelyard/catalog/Dockerfile",
    "framework/modelyard/catalog/conversion/",
)


def resolve(root: Path, ref: str) -> str:
    """The commit that a branch, a tag or a hash stands for.

    Raises:
        ModelyardError: The folder is in no git repository, or that has no such commit.
    """
    _git(root, "rev-parse", "--git-dir")
    found = _run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise ModelyardError(
            f"this clone is shallow, and {ref!r} is not in it: deepen it with git fetch --unshallow "
            "(in GitHub Actions fetch-depth: 0 of actions/checkout, in GitLab GIT_DEPTH: 0)"
        )
    raise ModelyardError(f"git knows no commit {ref!r} here: name a branch, a tag or a hash, or git fetch it first")


def lay_out(root: Path, commit: str, folder: Path) -> None:
    """Writes what counts of a commit into an empty folder, as a checkout would.

    Args:
        root: The catalog's folder; the repository's own, or below it.
        commit: As `resolve` gives it.
        folder: Where to.

    Raises:
        ModelyardError: There is too much of it, or git fails.
    """
    prefix = _git(root, "rev-parse", "--show-prefix").rstrip("\n")
    sizes = _sizes(root, commit)
    index = folder / ".index"
    _git(root, "read-tree", commit, index=index)
    _check_out(root, prefix, [name for name in sizes if name == ".dockerignore"], folder, index)
    ignore = Ignore.read(folder)
    counting = [name for name in sizes if _is_recipe(name) or ignore.counts(folder / name)]
    if len(counting) > _MOST_FILES or sum(sizes[name] for name in counting) > _MOST_BYTES:
        raise ModelyardError(
            f"{commit[:12]} holds more than {_MOST_FILES:,} files or {_MOST_BYTES / 1e9:.0f} GB that count: "
            "leave out with .dockerignore what goes into no image"
        )
    _check_out(root, prefix, counting, folder, index)
    index.unlink()


def _sizes(root: Path, commit: str) -> dict[str, int]:
    """The files of a commit that may count, and the bytes of each."""
    found = {}
    for entry in filter(None, _git(root, "ls-tree", "-r", "-z", "-l", commit, "--", *_PARTS).split("\0")):
        about, _, name = entry.partition("\t")
        size = about.split()[3]
        if size != "-":  # a submodule
            found[name] = int(size)
    return found


def _is_recipe(name: str) -> bool:
    """Whether a file goes into no image, and yet into what is built: manifests, what judges an image, the builder's."""
    judged = name.endswith(("/asset.yaml", f"/{EVALUATION}")) and name.startswith("assets/") and name.count("/") == 2
    return judged or name == "catalog.yaml" or name.startswith(_RECIPES)


def _check_out(root: Path, prefix: str, names: list[str], folder: Path, index: Path) -> None:
    # Git writes names as they are from the top of the repository, below what stands before them.
    top = folder / "top"
    listed = "".join(f"{name}\0" for name in names).encode("utf-8", "surrogateescape")
    _git(root, "checkout-index", "-f", "-z", "--stdin", f"--prefix={top}/", index=index, data=listed)
    for path in sorted((top / prefix).iterdir()) if (top / prefix).is_dir() else []:
        path.rename(folder / path.name)


def _git(root: Path, *arguments: str, index: Path | None = None, data: bytes = b"") -> str:
    done = _run(root, *arguments, index=index, data=data)
    if done.returncode != 0:
        said = " ".join(done.stderr.decode("utf-8", "replace").split()) or f"exit code {done.returncode}"
        raise ModelyardError(f"git {arguments[0]} fails in {root}: {said}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _run(
    root: Path, *arguments: str, index: Path | None = None, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    own = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"} | ({"GIT_INDEX_FILE": str(index)} if index else {})
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments],
            input=data, env=os.environ | own, capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise ModelyardError("--since asks git, and there is no git on this machine: install it") from None
    except subprocess.TimeoutExpired:
        raise ModelyardError(f"git {arguments[0]} takes more than {_SECONDS} s in {root}") from None
