"""The image for GPUs, with or without one. It has gigabytes, so this runs only where MODELYARD_TEST_GPU says so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import docker
import pytest

from modelyard.catalog.containers import sandbox
from tests.e2e.conftest import NAME, copy_catalog

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.environ.get("MODELYARD_TEST_GPU") != "1", reason="MODELYARD_TEST_GPU=1 builds the GPU image"),
]


def test_the_image_for_gpus_passes_its_samples_and_says_whether_it_saw_one(tmp_path: Path) -> None:
    catalog = copy_catalog(tmp_path)
    client = docker.from_env()

    done = catalog.modelyard("check", NAME, "--variant", "gpu", "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    (report,) = json.loads(done.stdout)
    checks = {check["name"]: check for check in report["checks"]}
    assert report["verdict"] == "first of its line"
    assert len([name for name in checks if name.startswith("sample ")]) == 7
    if not sandbox.has_gpus(client):
        assert checks["GPU"]["said"] == "none was seen: the network ran on the processor"
    else:
        assert checks["GPU"]["said"] == "one was seen"
    image = client.images.get(f"modelyard/{NAME}:key-{report['key']}")
    assert {"NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=compute,utility"} <= set(
        image.attrs["Config"]["Env"]
    )
