"""What a built image is held to, with images that break it: each is the published one and a line or two more."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import docker
import pytest

from modelyard.catalog import evidence, sandbox
from modelyard.catalog.candidate import Candidate
from modelyard.catalog.check import check
from modelyard.catalog.engine import connect
from modelyard.catalog.examined import examine
from modelyard.catalog.inventory import read
from modelyard.catalog.plan import Planned, plan
from modelyard.catalog.registry import Registry
from modelyard.catalog.report import Checked, Report
from modelyard.catalog.workspace import Workspace
from tests.e2e.conftest import NAME, Catalog

pytestmark = pytest.mark.engine

Derive = Callable[..., str]
PIPELINE = "/asset/pipeline.py"


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return connect()


@pytest.fixture(scope="module")
def derive(published: Catalog) -> Iterator[Derive]:
    """Makes an image from the published one and lines of a Dockerfile; gone in the end."""
    made = []

    def build(*lines: str) -> str:
        tag = f"{published.image}:derived-{uuid.uuid4().hex[:8]}"
        text = "\n".join([f"FROM {published.image}", "USER 0", *lines])
        made.append(tag)
        subprocess.run(
            ["docker", "build", "-q", "-t", tag, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return tag

    subprocess.run(["docker", "pull", "-q", published.image], capture_output=True, check=True, timeout=120)
    yield build
    subprocess.run(["docker", "rmi", "-f", *made], capture_output=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def planned(published: Catalog) -> Planned:
    (found,) = plan(Workspace(published.root), Registry(published.prefix))
    return found


@pytest.fixture
def candidate(
    published: Catalog, client: docker.DockerClient, planned: Planned
) -> Iterator[Callable[[str], Candidate]]:
    """An image beside the published one."""
    opened = []

    def make(image: str, planned: Planned = planned) -> Candidate:
        workspace = Workspace(published.root)
        opened.append(Candidate(workspace, client, planned, image, find_published=lambda: published.image))
        return opened[-1].__enter__()

    yield make
    for one in opened:
        one.__exit__()


def failed(checks: list[Checked]) -> dict[str, str]:
    return {one.name: one.said for one in checks if not one.passed}


def report(published: Catalog) -> Report:
    registry = Registry(published.prefix)
    image = registry.manifest(NAME, "latest")
    assert image is not None
    found = evidence.read(registry, NAME, image)
    assert found is not None
    return found


def test_before_the_first_release_there_is_nothing_to_compare_with(catalog: Catalog) -> None:
    done = catalog.modelyard("diff", NAME, DOCKER_HOST="unix:///nonexistent.sock")

    assert done.stdout == f"{NAME} 1.0.0: first of its line: nothing to compare with\n", "and nothing was built"
    assert done.returncode == 0


def test_a_published_image_passed_everything_and_its_report_says_so(published: Catalog) -> None:
    found = report(published)

    names = [one.name for one in found.checks]
    assert found.failed == []
    for name in ("user", "setuid files", "writable files", "secrets", "caches", "build machine", "licences", "ready"):
        assert name in names
    assert names.index("image size") < names.index("ready") < names.index("sample astronaut.jpg") < names.index("api")
    assert [one.said for one in found.checks if one.name in ("api", "latency")] == [found.behaviour.said] * 2  # type: ignore[union-attr]
    assert found.behaviour is not None
    assert found.behaviour.said == "first of its line: nothing to compare with"


def test_the_report_lists_the_licence_of_every_part(published: Catalog) -> None:
    found = report(published)

    assert found.licences["code"] == found.licences["weights deeplab"] == "Apache-2.0"
    assert found.licences["pillow"] == "MIT-CMU"
    assert found.licences["debian:bash"].startswith("BSD-4-clause-UC")
    assert "| pillow | MIT-CMU |" in found.to_markdown()


def test_a_report_of_an_older_version_can_still_be_read(published: Catalog) -> None:
    old = report(published).model_dump(mode="json")
    del old["behaviour"], old["licences"]

    assert Report.model_validate_json(json.dumps(old)).behaviour is None


def test_everything_that_is_installed_is_found_in_the_container(
    published: Catalog, client: docker.DockerClient, derive: Derive
) -> None:
    with sandbox.run(client, derive()) as container:
        found = read(container)

    said = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", "--entrypoint", "dpkg-query", published.image, "-W", "-f",
         "${binary:Package} ${Version}\n"], capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    told = {line.partition(" ")[0].partition(":")[0]: line.partition(" ")[2] for line in said.splitlines()}
    assert {one.name: one.version for one in found.debian} == told
    assert {"numpy", "pillow", "ai-edge-litert"} <= {one.name for one in found.python}
    assert found.interpreter.startswith("3.")


def test_dirt_of_every_kind_is_found_and_named(candidate: Callable[[str], Candidate], derive: Derive) -> None:
    image = derive(
        "ENV HF_TOKEN=abc HTTPS_PROXY=http://proxy.example:3128",
        "RUN cp /usr/bin/env /usr/bin/anything && chmod 4755 /usr/bin/anything"
        " && mkdir /open && chmod 777 /open && touch /asset/open.txt && chmod 666 /asset/open.txt"
        " && mkdir -p /root/.docker && echo '{\"auths\": {}}' > /root/.docker/config.json"
        " && echo 'key = \"AKIA'QRSTUVWXYZ234567'\"' > /asset/settings.ini"
        " && mkdir -p /root/.cache/pip /var/lib/apt/lists && echo x | tee /root/.cache/pip/x > /var/lib/apt/lists/x"
        " && printf '[global]\\nindex-url = https://index.example\\n' > /etc/pip.conf"
        " && echo x > /asset/mine && chmod 600 /asset/mine && chown 4242 /asset/mine"
        " && rm -r /usr/share/doc/bash"
        " && sed -i '/^License/d' /opt/python/lib/python3*/site-packages/pillow-*/METADATA",
    )

    found = failed(check(candidate(image)))

    assert "/usr/bin/anything" in found["setuid files"]
    assert "/usr/bin/passwd" not in found["setuid files"], "which is Debian's"
    assert found["user"].startswith("runs as 0: set USER")
    assert {"/open", "/asset/open.txt"} <= set(found["writable files"].replace(",", "").split())
    assert "/root/.docker/config.json (where secrets are kept)" in found["secrets"]
    assert "/asset/settings.ini (key of AWS)" in found["secrets"]
    assert "the environment variable HF_TOKEN" in found["secrets"]
    assert "/root/.cache/pip/x" in found["caches"]
    assert "/var/lib/apt/lists/x" in found["caches"]
    assert "/etc/pip.conf" in found["build machine"]
    assert "the environment variable HTTPS_PROXY" in found["build machine"]
    assert found["hidden files"] == "/asset/mine can't be looked into"
    assert found["licences"] == "no licence is declared by pillow, debian:bash"
    assert found.keys() == {
        "user", "setuid files", "writable files", "secrets", "caches", "build machine", "hidden files", "licences"
    }  # fmt: skip


def test_what_never_becomes_ready_is_asked_nothing_more(candidate: Callable[[str], Candidate], derive: Derive) -> None:
    image = derive(f"RUN echo 'raise RuntimeError(\"lost my classes\")' >> {PIPELINE}", "USER 10001:10001")

    found = examine(candidate(image))

    assert [one.name for one in found.checks] == ["image size", "ready"]
    assert "lost my classes" in found.checks[1].said
    assert found.behaviour is None
    assert not found.quiet


@pytest.fixture(scope="module")
def other(derive: Derive) -> str:
    """An image that answers differently, slowly, and with another label."""
    return derive(
        f"RUN sed -i 's/pixels\\[np.newaxis\\]/np.roll(pixels, 3, 0)[np.newaxis]/' {PIPELINE}"
        f" && sed -i 's/(classes,) = tensors/__import__(\"time\").sleep(0.4); (classes,) = tensors/' {PIPELINE}"
        " && sed -i '16s/.*/somebody/' /asset/labels.txt",
        "USER 10001:10001",
    )


def test_slower_answers_and_other_labels_are_found_side_by_side(
    candidate: Callable[[str], Candidate], other: str
) -> None:
    found = failed(check(candidate(other)))

    assert "times the published image's" in found["latency"]
    assert "class 15 is 'somebody'" in found["labels"]
    assert "sample astronaut.jpg" in found


def test_what_moved_is_told_for_machines_and_for_a_pull_request(published: Catalog, other: str) -> None:
    as_json = published.modelyard("diff", NAME, "--against", other, "--json")
    as_table = published.modelyard("diff", NAME, "--against", other, "--markdown")

    assert as_json.returncode == 0, as_json.stderr
    answers = {one["sample"]: one for one in json.loads(as_json.stdout)["answers"]}
    assert 0 < answers["astronaut.jpg"]["measures"]["differing"] < 0.05
    assert "person" in answers["astronaut.jpg"]["before"]
    assert answers["notes.txt"]["same"]
    assert as_table.stdout.startswith("### What moved\n\n3 of 7 answers moved against the published 1.0.0\n")
    assert "| astronaut.jpg | differing 0.0" in as_table.stdout
    assert "<details><summary>4 of 7 did not move</summary>" in as_table.stdout


def test_a_published_image_is_not_compared_with_itself(published: Catalog) -> None:
    done = published.modelyard("diff", NAME)
    assert done.stdout == f"{NAME} 1.0.0: it is the published image itself\n"


def test_the_same_image_once_more_is_quiet_and_one_with_another_package_is_not(
    candidate: Callable[..., Candidate], planned: Planned, derive: Derive
) -> None:
    old = replace(planned, cause=("time: it is 31 days old",))
    metadata = "/opt/python/lib/python3*/site-packages/aniso8601-*/METADATA"

    again = examine(candidate(derive("LABEL made=again", "USER 10001:10001"), old))
    newer = examine(candidate(derive(f"RUN sed -i 's/^Version:.*/Version: 99.0/' {metadata}", "USER 10001:10001"), old))

    assert failed(list(again.checks)) == {}
    assert again.quiet
    assert not newer.quiet
    assert newer.quiet.reasons[0].startswith("packages moved: aniso8601 ")
    assert newer.quiet.reasons[0].endswith("→ 99.0")


def test_variants_and_the_unconverted_network_are_held_against_each_other(published: Catalog) -> None:
    done = published.modelyard("parity", NAME, "--variant", "cpu", "--json")

    found = json.loads(done.stdout)
    assert found["ways"].keys() == {"cpu litert", "original tensorflow"}
    (pair,) = found["pairs"]
    assert pair["measures"] == {"differing": 0.0, "iou_loss": 0.0}
    assert pair["unanswered"] == []
