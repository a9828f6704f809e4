"""Lines to copy: they mean what they say to a shell, to YAML and to Python, whatever an asset's texts hold."""

from __future__ import annotations

import ast
import json
import shlex
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.catalog.site.snippets import compose, curl, docker, javascript, kubernetes, pinned, python, shelf
from modelyard.catalog.site.subject import Subject

PHOTO = Subject(
    name="some-model", repository="registry.test/folder/some-model", digest="sha256:0a", variant="cpu",
    parameters={"top": 3}, field="image", media_type="image/jpeg", sample="photos/a cat.jpg", memory=250,
)  # fmt: skip
TEXT = replace(
    PHOTO, field="text", media_type="text/plain", written=True, parameters={}, sample="a.txt", text="Oh, no!"
)
TABLE = replace(TEXT, field="series", media_type="text/csv", sample="a.csv", text=None)
GPU = replace(PHOTO, variant="gpu")


def test_there_is_one_of_each_way_to_start_and_to_ask() -> None:
    assert [one.name for one in shelf() if one.starts] == ["docker", "pinned", "compose", "kubernetes"]
    assert [one.name for one in shelf() if not one.starts] == ["curl", "python", "javascript"]


def test_an_image_is_started_by_its_tag_and_by_its_digest() -> None:
    assert docker.write(PHOTO) == "docker run --rm -p 127.0.0.1:5001:5000 registry.test/folder/some-model"
    assert docker.write(GPU).endswith("registry.test/folder/some-model:latest-gpu")
    assert "--gpus all" in docker.write(GPU)
    pull, run = pinned.write(PHOTO).split("\n", 1)
    assert pull == "docker pull registry.test/folder/some-model@sha256:0a"
    assert shlex.split(run)[-1] == "registry.test/folder/some-model@sha256:0a"
    assert "--read-only" in shlex.split(run)


@pytest.mark.parametrize("subject", [PHOTO, GPU, replace(PHOTO, memory=None), replace(PHOTO, name="on")])
def test_a_service_of_compose_is_shut_in_and_bounded(subject: Subject) -> None:
    service = yaml.safe_load(compose.write(subject))["services"][subject.name]
    assert service["image"] == "registry.test/folder/some-model@sha256:0a"
    assert service["ports"] == ["127.0.0.1:5001:5000"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("mem_limit") == ("500m" if subject.memory else None)
    assert ("deploy" in service) == (subject.variant == "gpu")


@pytest.mark.parametrize("subject", [PHOTO, GPU, replace(PHOTO, memory=None)])
def test_a_pod_of_kubernetes_has_no_rights_probes_and_the_budget_s_memory(subject: Subject) -> None:
    deployment, service = yaml.safe_load_all(kubernetes.write(subject))
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    resources = container.get("resources", {})
    assert resources.get("requests") == ({"memory": "250M"} if subject.memory else None)
    assert resources.get("limits", {}).get("memory") == ("500M" if subject.memory else None)
    assert resources.get("limits", {}).get("nvidia.com/gpu") == (1 if subject.variant == "gpu" else None)
    assert service["spec"]["selector"] == deployment["spec"]["template"]["metadata"]["labels"]


def test_a_file_is_had_from_the_container_and_sent_under_a_name_that_means_nothing_to_a_shell() -> None:
    get, ask = curl.write(PHOTO).splitlines()
    assert shlex.split(get) == ["curl", "-so", "a_cat.jpg", "http://127.0.0.1:5001/app/samples/photos/a%20cat.jpg"]
    assert shlex.split(ask) == ["curl", "-F", "image=@a_cat.jpg", "http://127.0.0.1:5001/model/predict?top=3"]


@pytest.mark.parametrize(
    "subject", [PHOTO, TEXT, TABLE, replace(PHOTO, answer="answer.png"), replace(PHOTO, sample="")]
)
def test_what_is_written_is_python(subject: Subject) -> None:
    ast.parse(python.write(subject))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_arrives_as_it_is(text: str) -> None:
    subject = replace(TEXT, text=text)
    command = shlex.split(curl.write(subject).replace("\\\n", " ") if "\\\n" not in text else "")
    if command and "\0" not in text:
        assert json.loads(command[command.index("-d") + 1]) == {"text": text}
    constants = [one.value for one in ast.walk(ast.parse(python.write(subject))) if isinstance(one, ast.Constant)]
    assert text in constants
    body = javascript.write(subject).split("\n", 1)[0]
    assert json.loads(body.partition(": ")[2].rpartition(" }")[0]) == text


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_no_sample_s_name_reaches_a_shell_as_it_is(name: str) -> None:
    file = replace(PHOTO, sample=name).file
    assert shlex.quote(file) == file
    assert not file.startswith(("-", "."))
