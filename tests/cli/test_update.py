"""`modelyard update` moves the locks, shows what moved, and changes nothing where it can't."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.small import Small, write

from modelyard.catalog import ingredients
from modelyard.catalog.lock import strangers

pytestmark = pytest.mark.network

BASE = "framework/requirements/litert.txt"
OWN = "assets/good/requirements/litert.txt"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog whose packages were locked long ago, when nothing newer was allowed."""
    catalog = write(tmp_path_factory.mktemp("catalog"))
    catalog.update()
    catalog.edit("framework/pyproject.toml", "markupsafe==2.1.4", "markupsafe>=2.1.4")
    catalog.edit("framework/pyproject.toml", "blinker==1.8.1", "blinker>=1.8.1")
    catalog.edit("assets/good/asset.yaml", "jinja2==3.1.3", "jinja2>=3.1.3")
    return catalog.root


@pytest.fixture
def catalog(first: Path, tmp_path: Path) -> Small:
    shutil.copytree(first, tmp_path / "catalog")
    return Small(tmp_path / "catalog")


def keys(catalog: Small) -> dict[str, str]:
    workspace = catalog.workspace
    return {asset.name: ingredients.key(ingredients.of_image(workspace, asset, "cpu")) for asset in workspace.assets()}


def test_an_asset_s_lock_holds_what_its_base_does_not(catalog: Small) -> None:
    assert catalog.pinned(BASE) == ["blinker==1.8.1", "markupsafe==2.1.4"]
    assert catalog.pinned(OWN) == ["jinja2==3.1.3"], "MarkupSafe, which Jinja2 needs, is the base's"


def test_what_moved_is_shown_lock_by_lock_with_the_images_to_build(catalog: Small) -> None:
    done = catalog.update()

    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("  ")] == [BASE, OWN, "images to build: good"]
    assert any(line.startswith("  blinker 1.8.1 → ") for line in lines)
    assert any(line.startswith("  markupsafe 2.1.4 → 3.") for line in lines)
    assert any(line.startswith("  jinja2 3.1.3 → 3.") for line in lines)
    assert "jinja2==3.1.3" not in catalog.pinned(OWN)


def test_a_second_update_moves_nothing_and_says_so(catalog: Small) -> None:
    catalog.update()
    before = catalog.locks()

    done = catalog.update()

    assert done.stdout.startswith("nothing moved: ")
    assert catalog.locks() == before


def test_no_lock_names_an_index_and_every_package_has_hashes(catalog: Small) -> None:
    catalog.update()
    for text in catalog.locks().values():
        assert list(strangers(text)) == []
        assert "://" not in text


def test_a_dry_run_shows_and_writes_nothing(catalog: Small) -> None:
    before = catalog.locks()

    done = catalog.update("--dry-run")

    assert "  jinja2 3.1.3 → " in done.stdout
    assert "nothing is written" in done.stderr
    assert catalog.locks() == before


def test_one_package_moves_alone(catalog: Small) -> None:
    done = catalog.update("--only", "MarkupSafe")

    assert done.stdout.splitlines()[0] == BASE
    assert "blinker==1.8.1" in catalog.pinned(BASE)
    assert "markupsafe==2.1.4" not in catalog.pinned(BASE)
    assert catalog.pinned(OWN) == ["jinja2==3.1.3"]
    assert "images to build: good" in done.stdout, "its base moved"


def test_a_package_that_no_lock_holds_is_told(catalog: Small) -> None:
    done = catalog.modelyard("update", "--only", "markupsave")

    assert str(done.exception) == "none of the 2 locks holds a package 'markupsave'; did you mean 'markupsafe'?"


def test_the_lock_of_a_named_asset_moves_alone(catalog: Small) -> None:
    before = catalog.locks()

    done = catalog.update("good")

    assert done.stdout.splitlines()[0] == OWN
    assert catalog.locks()[BASE] == before[BASE]
    assert catalog.pinned(OWN) != ["jinja2==3.1.3"]


def test_what_still_fits_stays_where_that_is_wished(catalog: Small) -> None:
    catalog.edit("assets/good/asset.yaml", '"jinja2>=3.1.3"', '"jinja2>=3.1.3", "roman"')

    done = catalog.update("--keep")

    assert [line.split(" ")[2] for line in done.stdout.splitlines() if line.startswith("  ")] == ["roman"]
    assert catalog.pinned(OWN)[0] == "jinja2==3.1.3"


def test_what_an_asset_says_of_a_package_of_its_base_holds_for_the_base(catalog: Small) -> None:
    catalog.edit("assets/good/asset.yaml", '"jinja2>=3.1.3"', '"jinja2>=3.1.3", "markupsafe<3"')

    catalog.update()

    (markupsafe,) = [pin for pin in catalog.pinned(BASE) if pin.startswith("markupsafe==")]
    assert markupsafe.startswith("markupsafe==2.1.")
    assert markupsafe != "markupsafe==2.1.4"


def test_where_one_lock_can_not_be_solved_nothing_changes(catalog: Small) -> None:
    catalog.edit("assets/good/asset.yaml", "jinja2>=3.1.3", "jinja2>=999")
    before = catalog.locks()

    done = catalog.modelyard("update")

    assert str(done.exception).startswith(f"{OWN}: No solution found")
    assert "jinja2>=999" in str(done.exception)
    assert "\n" not in str(done.exception)
    assert catalog.locks() == before, "the base could have moved, and didn't"


def test_a_lock_that_nothing_needs_any_more_goes(catalog: Small) -> None:
    catalog.edit("assets/good/asset.yaml", 'requirements: ["jinja2>=3.1.3"]', "requirements: []")

    done = catalog.update("good")

    assert done.stdout.splitlines() == [
        OWN, "  nothing needs it any more: it is gone", "images to build: good",
    ]  # fmt: skip
    assert not (catalog.root / OWN).parent.exists()


def test_a_machine_reads_it(catalog: Small) -> None:
    said = json.loads(catalog.update("good", "--json").stdout)

    (lock,) = said["locks"]
    (move,) = lock["moves"]
    assert (lock["file"], move["package"], move["from"]) == (OWN, "jinja2", "3.1.3")
    assert said["images"] == ["good"]
    assert said["written"] is True


@pytest.mark.parametrize("change", [("markupsafe",), ("blinker",), ("jinja2",), ()])
def test_the_images_that_it_names_are_those_whose_key_moves(catalog: Small, change: tuple[str, ...]) -> None:
    before = keys(catalog)

    said = json.loads(catalog.update("--json", *(["--keep"] if not change else ["--only", *change])).stdout)

    after = keys(catalog)
    assert said["images"] == [name for name in before if before[name] != after[name]]
    assert bool(said["images"]) == bool(change)


def test_a_moved_package_is_the_cause_of_a_build(catalog: Small) -> None:
    workspace = catalog.workspace
    before = ingredients.of_image(workspace, workspace.asset("good"), "cpu")

    catalog.update("good")

    (cause,) = ingredients.changes(before, ingredients.of_image(workspace, workspace.asset("good"), "cpu"))
    assert cause.startswith("dependency: jinja2 3.1.3 → 3.")


def test_the_lint_is_content_with_what_it_writes(catalog: Small) -> None:
    catalog.update()
    assert catalog.modelyard("lint", "--rule", "requirements").exit_code == 0


def test_where_one_lock_can_not_be_written_none_is(catalog: Small) -> None:
    before = catalog.locks()
    (catalog.root / OWN).with_name(".litert.txt.new").mkdir()

    done = catalog.modelyard("update")

    assert str(done.exception) == f"{OWN}: it can't be written: Is a directory"
    assert catalog.locks() == before
    assert not (catalog.root / BASE).with_name(".litert.txt.new").exists()


def test_an_asset_without_packages_of_its_own_has_no_lock(catalog: Small) -> None:
    catalog.edit("assets/good/asset.yaml", 'requirements: ["jinja2>=3.1.3"]', "requirements: []")
    catalog.update("good")

    done = catalog.update("good")

    assert "good declares no `requirements`, so it has no lock of its own" in done.stderr
    assert done.stdout.startswith("nothing moved")


def test_a_lock_that_the_framework_does_not_have_is_told(catalog: Small) -> None:
    catalog.edit("assets/good/asset.yaml", "cpu: litert", "cpu: onnxruntime")

    done = catalog.modelyard("update", "good")

    assert str(done.exception) == (
        "assets/good/asset.yaml: its variants need the lock 'onnxruntime', which the framework doesn't have; "
        "it has litert"
    )


@pytest.mark.parametrize("spoilt", [b"<<<<<<< HEAD\njinja2==3.1.3\n=======\n", b"\xff\xfe\0", b"-r /etc/passwd\n"])
def test_a_spoilt_lock_is_written_afresh(catalog: Small, spoilt: bytes) -> None:
    (catalog.root / OWN).write_bytes(spoilt)

    catalog.update("--keep", "good")

    assert [pin.partition("==")[0] for pin in catalog.pinned(OWN)] == ["jinja2"]
    assert list(strangers(catalog.locks()[OWN])) == []
