"""Signed verdicts: whose word counts, and what is no word at all."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.catalog.records.envelope import Signer, TrustedKey, opened
from modelyard.errors import ModelyardError

PAYLOAD = json.dumps({"_type": "https://in-toto.io/Statement/v1"}).encode()


def pem(key: Ed25519PrivateKey) -> str:
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


def public(key: Ed25519PrivateKey, folder: Path, name: str = "release.pub") -> TrustedKey:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    path = folder / name
    path.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, kind))
    return TrustedKey.read(path, name)


@pytest.fixture(params=["ed25519", "ecdsa"])
def key(request: pytest.FixtureRequest) -> Ed25519PrivateKey:
    """Both kinds have the methods that are used here."""
    return Ed25519PrivateKey.generate() if request.param == "ed25519" else generate_private_key(SECP256R1())


def test_what_is_signed_comes_back_with_the_signer_s_name(key: Ed25519PrivateKey, tmp_path: Path) -> None:
    signer = Signer.from_environment({"MODELYARD_SIGNING_KEY": pem(key)})
    assert signer
    statement, who = opened(
        signer.sign(PAYLOAD), [public(Ed25519PrivateKey.generate(), tmp_path), public(key, tmp_path)]
    )
    assert statement == json.loads(PAYLOAD)
    assert who.name == "release.pub"


def test_the_key_may_be_a_file(key: Ed25519PrivateKey, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text(pem(key))
    signer = Signer.from_environment({"MODELYARD_SIGNING_KEY": str(tmp_path / "key.pem")})
    assert signer
    assert opened(signer.sign(PAYLOAD), [public(key, tmp_path)])


def test_nobody_signs_where_no_key_is_set() -> None:
    assert Signer.from_environment({}) is None
    assert Signer.from_environment({"MODELYARD_SIGNING_KEY": " "}) is None


def test_the_signature_of_somebody_else_is_none(tmp_path: Path) -> None:
    envelope = Signer(Ed25519PrivateKey.generate()).sign(PAYLOAD)
    with pytest.raises(ModelyardError, match="none of its signatures is one of a trusted key"):
        opened(envelope, [public(Ed25519PrivateKey.generate(), tmp_path)])
    with pytest.raises(ModelyardError, match="none of its signatures"):
        opened(envelope, [])


KEY = Ed25519PrivateKey.generate()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(PAYLOAD) - 1), st.integers(1, 255))
def test_a_statement_that_was_changed_is_not_the_signed_one(
    tmp_path_factory: pytest.TempPathFactory, place: int, change: int
) -> None:
    envelope = json.loads(Signer(KEY).sign(PAYLOAD))
    changed = bytearray(PAYLOAD)
    changed[place] ^= change
    envelope["payload"] = base64.b64encode(changed).decode()
    with pytest.raises(ModelyardError, match="none of its signatures"):
        opened(json.dumps(envelope).encode(), [public(KEY, tmp_path_factory.mktemp("keys"))])


def test_another_type_of_payload_under_the_same_signature_is_refused(tmp_path: Path) -> None:
    envelope = json.loads(Signer(KEY).sign(PAYLOAD))
    envelope["payloadType"] = "text/plain"
    with pytest.raises(ModelyardError, match="none of its signatures"):
        opened(json.dumps(envelope).encode(), [public(KEY, tmp_path)])


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"payload": "?"}', b"\xff", b"[" * 50_000])
def test_what_is_no_envelope_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match="it is no DSSE envelope"):
        opened(content, [public(KEY, tmp_path)])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("/nowhere/key.pem", "can't be read: No such file"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "is no private key in PEM without a password"),
    ],
)
def test_a_key_that_is_none_is_told_before_anything_is_built(given: str, said: str) -> None:
    with pytest.raises(ModelyardError, match=f"MODELYARD_SIGNING_KEY.*{said}"):
        Signer.from_environment({"MODELYARD_SIGNING_KEY": given})


def test_a_key_of_another_kind_is_refused() -> None:
    key = generate_rsa(public_exponent=65537, key_size=2048)
    with pytest.raises(ModelyardError, match="neither an Ed25519 nor an ECDSA key"):
        Signer.from_environment({"MODELYARD_SIGNING_KEY": pem(key)})  # type: ignore[arg-type]


def test_a_public_key_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.pub").write_text("hello")
    with pytest.raises(ModelyardError, match=r"no\.pub is no public key in PEM"):
        TrustedKey.read(tmp_path / "no.pub", "no.pub")
