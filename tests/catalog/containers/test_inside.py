"""What a script in a container may say."""

from __future__ import annotations

from itertools import repeat

import pytest

from modelyard.catalog.containers.inside import gathered
from modelyard.errors import ModelyardError


def test_the_two_streams_are_kept_apart() -> None:
    assert gathered([(b"[1", None), (None, b"a warning"), (b", 2]", b"!")]) == (b"[1, 2]", b"a warning!")


@pytest.mark.parametrize("piece", [(b"x" * 65536, None), (None, b"x" * 65536)])
def test_what_has_no_end_is_cut_off(piece: tuple[bytes | None, bytes | None]) -> None:
    with pytest.raises(ModelyardError, match="said more than 16,000,000 bytes"):
        gathered(repeat(piece))
