"""Any bytes are a file, whatever they are called."""

from __future__ import annotations

import pytest

from modelyard import BadInput, File
from modelyard.serving.body import InMemoryRequest, read


@pytest.mark.parametrize("data", [b"\x00", b"%PDF-1.7", "שלום".encode(), bytes(range(256)) * 100])
def test_bytes_are_taken_as_they_are(data: bytes) -> None:
    assert File.parse(data).data == data


def test_no_bytes_are_no_file() -> None:
    with pytest.raises(BadInput, match="the file is empty") as refused:
        File.parse(b"")
    assert refused.value.code == 400


@pytest.mark.parametrize(
    "kind", ["application/pdf", "image/png", "application/x-www-form-urlencoded", "text/plain", ""]
)
def test_it_may_be_the_body_itself_of_whatever_content_type(kind: str) -> None:
    request = InMemoryRequest.from_values(method="POST", data=b"a=b&c", content_type=kind)
    assert read(request, File, 1000).inputs == (b"a=b&c",)


def test_json_still_says_where_the_file_is() -> None:
    request = InMemoryRequest.from_values(method="POST", json={"file": "AAE="})
    assert read(request, File, 1000).inputs == (b"\x00\x01",)
