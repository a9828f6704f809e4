"""What packages say of their licences, in the several forms that they say it in."""

from __future__ import annotations

from typing import Any

import pytest

from modelyard.catalog.containers.inventory import Inventory, Package, debian_licence, python_licence


def told(**fields: Any) -> dict[str, Any]:
    return {"expression": None, "license": "", "classifiers": [], **fields}


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"expression": "MIT-CMU"}, "MIT-CMU"),
        ({"expression": "MIT", "license": "BSD"}, "MIT"),
        ({"license": "ZPL 2.1", "classifiers": ["License :: OSI Approved :: Zope Public License"]}, "ZPL 2.1"),
        ({"classifiers": ["License :: OSI Approved :: MIT License"]}, "MIT License"),
        ({"classifiers": ["License :: OSI Approved"]}, None),
        (
            {"classifiers": ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: BSD License"]},
            "MIT License OR BSD License",
        ),
        ({"license": "The whole text\nof a licence"}, "The whole text"),
        ({"license": "UNKNOWN"}, None),
        ({"classifiers": ["License :: Other/Proprietary License"]}, None),
        ({}, None),
    ],
)
def test_the_licence_of_a_distribution_is_what_it_declares(fields: dict[str, Any], licence: str | None) -> None:
    assert python_licence(told(**fields)) == licence


def test_a_package_of_debian_declares_its_licence_in_its_copyright_file() -> None:
    assert debian_licence("zlib1g", ["Zlib"]) == "Zlib"
    assert debian_licence("dpkg", ["GPL-2+", "public-domain", "GPL-2+"]) == "GPL-2+, public-domain"
    assert debian_licence("libcrypt1", []) == "as /usr/share/doc/libcrypt1/copyright says"
    assert debian_licence("mystery", None) is None


def test_the_versions_of_everything_have_names_that_can_t_be_mixed_up() -> None:
    found = Inventory(
        interpreter="3.13.5",
        python=[Package(name="dpkg", version="1", licence="MIT")],
        debian=[Package(name="dpkg", version="2", licence="GPL-2+")],
    )
    assert found.versions == {"python": "3.13.5", "dpkg": "1", "debian:dpkg": "2"}
