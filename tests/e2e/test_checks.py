"""What a built image is held to, with images that break it: each is the published one and a line or two more."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import docker
import pytest

from modelyard.catalog.checking import comparison, quiet
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.checking.check import find
from modelyard.catalog.containers import sandbox
from modelyard.catalog.containers.engine import connect
from modelyard.catalog.containers.inside import ask
from modelyard.catalog.containers.inventory import read
from modelyard.catalog.planning.plan import Planned, plan
from modelyard.catalog.publishing.examined import examine
from modelyard.catalog.records import evidence
from modelyard.catalog.records.report import Checked, Report
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from tests.docs.blocks import blocks
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


def test_what_it_answered_to_its_samples_stands_beside_it_drawn_and_explained(published: Catalog) -> None:
    registry = Registry(published.prefix)
    image = registry.manifest(NAME, "latest")
    assert image is not None

    found = evidence.gallery(registry, NAME, image)

    assert found is not None
    first = found.shown[0]
    assert (found.name, first.name) == (NAME, "astronaut.jpg")
    assert "person" in first.said
    assert first.explained or first.unexplained
    assert all(one.preview and one.picture.data for one in found.shown)


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


@pytest.mark.usefixtures("derive")
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise RuntimeError('no such thing')", "ended with 1: .*no such thing"),
        ("print('no JSON')", "is no JSON"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGALRM)", "ended with 142: it said nothing"),
    ],
)
def test_whatever_a_script_in_a_container_does_is_one_line(
    client: docker.DockerClient, published: Catalog, script: str, said: str
) -> None:
    idle = ["-c", "import time; time.sleep(60)"]
    with (
        sandbox.run(client, published.image, idle, entrypoint=["python3"]) as container,
        pytest.raises(ModelyardError, match=said),
    ):
        ask(container, script)


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

    dirty = candidate(image)
    found = failed([*find("hygiene").check(dirty), *find("licences").check(dirty)])

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


@pytest.fixture(scope="module")
def broken(derive: Derive) -> str:
    """An image that never becomes ready."""
    return derive(f"RUN echo 'raise RuntimeError(\"lost my classes\")' >> {PIPELINE}", "USER 10001:10001")


def test_what_never_becomes_ready_is_asked_nothing_more(candidate: Callable[[str], Candidate], broken: str) -> None:
    found = examine(candidate(broken))

    assert [one.name for one in found.checks] == ["image size", "ready"]
    assert "lost my classes" in found.checks[1].said
    assert found.behaviour is None
    assert not found.quiet


def test_a_published_image_that_is_broken_does_not_block_the_one_that_mends_it(
    published: Catalog, candidate: Callable[[str], Candidate], broken: str
) -> None:
    beside = replace(candidate(published.image), find_published=lambda: broken)

    (api,) = find("api").check(beside)
    moved = comparison.compare(beside)

    assert api.passed
    assert api.said.startswith("nothing to compare with: the published image can't be run")
    assert moved.said == api.said
    assert not quiet.of(beside, moved)


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
    beside = candidate(other)

    (latency,) = find("latency").check(beside)
    found = failed([*find("labels").check(beside), *find("samples").check(beside)])

    assert latency.measures["ratio"] > 1
    assert "times the published image's" in latency.said
    assert "class 15 is 'somebody'" in found["labels"]
    assert "sample astronaut.jpg" in found


def test_an_odd_input_that_makes_a_fault_is_named(candidate: Callable[[str], Candidate], derive: Derive) -> None:
    careless = derive(
        f"RUN sed -i 's/^        pixels = image/        assert image.width < 2000\\n&/' {PIPELINE}", "USER 10001:10001"
    )

    found = failed([*find("odd-inputs").check(candidate(careless))])

    assert found.keys() == {"odd inputs", "odd input very wide"}
    assert found["odd inputs"].startswith("22 of 23 odd inputs ")
    assert found["odd input very wide"].startswith("a client must never get 500 (")


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

    again = candidate(derive("LABEL made=again", "USER 10001:10001"), old)
    newer = candidate(derive(f"RUN sed -i 's/^Version:.*/Version: 99.0/' {metadata}", "USER 10001:10001"), old)
    first, second = (quiet.of(one, comparison.compare(one)) for one in (again, newer))

    assert first.reasons == ()
    assert not second
    assert second.reasons[0].startswith("packages moved: aniso8601 ")
    assert second.reasons[0].endswith("→ 99.0")


def test_every_line_of_the_page_about_what_moved_works(published: Catalog) -> None:
    (block,) = (block for block in blocks("docs/run-a-catalog.md", "sh") if "modelyard diff" in block)
    lines = [line.partition("#")[0].split()[1:] for line in block.strip().splitlines()]

    done = [published.modelyard(*line) for line in lines]

    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    assert [line[0] for line in lines] == ["diff", "diff", "parity"]
    matrix = done[2].stdout.splitlines()
    assert matrix[:3] == [
        f"{NAME}, samples: 4",
        "  cpu litert: on the CPU",
        "  original tensorflow: on the CPU, with the weights as they came",
    ]
    assert [line.split() for line in matrix[4:8]] == [
        ["differing"],
        ["cpu", "litert", "original", "tensorflow"],
        ["cpu", "litert", "-", "0"],
        ["original", "tensorflow", "0", "-"],
    ]
