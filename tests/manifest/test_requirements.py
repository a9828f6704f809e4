"""An asset declares the packages that it needs, and nothing that could come from elsewhere than the index."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.manifest.test_load import GOOD

from modelyard.manifest.asset import Asset
from modelyard.manifest.load import ManifestError, read


def declared(folder: Path, requirements: str) -> Asset:
    (folder / "asset.yaml").write_text(f"{GOOD}requirements: {requirements}\n")
    return read(folder / "asset.yaml", Asset, shown_as="asset.yaml")


@pytest.mark.parametrize(
    "requirement",
    ["scipy", "scipy>=1.16,<2", "fonttools[woff,ufo]>=4.60", "soundfile~=0.13", "pywin32; sys_platform == 'win32'"],
)
def test_a_package_is_declared_as_python_has_it(tmp_path: Path, requirement: str) -> None:
    assert declared(tmp_path, f'["{requirement}"]').requirements == [requirement]


@pytest.mark.parametrize(
    ("requirements", "said"),
    [
        ("[./mine]", "requirements.0: write a package and its versions as PEP 508 has it, such as scipy>=1.16"),
        ("['-r other.txt']", "requirements.0: write a package and its versions as PEP 508 has it"),
        ("['scipy>=one']", "requirements.0: write a package and its versions as PEP 508 has it"),
        ("[scipy, 'mine @ https://example.org/mine.whl']", "requirements.1: the package mine must come from the pack"),
        ("['mine @ file:///srv/mine.whl']", "requirements.0: the package mine must come from the package index, with"),
        ('["scipy\\n--index-url https://example.org"]', "requirements.0: 'scipy\\n--index-url https://example.org' do"),
        ("[scipy>=1, SciPy<2]", "requirements: the package SciPy stands here twice; write all that it must satisfy"),
        ("[1.16]", "requirements.0: YAML takes it for 1.16, but it must be text; write it in quotes"),
        (f"[{'a' * 201}]", "requirements.0: string should have at most 200 characters"),
        (f"[{', '.join(f'p{number}' for number in range(51))}]", "requirements: list should have at most 50 items"),
    ],
)
def test_anything_else_is_refused_in_its_line(tmp_path: Path, requirements: str, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        declared(tmp_path, requirements)
    line = GOOD.count("\n") + 1
    assert str(caught.value).startswith(f"asset.yaml:{line}: {said}")


def test_the_container_is_not_told(tmp_path: Path) -> None:
    assert "requirements" not in declared(tmp_path, "[scipy]").served().model_dump()
