"""From a change in git to a tested image in a registry, with nothing faked."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest
import requests

from modelyard.catalog.records import evidence, swagger
from modelyard.catalog.registry import Registry
from modelyard.catalog.site.sections import api
from modelyard.catalog.workspace import Workspace
from tests.e2e.conftest import NAME, Catalog, serving
from tests.fleet import snippets

pytestmark = pytest.mark.engine

SHUT_IN = ("--read-only", "--cap-drop", "ALL", "--user", "12345")


def docker_run(image: str, *arguments: str, data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["docker", "run", "--rm", "-i", "--network", "none", *SHUT_IN, image, *arguments],
        input=data, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def shares(seg_map: list[list[int]]) -> dict[int, float]:
    flat = [label for row in seg_map for label in row]
    return {label: flat.count(label) / len(flat) for label in set(flat)}


def test_a_plan_says_that_nothing_is_published_yet(catalog: Catalog) -> None:
    done = catalog.modelyard("plan", "--json")

    (image,) = json.loads(done.stdout)["images"]
    assert image["state"] == "to build"
    assert image["cause"] == ["first: no image is published yet"]


def test_a_release_publishes_under_the_key_and_the_moving_tags(published: Catalog) -> None:
    tags = published.tags()

    assert {"latest", "1.0.0"} < tags.keys()
    assert len({tags[name] for name in tags if not name.startswith("sha256-")}) == 1, (
        "every tag points to the image that was tested"
    )


def test_a_second_release_builds_nothing_and_says_so(published: Catalog) -> None:
    before = published.tags()

    done = published.modelyard("release", DOCKER_HOST="unix:///nonexistent.sock")

    assert done.returncode == 0, "nothing to build needs no engine"
    assert f"{NAME} 1.0.0: unchanged" in done.stdout
    assert published.tags() == before


def test_a_release_ends_with_lines_that_work_as_they_stand(published: Catalog) -> None:
    lines = [line.strip() for line in published.modelyard("release").stdout.splitlines()]
    run = next(line for line in lines if line.startswith("docker run"))
    curl = next(line for line in lines if line.startswith("curl"))

    container = subprocess.Popen(run.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answer = subprocess.run(
            [*curl.split(), "-sSf", "--retry", "40", "--retry-delay", "1", "--retry-all-errors"],
            cwd=published.root, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
    finally:
        container.terminate()
        container.wait(60)
    assert json.loads(answer.stdout)["status"] == "ok"


def test_the_lines_of_its_page_work_as_they_stand(published: Catalog, tmp_path: Path) -> None:
    with serving(published.image, *SHUT_IN) as address:
        answers = snippets.ask(Workspace(published.root), NAME, address, tmp_path)

    assert set(answers) == {"curl", "python", "javascript"}
    assert all(answer == answers["curl"] for answer in answers.values())


def test_the_image_finds_the_person_in_a_photo_and_refuses_a_text_file(published: Catalog) -> None:
    with serving(published.image, *SHUT_IN) as address, (published.asset / "samples/astronaut.jpg").open("rb") as photo:
        answer = requests.post(f"{address}/model/predict", files={"image": photo}, timeout=60).json()
        refused = requests.post(f"{address}/model/predict", files={"image": b"a text\n"}, timeout=60)
        labels = requests.get(f"{address}/model/labels", timeout=60).json()["labels"]

    assert answer["image_size"] == [513, 513]
    found = shares(answer["seg_map"])
    assert labels[15] == {"id": "15", "name": "person"}
    assert found[15] > 0.35
    assert refused.status_code == 400
    assert refused.json()["status"] == "error"
    assert "JPEG" in refused.json()["message"]


def test_the_image_speaks_the_contract_of_model_asset_exchange(published: Catalog) -> None:
    with serving(published.image) as address:
        metadata = requests.get(f"{address}/model/metadata", timeout=60).json()
        swagger = requests.get(f"{address}/swagger.json", timeout=60)
        page = requests.get(f"{address}/", timeout=60)
        with (published.asset / "samples/coffee.tif").open("rb") as photo:
            other_name = requests.post(f"{address}/model/predict", files={"file": photo}, timeout=60)
        with (published.asset / "samples/chelsea.png").open("rb") as photo:
            as_body = requests.post(
                f"{address}/model/predict", data=photo, headers={"Content-Type": "image/png"}, timeout=60
            )

    assert metadata["id"] == NAME
    assert all(isinstance(metadata[field], str) for field in ("name", "description", "type", "source", "license"))
    assert swagger.headers["Content-Type"] == "application/json"
    assert swagger.json()["swagger"] == "2.0"
    assert swagger.json()["info"]["title"] == "Image Segmenter"
    assert "swagger-ui" in page.text
    assert other_name.status_code == as_body.status_code == 200


def test_the_commands_of_the_image_work_shut_in(published: Catalog) -> None:
    photo = (published.asset / "samples/astronaut.jpg").read_bytes()

    predicted = docker_run(published.image, "predict", data=photo)
    refused = docker_run(published.image, "predict", data=b"no picture")
    tested = docker_run(published.image, "selftest", "--json")
    described = docker_run(published.image, "info")

    assert json.loads(predicted.stdout)["status"] == "ok"
    assert refused.returncode == 2
    assert refused.stderr.decode().splitlines()[-1].startswith("error: this is no picture")
    assert tested.returncode == 0, tested.stdout
    assert json.loads(tested.stdout)["passed"] is True
    assert b"MAX_PIXELS" in described.stdout


def test_no_layer_keeps_what_the_build_machine_needed(published: Catalog, tmp_path: Path) -> None:
    saved = tmp_path / "image.tar"
    subprocess.run(["docker", "save", "-o", saved, published.image], check=True, timeout=120)
    names = []
    with tarfile.open(saved) as image:
        layers = next(json.load(image.extractfile(one)) for one in image if one.name == "manifest.json")[0]["Layers"]
        for layer in layers:
            with tarfile.open(fileobj=image.extractfile(layer)) as files:
                names += [f"/{one.name}" for one in files]
    inspected = json.loads(
        subprocess.run(
            ["docker", "image", "inspect", published.image], capture_output=True, check=True, timeout=60
        ).stdout
    )[0]

    unwanted = re.compile(
        r"/(build-host|build|root/\.cache)(/|$)|/pip\.conf$|/site-packages/pip/|/bin/(gcc|cc|c\+\+|make)$"
    )
    assert [name for name in names if unwanted.search(name)] == []
    assert inspected["Config"]["User"] == "10001:10001"
    assert not [one for one in inspected["Config"]["Env"] if re.search("PIP|CERT|PROXY|INDEX", one)]
    assert inspected["Config"]["Healthcheck"]["Test"]


def test_a_readme_change_rebuilds_nothing(published: Catalog) -> None:
    (published.asset / "README.md").write_text("Another text.\n", "utf-8")

    images = json.loads(published.modelyard("plan", "--json").stdout)["images"]

    assert [image["state"] for image in images] == ["published"]


def test_the_report_stands_beside_the_image(published: Catalog) -> None:
    registry = Registry(published.prefix)
    image = registry.manifest(NAME, "latest")
    assert image is not None
    report = evidence.read(registry, NAME, image)

    assert report is not None
    assert report.digest == image.digest
    assert report.verdict == "first of its line"
    assert "sample astronaut.jpg" in [check.name for check in report.checks]
    assert "conversion of astronaut.jpg" in [check.name for check in report.checks]
    assert "# image-segmenter" in report.to_markdown()


def test_what_its_api_is_stands_beside_the_image(published: Catalog) -> None:
    registry = Registry(published.prefix)
    image = registry.manifest(NAME, "latest")
    assert image is not None
    described = api.parse(registry.document(NAME, image.digest, swagger.ARTIFACT_TYPE))

    assert described is not None
    first = described.routes[0]
    assert (first.method, first.path) == ("POST", "/model/predict")
    assert "seg_map" in [one.name for reply in first.replies for one in reply.fields]


def test_changing_a_line_rebuilds_only_that_image_and_says_why(published: Catalog) -> None:
    before = published.tags()
    published.edit("pipeline.py", "Names the class of every pixel.", "Names the class of each pixel.")

    planned = json.loads(published.modelyard("plan", "--json").stdout)["images"]
    done = published.modelyard("release")
    after = published.tags()

    assert [image["cause"] for image in planned] == [["code: pipeline.py changed"]]
    assert done.returncode == 0, done.stdout + done.stderr
    assert "building the base" not in done.stderr
    assert after["latest"] != before["latest"]
    assert len(after) == len(before) + 2, "one more key, and its report; the moving tags moved"
