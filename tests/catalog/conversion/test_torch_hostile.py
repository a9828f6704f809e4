"""Whatever a PyTorch file names, calls or claims, it is only read, and costs no more than it weighs."""

from __future__ import annotations

import os
import pickle
import re
import struct
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.catalog.conversion.torch_saved import (
    MAGIC,
    VERSION,
    archive_of,
    call,
    dictionary,
    number,
    refusal,
    row,
    storage,
    tensor,
    text,
    tuple_of,
)

from modelyard.catalog.conversion import ConversionError
from modelyard.catalog.conversion.torch.state_dict import is_torch, read

FILES = Path(__file__).parent / "torch_files"
reusing_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


class Wish:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


HAPPENED: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def watch() -> Iterator[None]:
    """Python tells what is imported, started, compiled or unpickled; there is no way to stop it from telling."""
    watching = True
    told = ("import", "os.", "subprocess", "exec", "compile", "pickle", "socket")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event.startswith(told):
            HAPPENED.append(event)

    sys.addaudithook(hook)
    yield
    watching = False


@contextmanager
def nothing_happens() -> Iterator[None]:
    """Holds a block of code to doing nothing of the kind."""
    HAPPENED.clear()
    yield
    assert not HAPPENED


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("form", ["row", "archive"])
@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (os.system, "touch {}"),
        (os.mkdir, "{}"),
        (eval, "__import__('os').mkdir('{}')"),
        (exec, "import os; os.mkdir('{}')"),
    ],
)
def test_no_function_is_called(
    tmp_path: Path, function: Callable[..., Any], argument: str, form: str, protocol: int
) -> None:
    mark = tmp_path / "executed"
    content = pickle.dumps({"a": Wish(function, argument.format(mark))}, protocol)
    path = tmp_path / "weights.pth"
    if form == "row":
        path.write_bytes(MAGIC + VERSION + b"\x80\x02}(" + text("little_endian") + b"\x88u." + content)
    else:
        archive_of(path, {"data.pkl": content})
    refusal(path)  # loads what reading it needs
    with nothing_happens():
        said = refusal(path)
    assert not mark.exists()
    assert "torch.save does not write" in said or "which is no part of a dictionary of tensors" in said
    pickle.loads(content)
    assert mark.exists(), "Python's own reader does what it is told"


@pytest.mark.parametrize(
    ("pickled", "word"),
    [
        (call("os", "system", text("true")), "names os.system"),
        (call("torch._utils", "_rebuild_tensor_v2", text("no storage")), "damaged"),
        (call("torch", "FloatStorage", number(3)), "calls what is no function"),
        (text("a function") + b")R", "calls what is no function"),
        (b"ccollections\nOrderedDict\n" + b"\x89R", "calls what is no function"),
        (call("collections", "OrderedDict", b"](" + text("a") + b"e"), "damaged"),
        (text("text") + text("state") + b"b", "attributes to what is no dictionary"),
        (b"](" + text("a") + b"e", "no dictionary"),
        (dictionary({"a": number(3)}), "'a' is no tensor"),
        (dictionary({"a": dictionary({})}), "'a' is no tensor"),
        (dictionary({"\x1b[31m" * 99: number(3)}), "is no tensor"),
        (call("collections", "OrderedDict") + b"(" + number(1) + number(2) + b"u", "no text in a dictionary"),
        (call("collections", "OrderedDict") + b"(" + text("a") + b"u", "damaged"),
        (b"}" + text("a") + b"a", "no list"),
        (b"0", "POP"),
        (b"", "damaged"),
        (b"t", "damaged"),
        (b"h\x07", "damaged"),
        (b"\x85", "damaged"),
        (text("a") + text("b"), "damaged"),
        (text("never") + b"Q", "refers to what is no storage"),
        (tuple_of(text("storage")) + b"Q", "damaged"),
        (tuple_of(text("module"), *[text("x")] * 5) + b"Q", "refers to what is no storage"),
        (b"X" + struct.pack("<I", 2**32 - 1) + b"a", "damaged"),
        (b"\x8a\xff", "damaged"),
        (text("a") + b"r" + struct.pack("<I", 2**32 - 1) + b"j" + struct.pack("<I", 2**32 - 2), "damaged"),
    ],
)
def test_what_torch_save_would_not_write_is_refused_in_words(tmp_path: Path, pickled: bytes, word: str) -> None:
    assert re.search(word, refusal(tmp_path / "weights", row(pickled, [], [])))
    archive = archive_of(tmp_path / "archive", {"data.pkl": b"\x80\x02" + pickled + b"."})
    assert re.search(word, refusal(archive))


def test_attributes_of_a_dictionary_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(row(dictionary({}) + b"}" + text("_metadata") + dictionary({}) + b"sb", [], []))
    assert read(path) == {}


def test_what_lengths_are_claimed_costs_no_memory(tmp_path: Path) -> None:
    claims = [
        b"X" + struct.pack("<I", 2**32 - 1),
        text("a") + b"r" + struct.pack("<I", 2**32 - 1),
        b"\x8b" + struct.pack("<i", 2**31 - 1),
        b"\x95" + struct.pack("<Q", 2**62),
        dictionary({"a": tensor(storage("0", 2**31 - 1), (2**31 - 1,), (1,))}),
        dictionary({"a": tensor(storage("0", 1), (2**31 - 1, 2**31 - 1), (0, 0))}),
    ]
    # Each tuple holds the one before it twice: 2 to the power of 64 texts, if anybody wrote it out.
    claims.append(text("a") + b"q\x00" + b"h\x00\x86q\x00h\x00" * 64)
    for claim in claims:
        content = row(claim, ["0"], [(1, bytes(4))])
        tracemalloc.start()
        refusal(tmp_path / "weights", content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2_000_000, claim[:20]


@given(st.sampled_from(["row", "archive"]), st.data())
@settings(reusing_folder, max_examples=400)
def test_a_damaged_file_is_read_or_refused_and_does_nothing(tmp_path: Path, form: str, data: st.DataObject) -> None:
    content = bytearray((FILES / f"{form}.pth").read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content)) | st.just(len(content))) :]
    path = tmp_path / "weights"
    path.write_bytes(content)
    with nothing_happens():
        try:
            found = read(path) if is_torch(path) else {}
        except ConversionError:
            return
        assert all(isinstance(array.tolist(), list | float | int | bool) for array in found.values())
    assert sum(array.nbytes for array in found.values()) < 10_000


@given(st.binary(max_size=60))
@settings(reusing_folder, max_examples=400)
def test_no_pickle_at_all_does_anything(tmp_path: Path, pickled: bytes) -> None:
    (tmp_path / "weights").write_bytes(row(pickled, [], []))
    with nothing_happens():
        try:
            found = read(tmp_path / "weights")
        except ConversionError:
            return
    assert found == {}
