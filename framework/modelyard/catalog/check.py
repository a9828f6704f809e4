"""Holding a built image to what its asset declares: in the image, over HTTP, without a network."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import docker
from docker.models.containers import Container

from modelyard import tasks
from modelyard.catalog import sandbox
from modelyard.catalog.plan import Planned
from modelyard.catalog.report import Checked
from modelyard.catalog.tunnel import Tunnel
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.serving.samples import SampleResult, Send, check_sample
from modelyard.serving.served import read_labels

_MORE_STARTS = 3


def check(workspace: Workspace, client: docker.DockerClient, planned: Planned, image: str) -> list[Checked]:
    """Runs the image shut in, and holds it to its samples, its metadata and its budgets."""
    asset = planned.asset
    folder = workspace.folder(asset.name)
    task = tasks.load(asset.task)
    labels = read_labels(folder, asset)
    found: list[Checked] = [_size(client, planned, image)]
    with sandbox.run(client, image) as container:
        seconds = sandbox.wait_ready(container)
        tunnel = Tunnel(container)
        found.append(_metadata(planned, tunnel))
        for sample in asset.samples:
            result = check_sample(folder, sample, task, labels, road(tunnel, task.input.field))
            found.append(_of_sample(result))
        tunnel.close()
        found.append(_memory(planned, container))
    found.append(_ready(client, planned, image, seconds))
    return found


def parity(
    workspace: Workspace,
    client: docker.DockerClient,
    planned: Planned,
    image: str,
    reference_image: str,
    reference_files: Mapping[str, Path | bytes],
) -> list[Checked]:
    """Whether the network, converted for another runtime, still answers as its original does in TensorFlow.

    Args:
        workspace: The catalog.
        client: The engine.
        planned: Which image.
        image: The image with the converted network.
        reference_image: TensorFlow's base container.
        reference_files: The asset and its unconverted weights, to be put into it.
    """
    asset = planned.asset
    task = tasks.load(asset.task)
    folder = workspace.folder(asset.name)
    labels = read_labels(folder, asset)
    found: list[Checked] = []
    with (
        sandbox.run(client, image) as candidate,
        sandbox.run(client, reference_image, files=reference_files) as original,
    ):
        roads = []
        for container in (candidate, original):
            sandbox.wait_ready(container)
            roads.append(road(Tunnel(container), task.input.field))
        for sample in asset.samples:
            if sample.error is not None:
                continue
            data = (folder / sample.input).read_bytes()
            answers = [send(data, {}) for send in roads]
            name = f"conversion of {sample.name}"
            if any(code != 200 for code, _ in answers):
                codes = ", ".join(str(code) for code, _ in answers)
                found.append(_checked(name, False, f"no two answers to compare: {codes}"))
                continue
            got, expected = (task.decode(json.loads(body)) for _, body in answers)
            compared = task.compare(expected, got, {**dict.fromkeys(task.measures, 0.0), **asset.parity}, labels)
            found.append(_checked(name, compared.passed, f"TensorFlow against {planned.runtime}: {compared.summary}"))
    return found


def road(tunnel: Tunnel, field_name: str) -> Send:
    """Sends inputs as clients do: multipart, in the documented field."""

    def send(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        boundary = uuid.uuid4().hex
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name}"; filename="sample"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body += data + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        query = f"?{urlencode(parameters)}" if parameters else ""
        return tunnel.ask("POST", f"/model/predict{query}", body, headers)

    return send


def _checked(name: str, passed: bool, said: str, measures: Mapping[str, float] | None = None) -> Checked:
    return Checked(name=name, passed=passed, said=said, measures=dict(measures or {}))


def _of_sample(result: SampleResult) -> Checked:
    return _checked(f"sample {result.name}", result.passed, result.said, result.measures)


def _metadata(planned: Planned, tunnel: Tunnel) -> Checked:
    code, body = tunnel.ask("GET", "/model/metadata")
    try:
        said: Any = json.loads(body)
    except ValueError:
        raise ModelyardError(f"{planned.name}: /model/metadata answers {code} with no JSON") from None
    wrong = [
        f"{name} is {said.get(name)!r}, not {value!r}"
        for name, value in (("id", planned.asset.name), ("version", planned.asset.version), ("key", planned.key))
        if said.get(name) != value
    ]
    return _checked("metadata", code == 200 and not wrong, "; ".join(wrong) or "the image says what it is")


def _size(client: docker.DockerClient, planned: Planned, image: str) -> Checked:
    size = client.images.get(image).attrs["Size"]
    return _budget("image size", size / 1e6, "MB", planned.asset.budgets.image_size, 1e6)


def _ready(client: docker.DockerClient, planned: Planned, image: str, seconds: float) -> Checked:
    """The quickest of a few starts: a busy machine makes a start slower, and none makes it quicker than it is."""
    allowed = planned.asset.budgets.ready
    for _ in range(_MORE_STARTS if allowed is not None and seconds > allowed else 0):
        with sandbox.run(client, image) as container:
            seconds = min(seconds, sandbox.wait_ready(container))
    return _budget("ready", seconds, "s", allowed, 1)


def _memory(planned: Planned, container: Container) -> Checked:
    stats = cast(dict[str, Any], container.stats(stream=False))
    used = stats["memory_stats"].get("usage", 0)
    return _budget("memory", used / 1e6, "MB", planned.asset.budgets.memory, 1e6)


def _budget(name: str, value: float, unit: str, allowed: float | None, per_unit: float) -> Checked:
    if allowed is None:
        return _checked(name, True, f"{value:.1f} {unit}; no budget is declared", {name: value})
    most = allowed / per_unit
    return _checked(name, value <= most, f"{value:.1f} {unit} of at most {most:g} {unit}", {name: value})
