"""`modelyard plan --since`: what a commit changes, from git alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modelyard.catalog.planning.commit import lay_out
from modelyard.catalog.planning.since import Affected, since
from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli
from modelyard.errors import ModelyardError

ROOT = Path(__file__).parents[3]
NAMES = ("image-classifier", "image-segmenter")


def git(folder: Path, *arguments: str) -> str:
    named = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b"}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "-C", folder, *arguments],
        env=os.environ | named, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalog of two assets, committed; no registry answers where it is published."""
    folder = tmp_path / "catalog"
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "*.jpg", "*.png", "*.tif")
    for name in ("framework", *(f"assets/{name}" for name in NAMES)):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("catalog.yaml", "Dockerfile.base", ".dockerignore"):
        shutil.copy(ROOT / name, folder)
    catalog = folder / "catalog.yaml"
    catalog.write_text(catalog.read_text("utf-8").replace("127.0.0.1:5000", "127.0.0.1:9"), "utf-8")
    git(folder, "init", "-q")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "change")


def builder_of(root: Path) -> Path:
    return root / "framework/modelyard/catalog"


def affected(root: Path, ref: str = "HEAD") -> dict[str, Affected]:
    found = since(Workspace(root, builder_of(root)), ref)
    return {image.name: image for image in found.affected}


def typed(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), "plan", *arguments])


def change(file: Path, text: str = "\n# Changed.\n") -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


CHANGES = [
    ("assets/image-segmenter/pipeline.py", ["image-segmenter"], "code: pipeline.py changed"),
    ("assets/image-segmenter/samples/more.txt", ["image-segmenter"], "data: samples/more.txt is new"),
    ("framework/modelyard/tensors.py", NAMES, "framework: tensors.py changed"),
    ("Dockerfile.base", NAMES, "framework: Dockerfile.base changed"),
    ("framework/modelyard/catalog/Dockerfile.asset", NAMES, "framework: Dockerfile.asset changed"),
    ("framework/modelyard/catalog/conversion/format.py", NAMES, "framework: conversion/format.py changed"),
]


@pytest.mark.parametrize(("file", "names", "cause"), CHANGES)
def test_a_commit_is_explained_by_the_file_that_it_changed(root: Path, file: str, names: list[str], cause: str) -> None:
    change(root / file)
    commit(root)

    found = affected(root, "HEAD~1")

    assert sorted(found) == sorted(names)
    for image in found.values():
        assert image.state == "changed"
        assert image.cause == (cause,)
        assert image.before != image.after
    assert affected(root) == {}


def test_a_new_version_of_a_package_is_named_with_both(root: Path) -> None:
    lock = root / "framework/requirements/litert.txt"
    before = next(line for line in lock.read_text("utf-8").splitlines() if line.startswith("flask=="))
    lock.write_text(lock.read_text("utf-8").replace(before, "flask==9.9.9 \\"), "utf-8")

    found = affected(root)

    old = before.partition("==")[2].split()[0]
    assert {image.cause for image in found.values()} == {(f"dependency: flask {old} → 9.9.9",)}


def test_a_change_of_weights_is_told_as_one(root: Path) -> None:
    manifest = root / "assets/image-classifier/asset.yaml"
    text = manifest.read_text("utf-8")
    digest = text.partition("sha256: ")[2].split()[0]
    manifest.write_text(text.replace(digest, "a" * 64), "utf-8")

    assert affected(root)["image-classifier"].cause == ("weights: efficientnet-lite0 changed",)


def test_a_change_of_data_alone_says_so(root: Path) -> None:
    manifest = root / "assets/image-segmenter/asset.yaml"
    change(root / "assets/image-segmenter/samples/empty.expected.json", "{}")
    manifest.write_text(manifest.read_text("utf-8").replace("origin: ", "origin: Kept by ", 1), "utf-8")

    (image,) = affected(root).values()

    assert {line.partition(":")[0] for line in image.cause} == {"data"}


IN_NO_IMAGE = ["assets/image-segmenter/README.md", "README.md", "docs/more.md", "framework/modelyard/cli/plan.py"]


@pytest.mark.parametrize("file", IN_NO_IMAGE)
def test_a_change_that_goes_into_no_image_affects_nothing(root: Path, file: str) -> None:
    (root / file).parent.mkdir(exist_ok=True)
    change(root / file)
    commit(root)

    done = typed(root, "--since", "HEAD~1", "--exit-code")

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("nothing is affected: all 2 images are as in ")


def test_images_that_are_new_or_gone_are_told(root: Path) -> None:
    shutil.copytree(root / "assets/image-classifier", root / "assets/another")
    manifest = root / "assets/another/asset.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("name: image-classifier", "name: another"), "utf-8")
    shutil.rmtree(root / "assets/image-classifier")

    done = json.loads(typed(root, "--since", "HEAD", "--json").stdout)

    states = {image["name"]: (image["state"], bool(image["before"]), bool(image["after"])) for image in done["images"]}
    assert states == {
        "another": ("new", False, True),
        "image-classifier": ("gone", True, False),
        "image-segmenter": ("unchanged", True, True),
    }
    assert len(done["since"]) == 40


def test_only_the_named_assets_are_compared_even_one_that_is_gone(root: Path) -> None:
    shutil.rmtree(root / "assets/image-classifier")
    change(root / "assets/image-segmenter/pipeline.py")

    done = typed(root, "--since", "HEAD", "image-classifier")
    unknown = typed(root, "--since", "HEAD", "image-clasifier")

    assert done.stdout == "image-classifier  cpu  gone\n  code: the image is gone\n1 gone\n"
    assert isinstance(unknown.exception, ModelyardError)
    assert "there is no asset 'image-clasifier'" in str(unknown.exception)


def test_the_matrix_holds_what_must_be_built_and_is_one_line(root: Path) -> None:
    empty = typed(root, "--since", "HEAD", "--matrix")
    change(root / "assets/image-segmenter/pipeline.py")
    shutil.rmtree(root / "assets/image-classifier")
    done = typed(root, "--since", "HEAD", "--matrix", "--exit-code")

    assert empty.stdout == '{"include":[]}\n'
    assert done.exit_code == 1
    assert done.stdout.count("\n") == 1
    (entry,) = json.loads(done.stdout)["include"]
    assert len(entry.pop("key")) == 32
    assert entry == {
        "name": "image-segmenter",
        "variant": "cpu",
        "state": "to build",
        "cause": "code: pipeline.py changed",
    }


def test_many_causes_are_summed_up_unless_all_are_asked_for(root: Path) -> None:
    for number in range(9):
        change(root / f"assets/image-segmenter/part{number}.py")

    few = typed(root, "--since", "HEAD").stdout
    every = typed(root, "--since", "HEAD", "--all-causes").stdout

    assert few.splitlines()[-2:] == ["  code: and 4 more", "1 changed, 1 unchanged"]
    assert sum(line.endswith("is new") for line in every.splitlines()) == 9


def test_the_work_tree_and_the_index_stay_as_they_are(root: Path) -> None:
    change(root / "assets/image-segmenter/pipeline.py")
    git(root, "add", "-A")
    change(root / "assets/image-segmenter/labels.txt")
    before, index = git(root, "status", "--porcelain"), (root / ".git/index").read_bytes()

    assert affected(root)["image-segmenter"].cause == ("code: labels.txt changed", "code: pipeline.py changed")

    assert git(root, "status", "--porcelain") == before
    assert (root / ".git/index").read_bytes() == index


def test_a_catalog_below_the_top_of_its_repository_is_compared(tmp_path: Path, root: Path) -> None:
    shutil.rmtree(root / ".git")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    assert affected(root) == {}

    change(root / "assets/image-segmenter/pipeline.py")

    assert list(affected(root)) == ["image-segmenter"]


def test_line_ends_that_git_converts_are_no_change(root: Path) -> None:
    (root / ".gitattributes").write_text("*.py text eol=crlf\n", "utf-8")
    commit(root)
    file = root / "assets/image-segmenter/pipeline.py"
    for one in root.rglob("*.py"):
        one.unlink()
    git(root, "checkout", "--", ".")
    assert b"\r\n" in file.read_bytes()

    assert affected(root) == {}


def test_a_commit_whose_manifest_can_not_be_read_is_no_obstacle(root: Path) -> None:
    manifest = root / "assets/image-segmenter/asset.yaml"
    good = manifest.read_text("utf-8")
    manifest.write_text("name: [", "utf-8")
    commit(root)
    manifest.write_text(good, "utf-8")

    image = affected(root)["image-segmenter"]

    assert image.state == "changed"
    assert image.cause[0].startswith("code: what it was made of can't be read: assets/image-segmenter/asset.yaml:1: ")


def test_a_commit_without_a_catalog_makes_all_images_new(root: Path, tmp_path: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-q", "-r", "--cached", ".")
    commit_of_nothing = git(root, "commit-tree", "-m", "nothing", git(root, "write-tree").strip()).strip()

    assert {image.state for image in affected(root, commit_of_nothing).values()} == {"new"}


def test_a_link_in_a_commit_leads_nowhere_else(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("secret", "utf-8")
    (root / "assets/image-segmenter/linked").symlink_to(secret)
    commit(root)
    target = tmp_path / "laid out"
    target.mkdir()

    lay_out(root, "HEAD", target)

    assert affected(root) == {}
    assert sorted(path.name for path in secret.iterdir()) == ["key.txt"]


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ModelyardError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("ref", ["nope", "0" * 40, "--help", "HEAD:catalog.yaml", "HEAD~9"])
def test_an_unknown_commit_is_an_error_that_says_what_to_do(root: Path, ref: str) -> None:
    assert f"git knows no commit {ref!r} here" in refused(lambda: since(Workspace(root), ref))


def test_a_shallow_clone_says_how_to_deepen_it(root: Path, tmp_path: Path) -> None:
    commit(root)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", str(shallow))

    said = refused(lambda: since(Workspace(shallow), "HEAD~1"))

    assert "git fetch --unshallow" in said
    assert "fetch-depth: 0" in said


def test_a_folder_outside_git_is_an_error(root: Path) -> None:
    shutil.rmtree(root / ".git")

    assert "not a git repository" in refused(lambda: since(Workspace(root), "HEAD"))


@pytest.mark.parametrize("options", [["--json", "--matrix"], ["--since", "HEAD", "--refresh"]])
def test_options_that_contradict_each_other_are_a_usage_error(root: Path, options: list[str]) -> None:
    assert typed(root, *options).exit_code == 2
