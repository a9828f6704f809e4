"""Which certificates a registry is trusted by, and which it is shown: the machine's, and those in Docker's folder."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import certifi

from modelyard.errors import ModelyardError

FOLDER = Path("/etc/docker/certs.d")
"""Docker's own folder; `HOST:PORT/` in it holds `ca.crt`, and `client.cert` with `client.key`."""

_UNKNOWN_ISSUER = (2, 18, 19, 20, 21)  # OpenSSL's X509_V_ERR_…: a better CA would help


def context(host: str, folder: Path) -> ssl.SSLContext:
    """What connections to a registry are made with.

    The machine's own CAs are trusted, with those that SSL_CERT_FILE names, and each `*.crt` of the host's folder. Each
    `*.cert` of it is shown to who asks, with the key beside it, as Docker does.

    Args:
        host: Name and port, as image names have them.
        folder: Where the folders of hosts are.

    Raises:
        ModelyardError: A file can't be read, or a certificate has no key.
    """
    made = ssl.create_default_context()
    bundle = Path(_bundle())
    try:
        made.load_verify_locations(capath=bundle) if bundle.is_dir() else made.load_verify_locations(bundle)
    except OSError as error:
        raise ModelyardError(
            f"{bundle}: the CAs in it can't be read ({error.strerror}): mend REQUESTS_CA_BUNDLE"
        ) from None
    own = folder / host
    try:
        files = sorted(own.iterdir()) if own.is_dir() else []
    except OSError as error:
        raise ModelyardError(f"{own}: it can't be read ({error.strerror}): let this user read it") from None
    for file in files:
        try:
            if file.suffix == ".crt":
                made.load_verify_locations(file)
            elif file.suffix == ".cert":
                made.load_cert_chain(file, _key(file), password=lambda: b"")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            reason = error.strerror if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) else None
            raise ModelyardError(
                f"{file}: it can't be used ({reason or 'not what it should hold'}): put a certificate in PEM there, "
                "with its key without a password"
            ) from None
    return made


def _key(certificate: Path) -> Path:
    key = certificate.with_suffix(".key")
    if not key.is_file():
        raise ModelyardError(f"{certificate}: its key {key.name} is missing beside it")
    return key


def _bundle() -> str:
    """The file of CAs that is trusted beside the machine's: the one that the usual variables name, else certifi's."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where()


def refusal(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The certificate's fault that is under an error, if there is one."""
    seen: list[object] = [error]
    for one in seen:
        if isinstance(one, ssl.SSLCertVerificationError):
            return one
        if isinstance(one, BaseException) and len(seen) < 100:
            seen += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
    return None


def advice(host: str, folder: Path, fault: ssl.SSLCertVerificationError) -> str:
    """What to do about a certificate that is not trusted."""
    if fault.verify_code in _UNKNOWN_ISSUER:
        return f"put the certificate of its CA into {folder / host / 'ca.crt'}, or name it in SSL_CERT_FILE"
    return "give the registry a certificate that fits its name and today's date"
