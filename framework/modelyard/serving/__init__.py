"""The server that runs in every container, and the container's other commands."""
