"""What snippets are about: one image, and one question that it is asked."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

PORT = 5001
"""Where snippets expose the container on the reader's machine: 5000 is taken on many."""

_STAND_INS = {"image": "photo.jpg", "audio": "sound.wav", "text": "text.txt"}


@dataclass(frozen=True)
class Subject:
    """An image and a question.

    Attributes:
        name: The asset.
        repository: The image's full name.
        digest: Its digest.
        variant: Which line it belongs to.
        parameters: What is sent along.
        field: The field that inputs are sent in.
        media_type: The usual kind of input.
        written: Whether JSON holds the input as it stands, and not as a file.
        sample: The name of a sample that the image brings along; empty where none is known.
        text: The input, where it is a short text; None otherwise.
        answer: The name to keep an answer under that is a file; empty where answers are JSON.
        memory: Megabytes that it may take with its samples, by its budget or as it was measured; None where nothing
            says it.
    """

    name: str
    repository: str
    digest: str
    variant: str
    parameters: Mapping[str, object]
    field: str = "file"
    media_type: str = "application/octet-stream"
    written: bool = False
    sample: str = ""
    text: str | None = None
    answer: str = ""
    memory: int | None = None

    @property
    def pinned(self) -> str:
        """This very image."""
        return f"{self.repository}@{self.digest}"

    @property
    def tagged(self) -> str:
        """The newest image of its line."""
        return f"{self.repository}:latest-gpu" if self.variant == "gpu" else self.repository

    @property
    def here(self) -> str:
        """Where the container is reached."""
        return f"http://127.0.0.1:{PORT}"

    @property
    def predict(self) -> str:
        """Where it is asked, with what is sent along."""
        return f"{self.here}/model/predict{f'?{urlencode(self.sent)}' if self.parameters else ''}"

    @property
    def sent(self) -> dict[str, str]:
        """The parameters, as a form has them."""
        return {name: str(one).lower() if isinstance(one, bool) else str(one) for name, one in self.parameters.items()}

    @property
    def file(self) -> str:
        """A file's name that means nothing to a shell."""
        if not self.sample:
            return _STAND_INS.get(self.media_type.partition("/")[0], "input")
        return re.sub(r"[^\w.-]|^[.-]", "_", posixpath.basename(self.sample), flags=re.ASCII) or "input"

    @property
    def source(self) -> str:
        """Where the container itself gives the sample; empty where none is known."""
        return f"{self.here}/app/samples/{quote(self.sample)}" if self.sample else ""
