"""Whatever a client sends: no 5xx, one shape of error, a bounded answer, nothing on the disk."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.serving.live import Live, picture, serving

_CONTENT_TYPES = st.sampled_from(
    ["", "image/png", "image/jpeg", "application/json", "text/plain", "multipart/form-data", "application/octet-stream",
     "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "image/png; charset=" + "x" * 300]
)  # fmt: skip
_PART = b'--x\r\nContent-Disposition: form-data; name="image"; filename="../../etc/passwd"\r\n\r\n'
_JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
_BODIES = st.one_of(
    st.binary(max_size=300),
    st.just(picture()),
    st.binary(max_size=40).map(lambda noise: picture()[:40] + noise),
    _JSON.map(lambda value: json.dumps(value).encode()),
    st.text().map(lambda text: json.dumps({"image": text}).encode()),
    st.binary(max_size=60).map(
        lambda noise: _PART + noise + b"\r\n--x--\r\n"
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("obedient")


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[Live]:
    with serving(folder, max_body=3_000_000, max_pixels=1_000_000) as server:
        yield server


def held_to_the_contract(response: requests.Response) -> None:
    assert response.status_code < 500, response.text[:500]
    body = response.json()
    assert body["status"] == ("ok" if response.status_code == 200 else "error")
    if response.status_code != 200:
        assert set(body) >= {"status", "message", "request_id"}
        assert len(response.content) < 2_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=_CONTENT_TYPES,
    body=_BODIES,
    query=st.dictionaries(st.sampled_from(["seconds", "mischief", "x"]), st.text(max_size=30)),
)
def test_any_request(live: Live, kind: str, body: bytes, query: dict[str, str]) -> None:
    query = {name: value for name, value in query.items() if value not in ("raise", "die", "fill")}
    query.pop("seconds", None) if query.get("seconds", "").strip().replace(".", "").isdigit() else None

    held_to_the_contract(
        requests.post(
            f"{live.address}/model/predict", data=body, params=query, headers={"Content-Type": kind}, timeout=30
        )
    )


@pytest.mark.parametrize(
    "name", ["../../../tmp/out.png", "/etc/cron.d/x", "a\0b", "C:\\x", "x" * 5_000, "\u202egnp.exe"]
)
def test_an_uploaded_name_is_never_a_path(live: Live, folder: Path, name: str) -> None:
    before = sorted(folder.rglob("*"))
    response = requests.post(f"{live.address}/model/predict", files={"image": (name, picture())}, timeout=30)

    held_to_the_contract(response)
    assert sorted(path for path in folder.rglob("*") if "__pycache__" not in str(path)) == [
        path for path in before if "__pycache__" not in str(path)
    ]


def test_json_nested_a_hundred_thousand_deep(live: Live) -> None:
    body = b'{"image":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    response = requests.post(
        f"{live.address}/model/predict", data=body, headers={"Content-Type": "application/json"}, timeout=30
    )

    assert response.status_code == 400
    held_to_the_contract(response)


def test_a_megabyte_in_a_parameter_is_not_sent_back(live: Live) -> None:
    response = requests.post(
        f"{live.address}/model/predict",
        files={"image": picture()},
        data={"seconds": "9" * 90_000},
        timeout=30,
    )

    assert response.status_code == 400
    held_to_the_contract(response)


@pytest.mark.parametrize("size", [(1_001, 1_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(live: Live, size: tuple[int, int]) -> None:
    data = bytearray(picture())
    data[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    before = live.resident()
    response = requests.post(f"{live.address}/model/predict", files={"image": bytes(data)}, timeout=30)

    assert response.status_code == 413
    assert "pixels" in response.json()["message"]
    assert live.resident() - before < 20_000_000


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip"])
def test_a_compressed_body_is_refused_not_inflated(live: Live, coding: str) -> None:
    response = requests.post(
        f"{live.address}/model/predict",
        data=b"\x1f\x8b" + b"x" * 1_000,
        headers={"Content-Encoding": coding, "Content-Type": "image/png"},
        timeout=30,
    )

    assert response.status_code == 415
    held_to_the_contract(response)


@pytest.mark.parametrize("kind", ["text/html", "application/pdf", "image/svg+xml"])
def test_a_wrong_content_type_is_a_415_that_says_what_to_send(live: Live, kind: str) -> None:
    response = requests.post(f"{live.address}/model/predict", data=b"x", headers={"Content-Type": kind}, timeout=30)

    assert response.status_code == 415
    assert "multipart/form-data" in response.json()["message"]


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_wrong_method_is_a_405_with_what_is_allowed(live: Live, method: str) -> None:
    response = requests.request(method, f"{live.address}/model/predict", timeout=30)

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    held_to_the_contract(response)


def test_several_inputs_get_several_answers_in_order(live: Live) -> None:
    pictures = [picture(8, 6), picture(4, 2), picture(6, 6)]
    as_parts = requests.post(
        f"{live.address}/model/predict", files=[("image", one) for one in pictures], timeout=30
    ).json()
    as_json = requests.post(
        f"{live.address}/model/predict",
        json={"image": [base64.b64encode(one).decode() for one in pictures]},
        timeout=30,
    ).json()

    assert [answer["image_size"] for answer in as_parts["answers"]] == [[8, 6], [4, 2], [6, 6]]
    assert as_parts == as_json


def test_more_inputs_than_are_taken_at_a_time(live: Live) -> None:
    response = requests.post(
        f"{live.address}/model/predict", files=[("image", io.BytesIO(picture())) for _ in range(17)], timeout=30
    )

    assert response.status_code == 413
    held_to_the_contract(response)


def test_one_bad_input_among_several_is_named_by_the_error(live: Live) -> None:
    response = requests.post(
        f"{live.address}/model/predict", files=[("image", picture()), ("image", b"no picture")], timeout=30
    )

    assert response.status_code == 400
    assert "2 of 2" in response.json()["message"]
