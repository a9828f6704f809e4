"""The Open Inference Protocol: who answers, what a model says of itself, and its network asked in JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from tests.serving.asking import DTYPES, INFER, Network, client_of, doubling, echoing, infer, said, tensor

from modelyard.errors import BadInput, Overloaded
from modelyard.runtimes.runtime import NetworkError
from modelyard.serving.state import State
from modelyard.tensors import TensorSpec


@pytest.fixture
def network() -> Network:
    return doubling()


@pytest.fixture
def client(network: Network) -> FlaskClient:
    return client_of(network)


X = tensor([1, 2])


def test_the_server_says_what_it_is_and_which_extensions_it_has(client: FlaskClient) -> None:
    for address in ("/v2", "/v2/"):
        answer = client.get(address).json
        assert answer is not None
        assert answer["name"] == "modelyard"
        assert answer["extensions"] == ["binary_tensor_data"]


def test_health(client: FlaskClient) -> None:
    assert client.get("/v2/health/live").json == {"live": True}
    assert client.get("/v2/health/ready").json == {"ready": True}
    for model in ("/v2/models/small", "/v2/models/small/versions/1.2.3"):
        assert client.get(f"{model}/ready").json == {"name": "small", "ready": True}


def test_readiness_is_503_while_the_container_stops() -> None:
    client = client_of(doubling(), State(ready=False))

    for address in ("/v2/health/ready", "/v2/models/small/ready"):
        response = client.get(address)
        assert response.status_code == 503
        assert response.json is not None
        assert response.json["ready"] is False


@pytest.mark.parametrize("address", ["/v2/models/small", "/v2/models/small/versions/1.2.3"])
def test_the_metadata_lists_the_file_and_the_networks_real_signature(client: FlaskClient, address: str) -> None:
    answer = client.get(address).json

    assert answer is not None
    assert (answer["name"], answer["versions"], answer["platform"]) == ("small", ["1.2.3"], "litert")
    listed = [(one["name"], one["datatype"], one["shape"], one["parameters"]["way"]) for one in answer["inputs"]]
    assert listed == [("image", "BYTES", [-1], "pipeline"), ("x", "FP32", [-1, -1], "network")]
    listed = [(one["name"], one["datatype"], one["shape"], one["parameters"]["way"]) for one in answer["outputs"]]
    assert listed == [
        ("prediction", "BYTES", [-1], "pipeline"),
        ("y", "FP32", [-1, -1], "network"),
        ("n", "INT64", [1], "network"),
    ]
    assert answer["parameters"] == {"threshold": 127}


@pytest.mark.parametrize("network", [None, doubling(np.complex64)], ids=["none", "a type without a name"])
def test_without_tensors_that_the_protocol_can_name_only_files_are_listed(network: Any) -> None:
    answer = client_of(network).get("/v2/models/small").json

    assert answer is not None
    assert [one["name"] for one in answer["inputs"]] == ["image"]
    assert [one["name"] for one in answer["outputs"]] == ["prediction"]


def test_a_tensor_with_the_files_name_leaves_the_file_another() -> None:
    network = doubling()
    network.inputs = (TensorSpec("image", (-1,), np.dtype(np.float32)),)
    answer = client_of(network).get("/v2/models/small").json

    assert answer is not None
    assert [one["name"] for one in answer["inputs"]] == ["pipeline_image", "image"]


@pytest.mark.parametrize(
    ("method", "address", "code"),
    [
        ("GET", "/v2/models/other", 404),
        ("GET", "/v2/models/small/versions/1", 404),
        ("GET", "/v2/models/other/ready", 404),
        ("GET", "/v2/models/small/versions/1.2.4/ready", 404),
        ("POST", "/v2/models/other/infer", 404),
        ("POST", "/v2/models/small/versions/9/infer", 404),
        ("GET", "/v2/nowhere", 404),
        ("GET", "/v2/models/" + "m" * 5000, 404),
        ("GET", INFER, 405),
        ("POST", "/v2/models/small", 405),
    ],
)
def test_an_address_that_is_not_there_has_the_protocols_error(
    client: FlaskClient, method: str, address: str, code: int
) -> None:
    said(client.open(address, method=method), code)


def test_the_errors_of_other_addresses_keep_their_own_shape(client: FlaskClient) -> None:
    assert client.get("/v2x").json is not None
    assert "message" in (client.get("/v2x").json or {})


@pytest.mark.parametrize("address", [INFER, "/v2/models/small/versions/1.2.3/infer"])
@pytest.mark.parametrize("data", [[1, 2.5, -3, 0.25, 1e-3, 7], [[1, 2.5, -3], [0.25, 1e-3, 7]]], ids=["flat", "nested"])
def test_tensors_go_to_the_network(client: FlaskClient, address: str, data: Any) -> None:
    answer = client.post(address, json={"id": "a-7", "inputs": [tensor(data, [2, 3])]}).json

    assert answer == {
        "model_name": "small",
        "model_version": "1.2.3",
        "id": "a-7",
        "outputs": [
            {"name": "y", "datatype": "FP32", "shape": [2, 3], "data": [2, 5, -6, 0.5, 0.002, 14]},
            {"name": "n", "datatype": "INT64", "shape": [1], "data": [6]},
        ],
    }


def test_an_answer_has_no_id_where_the_request_has_none(client: FlaskClient) -> None:
    assert "id" not in (infer(client, tensor([1])).json or {})


@pytest.mark.parametrize(
    ("datatype", "values"),
    [
        ("BOOL", [True, False]),
        *[(f"UINT{bits}", [0, 2**bits - 1]) for bits in (8, 16, 32, 64)],
        *[(f"INT{bits}", [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]) for bits in (8, 16, 32, 64)],
        ("FP16", [1, 65504.0]),
        ("FP32", [-1.5, 16777215.0]),
        ("FP64", [1e-300, 1.7976931348623157e308]),
        ("BYTES", ["", "grün"]),
    ],
)
def test_every_datatype_reaches_the_network_and_comes_back(datatype: str, values: list[Any]) -> None:
    network = echoing(DTYPES[datatype], 1)
    answer = infer(client_of(network), tensor(values, [2], datatype)).json

    assert answer is not None
    assert answer["outputs"][0] == {"name": "y", "datatype": datatype, "shape": [2], "data": values}
    assert network.seen[0].dtype == DTYPES[datatype]
    assert network.seen[0].tolist() == [v.encode() if isinstance(v, str) else v for v in values]


def test_a_scalar_has_no_axes() -> None:
    answer = infer(client_of(echoing(np.float32, 0)), tensor([3], [])).json

    assert answer is not None
    assert answer["outputs"][0] == {"name": "y", "datatype": "FP32", "shape": [], "data": [3]}


def test_outputs_are_selected_in_the_order_asked_for(client: FlaskClient) -> None:
    answer = infer(client, tensor([1]), outputs=[{"name": "n"}, {"name": "y"}]).json
    one = infer(client, tensor([1]), outputs=[{"name": "n"}]).json
    every = infer(client, tensor([1]), outputs=[]).json

    assert answer is not None
    assert one is not None
    assert every is not None
    assert [output["name"] for output in answer["outputs"]] == ["n", "y"]
    assert [output["name"] for output in one["outputs"]] == ["n"]
    assert [output["name"] for output in every["outputs"]] == ["y", "n"]


@pytest.mark.parametrize(
    "kind", [None, "application/json", "application/octet-stream", "application/x-www-form-urlencoded"]
)
def test_a_client_may_send_no_content_type(client: FlaskClient, kind: str | None) -> None:
    response = client.post(INFER, data=json.dumps({"inputs": [tensor([1])]}), content_type=kind)

    assert response.status_code == 200


@pytest.mark.parametrize("number", [np.inf, -np.inf, np.nan])
def test_numbers_that_json_lacks_are_to_be_asked_for_as_binary(number: float) -> None:
    client = client_of(Network(np.float32, (-1, -1), lambda x: x * 0 + np.float32(number)))

    assert "binary_data" in said(infer(client, tensor([1])))


def test_text_that_is_no_text_is_to_be_asked_for_as_binary() -> None:
    client = client_of(Network(np.object_, (-1,), lambda x: np.array([b"\xff"], np.object_)))

    assert "binary_data" in said(infer(client, tensor(["a"], [1], "BYTES")))


def failing(error: Exception) -> FlaskClient:
    def fail(_: Any) -> Any:
        raise error

    return client_of(Network(np.float32, (-1, -1), fail))


def test_tensors_on_which_the_network_fails_are_the_clients_to_mend() -> None:
    message = said(infer(failing(NetworkError("33 != 29")), tensor([1, 2])))

    assert "'x' [1, 2]" in message
    assert "33 != 29" in message


def test_what_the_handle_refuses_keeps_its_code() -> None:
    said(infer(failing(BadInput("too large for it", code=413)), tensor([1])), 413)
    said(infer(failing(MemoryError()), tensor([1])), 413)


def test_an_overloaded_network_is_503_with_retry_after() -> None:
    response = infer(failing(Overloaded("32 items wait already", retry_after=7)), tensor([1]))

    said(response, 503)
    assert response.headers["Retry-After"] == "7"


def test_a_defect_is_500_and_tells_nothing() -> None:
    assert "secret" not in said(infer(failing(KeyError("secret")), tensor([1])), 500)


def test_a_request_that_comes_after_the_stop_is_503() -> None:
    state = State(ready=True, stopped_at=5.0)
    client = client_of(doubling(), state)

    said(client.post(INFER, json={"inputs": [X]}, environ_base={"modelyard.began": 6.0}), 503)
    assert client.post(INFER, json={"inputs": [X]}, environ_base={"modelyard.began": 4.0}).status_code == 200


def test_swagger_documents_every_route_with_examples_that_work(client: FlaskClient) -> None:
    swagger = client.get("/swagger.json").json
    assert swagger is not None
    rules = {str(rule).replace("<string:", "{").replace(">", "}") for rule in client.application.url_map.iter_rules()}
    below = {path for path in swagger["paths"] if path == "/v2" or path.startswith("/v2/")}
    assert below == {rule for rule in rules if rule == "/v2" or rule.startswith("/v2/")}
    assert len(below) == 10

    ids = [
        described["operationId"]
        for path in swagger["paths"].values()
        for described in path.values()
        if "operationId" in described
    ]
    assert len(ids) == len(set(ids))

    documented = swagger["definitions"]["InferenceRequest"]["example"]
    answer = client.post(INFER, json=documented).json
    example = swagger["definitions"]["InferenceAnswer"]["example"]
    assert answer is not None
    assert answer.keys() == example.keys()
    assert answer["outputs"][0].keys() == example["outputs"][0].keys()
    for path, name in (
        ("/v2", "InferenceServer"),
        ("/v2/models/small", "InferenceModel"),
        ("/v2/health/live", "InferenceLive"),
    ):
        assert client.get(path).json == swagger["definitions"][name]["example"]
