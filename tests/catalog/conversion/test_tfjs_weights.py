"""The weights of a TF.js model are read as TF.js reads them, or refused in words."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modelyard.catalog.conversion import ConversionError
from modelyard.catalog.conversion.tfjs.manifest import STORED_TYPES, Weight, parse_manifest
from modelyard.catalog.conversion.tfjs.weights import Values, decode, read_weights

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
PLAIN = sorted(set(STORED_TYPES) - {"bool"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
reusing_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def spec(name: str, values: Values, **more: Any) -> dict[str, Any]:
    return {"name": name, "shape": list(values.shape), "dtype": str(values.dtype), **more}


def read(folder: Path, specs: list[Any], *shards: bytes) -> dict[str, Values]:
    for old in folder.iterdir():
        old.unlink()
    names = [f"shard{number}" for number in range(len(shards))]
    for name, shard in zip(names, shards, strict=True):
        (folder / name).write_bytes(shard)
    return read_weights(parse_manifest([{"paths": names, "weights": specs}], folder / "model.json"), folder)


def refusal(folder: Path, specs: list[Any], *shards: bytes) -> str:
    with pytest.raises(ConversionError) as caught:
        read(folder, specs, *shards)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(st.sampled_from(PLAIN).flatmap(lambda dtype: arrays.arrays(np.dtype(dtype), SHAPES)))
@reusing_folder
def test_plain_values_come_back_bit_by_bit(tmp_path: Path, values: Values) -> None:
    read_back = read(tmp_path, [spec("w", values)], values.tobytes())["w"]
    assert (read_back.dtype, read_back.shape) == (values.dtype, values.shape)
    assert read_back.tobytes() == values.tobytes()


@given(arrays.arrays(np.bool_, SHAPES))
@reusing_folder
def test_booleans_come_back(tmp_path: Path, values: Values) -> None:
    assert np.array_equal(read(tmp_path, [spec("w", values)], values.tobytes())["w"], values)


@given(st.lists(st.binary(max_size=300), max_size=8))
@reusing_folder
def test_strings_come_back(tmp_path: Path, strings: list[bytes]) -> None:
    stored = b"".join(len(one).to_bytes(4, "little") + one for one in strings)
    weight = {"name": "w", "shape": [len(strings)], "dtype": "string"}
    assert list(read(tmp_path, [weight], stored)["w"]) == strings


@given(
    st.sampled_from(["uint8", "uint16"]).flatmap(lambda dtype: arrays.arrays(np.dtype(dtype), SHAPES)),
    st.floats(1e-6, 1e3),
    st.floats(-1e3, 1e3),
)
@reusing_folder
def test_quantised_numbers_are_scaled_in_double_and_rounded_once(
    tmp_path: Path, stored: Values, scale: float, minimum: float
) -> None:
    quantization = {"dtype": str(stored.dtype), "scale": scale, "min": minimum}
    weight = {"name": "w", "shape": list(stored.shape), "dtype": "float32", "quantization": quantization}
    read_back = read(tmp_path, [weight], stored.tobytes())["w"]
    expected = [np.float32(int(one) * scale + minimum) for one in stored.flat]
    assert read_back.dtype == np.float32
    assert read_back.ravel().tolist() == expected


def test_quantised_integers_round_halves_up_as_javascript_does(tmp_path: Path) -> None:
    weight = {
        "name": "w",
        "shape": [4],
        "dtype": "int32",
        "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0},
    }
    assert read(tmp_path, [weight], bytes([0, 1, 2, 3]))["w"].tolist() == [-1, 0, 0, 1]


def test_half_precision_is_widened(tmp_path: Path) -> None:
    stored = np.array([0.5, -65504, np.inf], np.float16)
    weight = {"name": "w", "shape": [3], "dtype": "float32", "quantization": {"dtype": "float16"}}
    assert read(tmp_path, [weight], stored.tobytes())["w"].tolist() == [0.5, -65504, np.inf]


def test_a_quantised_integer_that_int32_can_not_hold_is_refused(tmp_path: Path) -> None:
    weight = {
        "name": "w",
        "shape": [1],
        "dtype": "int32",
        "quantization": {"dtype": "uint8", "scale": 1e30, "min": 0},
    }
    assert "does not fit int32" in refusal(tmp_path, [weight], b"\x01")


@given(st.data())
@reusing_folder
def test_it_does_not_matter_where_shards_are_cut(tmp_path: Path, data: st.DataObject) -> None:
    first, second = np.arange(7, dtype=np.float32), np.arange(5, dtype=np.int32)
    content = first.tobytes() + second.tobytes()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=5)))
    shards = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    weights = read(tmp_path, [spec("a", first), spec("b", second)], *shards)
    assert np.array_equal(weights["a"], first)
    assert np.array_equal(weights["b"], second)


@given(st.data())
@reusing_folder
def test_any_other_number_of_bytes_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    numbers, stored_strings = np.arange(3, dtype=np.float32), b"\x02\0\0\0ab\0\0\0\0"
    specs = [spec("n", numbers), {"name": "s", "shape": [2], "dtype": "string"}]
    content = numbers.tobytes() + stored_strings
    cut = data.draw(st.integers(0, len(content) - 1))
    assert "cut off" in refusal(tmp_path, specs, content[:cut])
    assert "not of the same export" in refusal(tmp_path, specs, content + bytes(cut + 1))


def test_the_shard_that_is_cut_off_is_named_and_so_is_the_weight(tmp_path: Path) -> None:
    specs = [spec("first", np.zeros(2, np.float32)), spec("second", np.zeros(3, np.float32))]
    in_the_middle = refusal(tmp_path, specs, bytes(8), bytes(7), bytes(4))
    assert f"{tmp_path / 'shard1'} seems cut off" in in_the_middle
    assert "second needs bytes 8 to 20" in in_the_middle
    assert f"{tmp_path / 'shard2'} seems cut off" in refusal(tmp_path, specs, bytes(8), bytes(8), bytes(1))


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    groups = parse_manifest([{"paths": ["gone.bin"], "weights": []}], tmp_path / "model.json")
    with pytest.raises(ConversionError, match=r"gone\.bin is missing.*fetch it too"):
        read_weights(groups, tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "link"])
def test_a_shard_outside_the_folder_is_not_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"")
    (folder / "link").symlink_to(tmp_path / "secret")
    groups = parse_manifest([{"paths": [name], "weights": []}], folder / "model.json")
    with pytest.raises(ConversionError, match="outside the folder"):
        read_weights(groups, folder)


@pytest.mark.parametrize("name", ["nul\0byte", "x" * 5000, "\ud800"])
def test_a_shard_with_an_impossible_name_is_refused(tmp_path: Path, name: str) -> None:
    groups = parse_manifest([{"paths": [name], "weights": []}], tmp_path / "model.json")
    with pytest.raises(ConversionError, match="no file name"):
        read_weights(groups, tmp_path)


def test_what_a_model_names_can_not_break_the_line(tmp_path: Path) -> None:
    weight = {"name": "w\nerror: \x1b[31m", "shape": [1], "dtype": "float32"}
    assert refusal(tmp_path, [weight], b"").isprintable()


@pytest.mark.parametrize("dtype", ["float32", "string"])
def test_a_size_beyond_all_memory_is_refused_before_it_is_taken(tmp_path: Path, dtype: str) -> None:
    weight = {"name": "w", "shape": [2**31 - 1] * 32, "dtype": dtype}
    assert "cut off" in refusal(tmp_path, [weight], bytes(16))


def test_an_empty_weight_of_impossible_shape_is_refused(tmp_path: Path) -> None:
    assert "can't have the shape" in refusal(
        tmp_path, [{"name": "w", "shape": [0] + [2**31 - 1] * 5, "dtype": "int32"}], b""
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"name": 3}, "object with a name"),
        ({"shape": [-1]}, "list of at most 32 sizes"),
        ({"shape": [2.0]}, "list of at most 32 sizes"),
        ({"shape": [True]}, "list of at most 32 sizes"),
        ({"shape": [1] * 33}, "list of at most 32 sizes"),
        ({"dtype": "float128"}, "be one of bool"),
        ({"dtype": ["float32"]}, "be one of bool"),
        ({"quantization": {"dtype": "int4", "scale": 1, "min": 0}}, "dtype of uint8"),
        ({"quantization": {"dtype": "uint8", "scale": 1}}, "finite numbers scale and min"),
        (
            {"quantization": {"dtype": "uint8", "scale": float("nan"), "min": 0}},
            "finite numbers scale and min",
        ),
        ({"quantization": {"dtype": "uint8", "scale": 10**400, "min": 0}}, "finite numbers scale and min"),
        ({"quantization": {"dtype": "float16"}, "dtype": "int32"}, "quantise float32, not int32"),
        ({"quantization": []}, "dtype of uint8"),
    ],
)
def test_an_entry_that_tfjs_would_not_write_is_refused(tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    message = refusal(tmp_path, [{"name": "w", "shape": [1], "dtype": "float32"} | change], bytes(4))
    assert complaint in message
    assert "model.json: weightsManifest[0].weights[0]" in message


def test_a_weight_listed_twice_is_refused(tmp_path: Path) -> None:
    weight = {"name": "w", "shape": [1], "dtype": "float32"}
    assert "'w' twice" in refusal(tmp_path, [weight, weight], bytes(8))


@given(JSON | st.lists(st.fixed_dictionaries({"paths": JSON, "weights": st.lists(JSON, max_size=3)}), max_size=3))
def test_whatever_the_manifest_is_it_is_read_or_refused(value: Any) -> None:
    with contextlib.suppress(ConversionError):
        parse_manifest(value, Path("model.json"))


def test_decoding_takes_exactly_the_bytes_of_one_weight() -> None:
    assert decode(Weight("w", (2, 1), "int32"), np.array([5, -6], np.int32).tobytes()).tolist() == [[5], [-6]]
