"""What is published can be read back, looked at again, gone back from and cleared away."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from modelyard.catalog.records import evidence, moves, sbom
from modelyard.catalog.registry import Registry
from tests.e2e.conftest import Catalog
from tests.e2e.registries import OwnRegistry
from tests.e2e.tiny import TINY, change, tiny_catalog

pytestmark = pytest.mark.engine


def git(catalog: Catalog, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    command = ["git", "-C", str(catalog.root), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def commit(catalog: Catalog, message: str) -> str:
    git(catalog, "add", "--all")
    git(catalog, "commit", "--quiet", "--message", message)
    return git(catalog, "rev-parse", "HEAD")


def release(catalog: Catalog, *arguments: str, **variables: str) -> dict[str, Any]:
    done = catalog.modelyard("release", "--json", *arguments, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    (image,) = json.loads(done.stdout)["images"]
    found: dict[str, Any] = image
    return found


def tags(catalog: Catalog) -> dict[str, str | None]:
    registry = Registry(catalog.prefix)
    return {tag: registry.digest(TINY, tag) for tag in registry.tags(TINY) if not tag.startswith("sha256-")}


@pytest.fixture(scope="module")
def catalog(own: OwnRegistry, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog in git, released, changed, and released again."""
    found = tiny_catalog(tmp_path_factory.mktemp("published"), own.address)
    git(found, "init", "--quiet", "--initial-branch", "main")
    commit(found, "first")
    release(found)
    change(found, 1)
    commit(found, "second")
    key = openssl("genpkey", "-algorithm", "ed25519")
    (found.root / "release.pub").write_text(openssl("pkey", "-pubout", given=key), "utf-8")
    release(found, MODELYARD_SIGNING_KEY=key)
    return found


def openssl(*arguments: str, given: str = "") -> str:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, text=True, check=True).stdout


def test_the_tag_of_a_version_stays_at_its_first_image(catalog: Catalog) -> None:
    found = tags(catalog)

    assert found["latest"] == found["1.0.0"]
    assert found["1.0.0-cpu"] not in (None, found["latest"])


def test_a_release_writes_what_the_site_is_made_from(catalog: Catalog, tmp_path: Path) -> None:
    def made() -> list[str]:
        done = catalog.modelyard("site", "--output", str(tmp_path / "public"), "--json")
        assert done.returncode == 0, done.stderr
        names: list[str] = json.loads(done.stdout)["made"]
        return names

    assert made() == [TINY]
    assert made() == []
    assert "signed" in (tmp_path / "public" / "models" / f"{TINY}.html").read_text("utf-8")


def test_a_job_of_an_older_commit_that_ends_late_moves_nothing(catalog: Catalog) -> None:
    before = tags(catalog)
    git(catalog, "checkout", "--quiet", "HEAD~1")
    try:
        planned = catalog.modelyard("plan")
        late = release(catalog)
    finally:
        git(catalog, "checkout", "--quiet", "main")

    assert "latest stays where it is: a later commit" in planned.stdout
    assert late["outcome"] == "unchanged"
    assert tags(catalog) == before


def test_verify_looks_at_everything_again(catalog: Catalog) -> None:
    done = catalog.modelyard("verify", TINY, "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert [one["name"] for one in checks] == ["bytes", "report", "SBOM", "provenance", "key", "self-test"]
    assert git(catalog, "rev-parse", "HEAD")[:12] in next(one["said"] for one in checks if one["name"] == "provenance")


def test_a_signed_verdict_is_told_from_one_that_nobody_signed(catalog: Catalog) -> None:
    trusted = ("--no-run", "--key", "release.pub")
    signed = catalog.modelyard("verify", TINY, *trusted)
    unsigned = catalog.modelyard("verify", f"{TINY}:1.0.0-cpu", *trusted)
    (catalog.root / "other.pub").write_text(
        openssl("pkey", "-pubout", given=openssl("genpkey", "-algorithm", "ed25519")), "utf-8"
    )
    by_another = catalog.modelyard("verify", TINY, "--no-run", "--key", "other.pub")

    assert signed.returncode == 0, signed.stdout
    assert "ok     blessing: signed by release.pub" in signed.stdout
    assert unsigned.returncode == by_another.returncode == 1
    assert "FAILED blessing: nobody has signed a verdict" in unsigned.stdout
    assert "FAILED blessing: none of its signatures is one of a trusted key" in by_another.stdout


def test_verify_finds_bytes_that_were_changed_and_papers_of_another_image(catalog: Catalog, own: OwnRegistry) -> None:
    registry = Registry(catalog.prefix)
    image = registry.manifest(TINY, "1.0.0-cpu")
    assert image is not None
    layer = json.loads(image.content)["layers"][-1]["digest"].removeprefix("sha256:")
    (file,) = own.folder.glob(f"data/docker/registry/v2/blobs/sha256/*/{layer}/data")
    content = file.read_bytes()
    bom = registry.document(TINY, tags(catalog)["latest"] or "", sbom.ARTIFACT_TYPE)
    assert bom is not None
    registry.attach(TINY, image, sbom.ARTIFACT_TYPE, bom, created="2100-01-01T00:00:00+00:00")
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    try:
        done = catalog.modelyard("verify", f"{TINY}:1.0.0-cpu", "--no-run", "--json")
    finally:
        file.write_bytes(content)

    assert done.returncode == 1
    failed = {one["name"]: one["said"] for one in json.loads(done.stdout)["checks"] if not one["passed"]}
    assert failed.keys() == {"bytes", "SBOM"}
    assert failed["bytes"].endswith("holds other bytes")
    assert failed["SBOM"] == "it is about another image"


@pytest.mark.parametrize(
    ("image", "said"),
    [("nothing", "there is no image 'latest'"), ("example.org/a/b", "is no image of"), (f"{TINY}:no", "no image 'no'")],
)
def test_verify_says_what_it_does_not_find(catalog: Catalog, image: str, said: str) -> None:
    done = catalog.modelyard("verify", image)

    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rollback_stays_in_force_until_something_changes(catalog: Catalog) -> None:
    before = tags(catalog)
    dry = catalog.modelyard("rollback", TINY, "--reason", "it was slow", "--dry-run")
    assert tags(catalog) == before
    done = catalog.modelyard("rollback", TINY, "--reason", "it was slow")
    after = tags(catalog)

    assert (dry.returncode, done.returncode) == (0, 0), dry.stderr + done.stderr
    assert after["latest"] == after["1.0.0"] == before["1.0.0-cpu"]
    assert "rolled back" in catalog.modelyard("plan").stdout
    held = catalog.modelyard("release")
    assert "latest stays where it is: rolled back" in held.stderr
    assert tags(catalog) == after
    told = catalog.modelyard("history", TINY).stdout
    assert "rollback on" in told
    assert "it was slow" in told

    assert release(catalog, "--retry")["outcome"] == "finished"
    assert tags(catalog)["latest"] == before["latest"]


def test_there_is_no_way_back_from_the_first_image_nor_to_one_that_never_was(catalog: Catalog) -> None:
    unknown = catalog.modelyard("rollback", TINY, "--to", "9.9.9", "--reason", "why not")
    there = catalog.modelyard("rollback", TINY, "--to", "latest", "--reason", "why not")
    silent = catalog.modelyard("rollback", TINY)

    assert "no published image is '9.9.9'" in unknown.stderr
    assert "points to" in there.stderr
    assert (unknown.returncode, there.returncode, silent.returncode) == (1, 1, 2)


def test_a_revert_leads_the_tags_back_and_builds_nothing(catalog: Catalog) -> None:
    before = tags(catalog)
    git(catalog, "revert", "--no-edit", "HEAD")

    done = release(catalog)

    assert done["outcome"] == "finished"
    assert tags(catalog).keys() == before.keys()
    assert tags(catalog)["latest"] == before["1.0.0-cpu"]
    last = moves.newest(Registry(catalog.prefix), TINY, tags(catalog)["latest"] or "")
    assert last is not None
    assert last.commit == git(catalog, "rev-parse", "HEAD")


def test_history_says_what_was_published_when_and_why(catalog: Catalog) -> None:
    done = catalog.modelyard("history", TINY, "--json")

    images = json.loads(done.stdout)["images"]
    assert [image["cause"] for image in images] == [["code: pipeline.py changed"], ["first: no image is published yet"]]
    assert {"latest", "1.0.0", "1.0.0-cpu"} <= set(images[1]["tags"])
    assert [image["verdict"] for image in images] == ["passed", "first of its line"]
    assert all(image["made"] for image in images)
    assert [move["kind"] for image in images for move in image["moves"]] == [
        "release",
        "release",
        "release",
        "rollback",
        "release",
    ]
    assert "nothing was ever published" in catalog.modelyard("history", "no-such-asset").stdout


def test_what_stands_beside_an_image_comes_back_where_it_was_lost(catalog: Catalog) -> None:
    registry = Registry(catalog.prefix)
    digest = tags(catalog)["latest"] or ""
    index = registry.digest(TINY, digest.replace(":", "-"))
    assert index is not None
    registry.delete(TINY, index)
    assert set(evidence.missing(registry, TINY, digest)) == {"report", "SBOM", "provenance"}

    done = release(catalog)

    assert done["outcome"] == "finished"
    assert evidence.missing(registry, TINY, digest) == ()
    assert tags(catalog)["latest"] == digest


def test_old_images_go_and_those_that_people_can_name_stay(catalog: Catalog) -> None:
    change(catalog, 2)
    commit(catalog, "third")
    release(catalog)
    manifest = catalog.root / "catalog.yaml"
    manifest.write_text(manifest.read_text("utf-8") + "keep: {images: 1, age: 0s}\n", "utf-8")
    before = tags(catalog)

    dry = catalog.modelyard("prune", "--dry-run")
    assert tags(catalog) == before
    done = catalog.modelyard("prune", "--json")

    assert dry.returncode == 0
    assert "1 images would be taken away" in dry.stderr
    (gone,) = json.loads(done.stdout)["images"]
    assert gone["cause"] == ["code: pipeline.py changed"]
    after = tags(catalog)
    assert set(before) - set(after) == {f"key-{gone['key']}"}
    assert Registry(catalog.prefix).manifest(TINY, gone["digest"]) is None
    assert "no image is old enough" in catalog.modelyard("prune").stderr
    for tag in ("1.0.0-cpu", "latest"):
        assert catalog.modelyard("verify", f"{TINY}:{tag}", "--no-run").returncode == 0
