"""A text as a pipeline sees it."""

from __future__ import annotations

from typing import ClassVar

from modelyard.bounds import Bounds
from modelyard.errors import BadInput

_BYTES_PER_CHARACTER = 4


class Text(str):
    """What a user wrote, of one character at least: any language, emoji and right-to-left marks as they came."""

    __slots__ = ()

    field: ClassVar[str] = "text"
    """The field that clients send a text in."""
    media_types: ClassVar[tuple[str, ...]] = ("text/plain",)
    written: ClassVar[bool] = True
    """JSON and forms hold it as it stands, not as a file."""
    most: ClassVar[int] = 128
    """Texts that one request may hold."""

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = Bounds()) -> Text:
        """Reads a text in UTF-8, with or without a byte order mark.

        Args:
            data: The text, encoded.
            bounds: A text of more characters is refused.

        Raises:
            BadInput: The bytes are no UTF-8, or nothing but white space (400), or the text is too long (413).
        """
        too_long = BadInput(f"the text is too long: send one of at most {bounds.characters:,} characters", code=413)
        if len(data) > _BYTES_PER_CHARACTER * (bounds.characters + 1):
            raise too_long
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInput(f"this is no text in UTF-8 (byte {error.start:,} can't be read): save it as UTF-8") from None
        if not text.strip():
            raise BadInput("the text is empty: send at least one word")
        if len(text) > bounds.characters:
            raise too_long
        return cls(text)
