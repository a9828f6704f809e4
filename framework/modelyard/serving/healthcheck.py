"""Exits with 0 if the server is ready: the container's HEALTHCHECK. Imports next to nothing, because it runs often."""

import os
import socket
import sys

host = os.environ.get("HOST", "127.0.0.1")
address = ("127.0.0.1" if host in ("0.0.0.0", "::", "") else host, int(os.environ.get("PORT", "5000")))
with socket.create_connection(address, timeout=3) as connection:
    connection.sendall(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")
    sys.exit(0 if b" 200 " in connection.recv(64) else 1)
