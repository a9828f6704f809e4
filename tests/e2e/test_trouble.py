"""What people see when something is missing, broken or down: one line that says what to do."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import NAME, Catalog, copy_catalog

pytestmark = pytest.mark.engine


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return copy_catalog(tmp_path_factory.mktemp("trouble"))


def one_line(text: str) -> str:
    errors = [line for line in text.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, text
    assert "Traceback" not in text
    return errors[0]


def test_without_an_engine(fresh: Catalog) -> None:
    done = fresh.modelyard("release", DOCKER_HOST="unix:///nonexistent.sock")

    assert done.returncode == 1
    assert "scripts/engine" in one_line(done.stderr)
    assert "modelyard run" in one_line(done.stderr)


def test_with_a_registry_that_is_down(fresh: Catalog) -> None:
    manifest = fresh.root / "catalog.yaml"
    manifest.write_text(manifest.read_text().replace(fresh.prefix, "127.0.0.1:9/modelyard"))

    done = fresh.modelyard("release")

    assert done.returncode == 1
    assert "127.0.0.1:9 can't be reached" in one_line(done.stderr)


def test_with_a_wrong_sha256(fresh: Catalog, tmp_path_factory: pytest.TempPathFactory) -> None:
    right = "203ed3d8b2891f76616555a25378ef823a1def9a505143a8196dfc28f73bcd87"
    fresh.edit("asset.yaml", right, "f" * 64)
    cache = tmp_path_factory.mktemp("cache")

    done = fresh.modelyard("release", MODELYARD_CACHE=str(cache))

    assert done.returncode == 1
    assert right in done.stderr
    assert "f" * 64 in done.stderr
    assert "Traceback" not in done.stderr
    assert fresh.tags() == {}
    assert not list(cache.glob("blobs/**/*.*"))


def test_with_a_broken_manifest(fresh: Catalog) -> None:
    fresh.edit("asset.yaml", "summary:", "sumary:")

    done = fresh.modelyard("plan")

    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert done.returncode == 1
    assert any(f"assets/{NAME}/asset.yaml:5: sumary:" in line and "'summary'" in line for line in errors)
    assert "Traceback" not in done.stderr


def test_with_a_name_that_does_not_exist(fresh: Catalog) -> None:
    done = fresh.modelyard("release", "image-segmentor")

    assert done.returncode == 1
    assert NAME in one_line(done.stderr)


def test_outside_any_catalog(fresh: Catalog) -> None:
    done = fresh.modelyard("-C", "/", "plan")

    assert done.returncode == 1
    assert "catalog.yaml" in one_line(done.stderr)
