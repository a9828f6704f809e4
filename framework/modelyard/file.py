"""A file as a pipeline sees it, of whatever kind."""

from __future__ import annotations

from typing import ClassVar

from modelyard.bounds import Bounds
from modelyard.errors import BadInput


class File:
    """The bytes of a file: any bytes, one at least. Nothing else of it is known: no name, no place on a disk.

    What bounds it is the server's limit of a request's body.
    """

    field: ClassVar[str] = "file"
    """The multipart field that clients send a file in."""
    media_types: ClassVar[tuple[str, ...]] = ("application/octet-stream", "*/*")
    written: ClassVar[bool] = False
    most: ClassVar[int] = 16

    def __init__(self, data: bytes) -> None:
        self.data = data

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = Bounds()) -> File:
        """Takes the bytes as they are.

        Args:
            data: Any.
            bounds: None of them is for files.

        Raises:
            BadInput: There are no bytes.
        """
        if not data:
            raise BadInput("the file is empty: send one of at least one byte")
        return cls(data)
