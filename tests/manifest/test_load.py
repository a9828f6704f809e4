"""A manifest that is wrong is told in one line a mistake: file, line, field, what is wrong and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.manifest.asset import Asset
from modelyard.manifest.catalog import Catalog
from modelyard.manifest.load import ManifestError, parse, read

GOOD = """\
name: good
version: 1.0.0
title: Good
summary: Does all that is asked of it.
task: image-segmentation
license: Apache-2.0
source: https://example.org/good
pipeline: pipeline:Good
variants:
  cpu: litert
weights:
  - path: network
    source: npm:network@1.2.3
    sha256: 203ed3d8b2891f76616555a25378ef823a1def9a505143a8196dfc28f73bcd87
    license: MIT
samples:
  - input: samples/street.jpg
    expected: samples/street.expected.png
    license: CC0-1.0
    origin: Made for this test
budgets: { image_size: 450MB, ready: 3s }
card:
  domain: Vision
  application: Tests
  framework: None
  training_data: None
  input_format: A photo
  limits: It does nothing.
  ethical_considerations: It harms nobody.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the manifest is written to."""
    return tmp_path / "asset.yaml"


def mistakes(file: Path, manifest: str | bytes) -> list[str]:
    """What is said of a manifest."""
    file.write_bytes(manifest if isinstance(manifest, bytes) else manifest.encode())
    with pytest.raises(ManifestError) as caught:
        read(file, Asset, shown_as="asset.yaml")
    assert str(caught.value) == "\n".join(caught.value.mistakes)
    return caught.value.mistakes


def changed(old: str, new: str) -> str:
    """The good manifest with a change."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_good_manifest_is_read_with_its_units(file: Path) -> None:
    file.write_text(GOOD)
    asset = read(file, Asset)
    assert asset.name == "good"
    assert asset.budgets.image_size == 450_000_000
    assert asset.budgets.ready == 3.0
    assert asset.weights[0].member is None


def test_the_line_of_every_value_is_known(file: Path) -> None:
    file.write_text(GOOD)
    data, lines = parse(file, shown_as="asset.yaml")
    assert data["samples"][0]["origin"] == "Made for this test"
    assert lines[()] == 1
    assert lines["variants", "cpu"] == 10
    assert lines["samples", 0] == 17
    assert lines["samples", 0, "origin"] == 20
    assert lines["budgets", "ready"] == 21


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Good", "titel: Good", "asset.yaml:3: titel: there is no such key; did you mean 'title'?"),
        ("title: Good\n", "", "asset.yaml:1: title: it is missing; add it"),
        ("  domain: Vision\n", "", "asset.yaml:22: card.domain: it is missing; add it"),
        (
            "  cpu: litert",
            "  cpu: [litert]",
            "asset.yaml:10: variants.cpu: input should be a valid string (found ['litert'])",
        ),
        ("cpu: litert", "tpu: litert", "asset.yaml:10: variants.tpu: input should be 'cpu' or 'gpu' (found 'tpu')"),
        (
            "version: 1.0.0",
            "version: 1.0",
            "asset.yaml:2: version: YAML takes it for 1.0, but it must be text; write it in quotes",
        ),
        (
            "title: Good",
            "title: yes",
            "asset.yaml:3: title: YAML takes it for True, but it must be text; write it in quotes",
        ),
        (
            "version: 1.0.0",
            "version: 2024-01-02",
            "asset.yaml:2: version: YAML takes it for 2024-01-02, but it must be text; write it in quotes",
        ),
        (
            "version: 1.0.0",
            "version: 2024-02-30",
            "asset.yaml:2: version: '2024-02-30' is no timestamp; write it in quotes",
        ),
        ("title: Good", "name: again", "asset.yaml:3: the key 'name' stands here twice; remove one"),
        ("title: Good", "3: Good", "asset.yaml:3: the key 3 must be text; write it in quotes"),
        (
            "version: 1.0.0",
            "version: 1.0.0.0",
            r"asset.yaml:2: version: '1.0.0.0' doesn't have the form "
            r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$",
        ),
        (
            "450MB",
            "450",
            "asset.yaml:21: budgets.image_size: write a size such as 450MB, in B, KB, MB or GB (found 450)",
        ),
        (
            "3s",
            "3 parsecs",
            "asset.yaml:21: budgets.ready: write a duration such as 3s, in ms, s, m, h or d (found '3 parsecs')",
        ),
        (
            "samples/street.jpg",
            "../street.jpg",
            "asset.yaml:17: samples.0.input: write a path inside the asset's folder, with forward slashes and without "
            "'..' (found '../street.jpg')",
        ),
        (
            "    origin: Made",
            "    parameters: { threshold: [1] }\n    origin: Made",
            "asset.yaml:20: samples.0.parameters.threshold: it must be text, a number, true or false (found [1])",
        ),
        ("card:\n", "card: none\nkard:\n", "asset.yaml:22: card: it must hold keys and values"),
    ],
)
def test_a_mistake_is_told_with_its_line(file: Path, old: str, new: str, said: str) -> None:
    assert said in mistakes(file, changed(old, new))


def test_every_mistake_is_told_at_once(file: Path) -> None:
    manifest = changed("title:", "titel:").replace("domain:", "domane:")
    assert mistakes(file, manifest) == [
        "asset.yaml:1: title: it is missing; add it",
        "asset.yaml:22: card.domain: it is missing; add it",
        "asset.yaml:23: card.domane: there is no such key; did you mean 'domain'?",
        "asset.yaml:3: titel: there is no such key; did you mean 'title'?",
    ]


def test_a_sample_is_good_or_bad_and_not_both(file: Path) -> None:
    (said,) = mistakes(file, changed("    expected: samples/street.expected.png\n", ""))
    assert said.startswith(
        "asset.yaml:17: samples.0: give either `expected` (a good input) or `error` (a bad one) (found "
    )


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("name: good\n\ttitle: x\n", "asset.yaml:2: it is no YAML: "),
        ("\tname: good\n", "asset.yaml:1: it is no YAML: found character '\\t' that cannot start any token"),
        ("name: &a x\ntitle: *a\n", "asset.yaml:1: it is no YAML: anchors (& and *) are not read here"),
        ("name: 'good\n", "asset.yaml:2: it is no YAML: found unexpected end of stream"),
        ("a: b\n---\nc: d\n", "asset.yaml:2: it is no YAML: but found another document"),
        ('name: x\ntitle: "\\UFFFFFFFF"\n', "asset.yaml:2: it is no YAML: "),
        ("name: !!python/object:os.system x\n", "asset.yaml:1: it is no YAML: could not determine a constructor"),
        ("title: \0\n", "asset.yaml: it is no YAML: unacceptable character #x0000"),
        (b"name: good\ntitle: Gr\xfc\xdfe\n", "asset.yaml:2: it is not UTF-8 text; save it as UTF-8"),
        ("", "asset.yaml:1: the file: it must hold keys and values"),
        ("- a\n- b\n", "asset.yaml:1: the file: it must hold keys and values"),
        ("a: " + "[" * 30 + "]" * 30, "asset.yaml:1: it is nested more than 20 levels deep"),
        ("a: " + "[" * 5_000, "asset.yaml:1: it is nested more than 20 levels deep"),
        ("a: " + "x" * 1_000_000, "asset.yaml: a manifest has at most 1,000,000 bytes; move long prose to README.md"),
        ("version: " + "9" * 5_000, "asset.yaml:1: version: '9999"),
        ("version: 0x" + "f" * 5_000, "asset.yaml:1: version: '0xffff"),
        ("version: !!int x", "asset.yaml:1: version: 'x' is no int; write it in quotes"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_manifest_at_all_is_told(file: Path, manifest: str | bytes, said: str) -> None:
    assert mistakes(file, manifest)[0].startswith(said)


def test_a_value_is_shown_in_part(file: Path) -> None:
    assert all(len(said) < 400 for said in mistakes(file, changed("name: good", f"name: {'X' * 100_000}")))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"^catalog\.yaml: it can't be read: No such file or directory$"):
        read(tmp_path / "catalog.yaml", Catalog, shown_as="catalog.yaml")


def _read(data: bytes, file: Path) -> None:
    """Reads bytes as either manifest; nothing but a ManifestError may come of it."""
    file.write_bytes(data)
    for model in (Asset, Catalog):
        try:
            read(file, model, shown_as="asset.yaml")
        except ManifestError as error:
            wrong = [said for said in error.mistakes if not said.startswith("asset.yaml") or "\n" in said]
            if wrong or not error.mistakes:
                pytest.fail(f"no line a mistake: {error.mistakes}")


YAML = st.text("abc01.: -[]{},?!&*|>'\"#%@~=\\\n\t", max_size=60)
TAGS = ["!!int", "!!float", "!!bool", "!!timestamp", "!!null", "!!binary", "!!set", "!!omap", "!!str", "<<:", "? "]


@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_manifest_or_a_manifest_error(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    _read(data, tmp_path_factory.getbasetemp() / "bytes.yaml")


@settings(deadline=None)
@given(start=YAML, tag=st.sampled_from(TAGS), end=YAML)
def test_anything_like_yaml_is_a_manifest_or_a_manifest_error(
    start: str, tag: str, end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _read(f"{start}{tag} {end}".encode(), tmp_path_factory.getbasetemp() / "text.yaml")


@settings(deadline=None)
@given(line=st.integers(0, GOOD.count("\n")), text=YAML)
def test_a_manifest_with_any_line_spoiled_is_a_manifest_or_a_manifest_error(
    line: int, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = GOOD.split("\n")
    lines[line] = text
    _read("\n".join(lines).encode(), tmp_path_factory.getbasetemp() / "lines.yaml")
