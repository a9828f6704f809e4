"""What an error says: in the Open Inference Protocol's shape below /v2, in this server's one shape elsewhere."""

from __future__ import annotations

from modelyard.serving.encode import to_json

PROTOCOL_ROOT = "/v2"


def error_body(path: str, message: str, request_id: str) -> bytes:
    """The JSON that answers a request which failed.

    Args:
        path: What was asked for; empty where the request couldn't be read so far.
        message: What is wrong, and what to do.
        request_id: The id under which the log names the request.
    """
    if path == PROTOCOL_ROOT or path.startswith(f"{PROTOCOL_ROOT}/"):
        return to_json({"error": message})
    return to_json({"status": "error", "message": message, "request_id": request_id})
