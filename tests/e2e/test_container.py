"""What a user gets from `docker run`, with the real model in it, shut in as tightly as a user may."""

from __future__ import annotations

import json
import subprocess
import time

import pytest
import requests

from tests.e2e.conftest import NAME, Catalog, serving

pytestmark = pytest.mark.engine

SHUT_IN = ("--read-only", "--cap-drop", "ALL", "--user", "12345", "--security-opt", "no-new-privileges")


def test_every_page_and_route_answers_shut_in(published: Catalog) -> None:
    with serving(published.image, *SHUT_IN) as address:
        codes = {
            path: requests.get(address + path, timeout=30).status_code
            for path in ("/", "/swagger.json", "/app", "/model/metadata", "/model/labels", "/health/live",
                         "/health/ready", "/metrics", "/v2", "/v2/health/ready", f"/v2/models/{NAME}")
        }  # fmt: skip

    assert codes == dict.fromkeys(codes, 200)


def test_the_metrics_tell_what_was_asked_and_answered(published: Catalog) -> None:
    with serving(published.image, *SHUT_IN) as address, (published.asset / "samples/astronaut.jpg").open("rb") as photo:
        requests.post(f"{address}/model/predict", files={"image": photo}, timeout=60).raise_for_status()
        requests.post(f"{address}/model/predict", files={"image": b"no picture"}, timeout=60)
        text = requests.get(f"{address}/metrics", timeout=30).text

    assert 'stage="infer"' in text
    assert "person" in text
    assert 'name="image-segmenter"' in text


def test_a_tensor_asked_over_the_open_inference_protocol_is_answered_as_the_network_would(published: Catalog) -> None:
    with serving(published.image, *SHUT_IN) as address:
        signature = requests.get(f"{address}/v2/models/{NAME}", timeout=30).json()
        tensor = next(one for one in signature["inputs"] if one["datatype"] == "UINT8")
        body = {
            "id": "7",
            "inputs": [{"name": tensor["name"], "shape": [1, 4, 4, 3], "datatype": "UINT8", "data": [0] * 48}],
        }
        answer = requests.post(f"{address}/v2/models/{NAME}/infer", json=body, timeout=60)
        wrong = requests.post(
            f"{address}/v2/models/{NAME}/infer",
            json={"inputs": [{**body["inputs"][0], "shape": [1, 5, 5, 3]}]},  # type: ignore[index,dict-item]
            timeout=60,
        )

    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == "7"
    assert answer.json()["outputs"][0]["shape"] == [1, 4, 4]
    assert wrong.status_code == 400
    assert wrong.json()["error"]


def test_docker_stop_ends_it_at_once_and_well(published: Catalog) -> None:
    with serving(published.image, "--name", "modelyard-test-stop") as address:
        requests.get(address + "/model/labels", timeout=30).raise_for_status()
        waiting = subprocess.Popen(["docker", "wait", "modelyard-test-stop"], stdout=subprocess.PIPE, text=True)
        time.sleep(0.5)
        began = time.monotonic()
        subprocess.run(["docker", "stop", "modelyard-test-stop"], check=True, capture_output=True, timeout=60)
        took = time.monotonic() - began
        code, _ = waiting.communicate(timeout=30)

    assert code.strip() == "0"
    assert took < 5


def test_it_listens_where_it_is_told_to(published: Catalog) -> None:
    started = subprocess.run(
        ["docker", "run", "-d", "--rm", "--network", "none", "-e", "PORT=8123", "-e", "HOST=127.0.0.1",
         published.image],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.strip()  # fmt: skip
    try:
        for _ in range(60):
            asked = subprocess.run(
                ["docker", "exec", started, "python3", "/opt/modelyard/modelyard/serving/healthcheck.py"],
                capture_output=True, check=False, timeout=30,
            )  # fmt: skip
            if asked.returncode == 0:
                break
            time.sleep(0.5)
        assert asked.returncode == 0
    finally:
        subprocess.run(["docker", "rm", "-f", started], capture_output=True, check=True, timeout=60)


def test_a_bad_setting_is_one_line(published: Catalog) -> None:
    done = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", "-e", "PORT=eighty", published.image],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    assert "PORT='eighty'" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_measures_itself(published: Catalog) -> None:
    done = subprocess.run(
        ["docker", "run", "--rm", "--network", "none", *SHUT_IN, published.image,
         "benchmark", "--seconds", "1", "--callers", "1", "--json"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    assert json.loads(done.stdout)["measured"][0]["per_second"] > 0
