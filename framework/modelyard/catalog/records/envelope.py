"""Signed documents: DSSE envelopes (https://github.com/secure-systems-lab/dsse), by Ed25519 or ECDSA keys.

Keys are PEM files, as `openssl genpkey` writes them. A key is named by the SHA-256 of its public half, in DER.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from modelyard.errors import ModelyardError

PAYLOAD_TYPE = "application/vnd.in-toto+json"

_PEM = "-----BEGIN "
_LARGEST = 100_000
_HOW = "make one with: openssl genpkey -algorithm ed25519 -out key.pem"


@dataclass(frozen=True)
class Signer:
    """Who signs.

    Attributes:
        key: The private key.
    """

    key: Ed25519PrivateKey | EllipticCurvePrivateKey

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Signer | None:
        """The signer whose key `$MODELYARD_SIGNING_KEY` holds or names the file of; None where it is not set.

        Raises:
            ModelyardError: There is no such key.
        """
        given = environment.get("MODELYARD_SIGNING_KEY", "").strip()
        if not given:
            return None
        pem = given.encode() if given.startswith(_PEM) else _read(Path(given), "MODELYARD_SIGNING_KEY")
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ModelyardError(f"MODELYARD_SIGNING_KEY is no private key in PEM without a password: {_HOW}") from None
        if not isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey):
            raise ModelyardError(f"MODELYARD_SIGNING_KEY is neither an Ed25519 nor an ECDSA key: {_HOW}")
        return cls(key)

    def sign(self, payload: bytes) -> bytes:
        """An envelope with the payload, as JSON."""
        message = _encoded(payload)
        if isinstance(self.key, Ed25519PrivateKey):
            signature = self.key.sign(message)
        else:
            signature = self.key.sign(message, ECDSA(hashes.SHA256()))
        signatures = [{"keyid": key_id(self.key.public_key()), "sig": base64.b64encode(signature).decode()}]
        envelope = {
            "payloadType": PAYLOAD_TYPE,
            "payload": base64.b64encode(payload).decode(),
            "signatures": signatures,
        }
        return json.dumps(envelope, indent=1).encode()


@dataclass(frozen=True)
class TrustedKey:
    """Whose signatures count.

    Attributes:
        name: What messages call it.
        key: The public key.
    """

    name: str
    key: Ed25519PublicKey | EllipticCurvePublicKey

    @classmethod
    def read(cls, path: Path, name: str) -> TrustedKey:
        """A public key from a PEM file.

        Raises:
            ModelyardError: There is none.
        """
        try:
            key = serialization.load_pem_public_key(_read(path, name))
        except (ValueError, UnsupportedAlgorithm):
            raise ModelyardError(
                f"{name} is no public key in PEM: make it with: openssl pkey -in key.pem -pubout"
            ) from None
        if not isinstance(key, Ed25519PublicKey | EllipticCurvePublicKey):
            raise ModelyardError(f"{name} is neither an Ed25519 nor an ECDSA key: {_HOW}")
        return cls(name, key)

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's."""
        try:
            if isinstance(self.key, Ed25519PublicKey):
                self.key.verify(signature, message)
            else:
                self.key.verify(signature, message, ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def key_id(key: Ed25519PublicKey | EllipticCurvePublicKey) -> str:
    """What a key is named by."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def opened(envelope: bytes, trusted: Iterable[TrustedKey]) -> tuple[dict[str, Any], TrustedKey]:
    """The statement in an envelope, and whose signature it bears.

    Raises:
        ModelyardError: It is no envelope, or nobody who is trusted has signed it.
    """
    try:
        outer = json.loads(envelope)
        payload = base64.b64decode(outer["payload"], validate=True)
        signatures = [base64.b64decode(one["sig"], validate=True) for one in outer["signatures"]]
        typed = outer["payloadType"] == PAYLOAD_TYPE
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        raise ModelyardError("it is no DSSE envelope") from None
    message = _encoded(payload)
    signer = next((key for key in trusted if any(key.signed(one, message) for one in signatures)), None)
    if signer is None or not typed:
        raise ModelyardError("none of its signatures is one of a trusted key")
    try:
        statement = json.loads(payload)
    except (ValueError, RecursionError):
        raise ModelyardError("what is signed is no JSON") from None
    if not isinstance(statement, dict):
        raise ModelyardError("what is signed is no statement")
    return statement, signer


def _encoded(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the payload with its type."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise ModelyardError(f"{name}: the key {path} can't be read: {error.strerror}; {_HOW}") from None
