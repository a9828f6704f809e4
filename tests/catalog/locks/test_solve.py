"""uv is given the machine's package index, and its words are given to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.catalog.building.host import certificates
from modelyard.catalog.locks.solve import Goal, Solver, index, words
from modelyard.errors import ModelyardError

CONFLICT = """\
error: No solution found when resolving dependencies for split (markers: python_full_version >= '3.12')
  cause: Because scipy==1.18.1 depends on numpy>=2.0.0 and scipy==1.17.1 depends on numpy==1.0, we can conclude that
         scipy>=1.17 cannot be used.
         And because you require scipy>=1.17, we can conclude that your requirements are unsatisfiable.

hint: Consider limiting your project's supported Python versions.
"""


def test_a_conflict_is_one_line() -> None:
    said = words(CONFLICT)
    assert said.startswith("No solution found when resolving dependencies for split")
    assert said.endswith("we can conclude that your requirements are unsatisfiable.")
    assert "\n" not in said
    assert "hint" not in said


def test_of_a_long_explanation_the_beginning_and_the_end_are_shown() -> None:
    said = words("error: It failed\n" + "  because of this\n" * 1_000 + "  and so it ends.\n")
    assert said.startswith("It failed because of this")
    assert " … " in said
    assert said.endswith("and so it ends.")
    assert len(said) < 800


def test_silence_is_said() -> None:
    assert words("\n") == "uv failed and said nothing"


def test_uv_uses_the_index_the_certificates_and_the_proxy_that_pip_uses(tmp_path: Path) -> None:
    bundle = tmp_path / "company.pem"
    bundle.touch()
    settings = {
        "index-url": "https://index.example.org/simple",
        "extra-index-url": "https://more.example.org/simple file:///srv/wheels",
        "trusted-host": "index.example.org",
        "proxy": "proxy.example.org:3128",
        "cert": str(bundle),
    }
    assert index(settings, {}) == {
        "UV_DEFAULT_INDEX": "https://index.example.org/simple",
        "UV_INDEX": "https://more.example.org/simple",
        "UV_INSECURE_HOST": "index.example.org",
        "SSL_CERT_FILE": str(bundle),
        "HTTPS_PROXY": "http://proxy.example.org:3128",
    }


def test_an_index_that_is_set_for_uv_itself_wins() -> None:
    given = {"UV_INDEX_URL": "https://mine.example.org/simple"}
    assert index({"index-url": "https://index.example.org/simple"}, given) == {}


def test_a_bundle_of_certificates_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    there = tmp_path / "there.pem"
    there.touch()
    assert certificates({"cert": str(tmp_path / "gone.pem")}, {"SSL_CERT_FILE": str(there)}) == there
    assert certificates({}, {}) is None


def test_an_index_out_of_reach_is_told_with_the_lock_that_waits_for_it(tmp_path: Path) -> None:
    environment = {
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_CACHE_DIR": str(tmp_path),
        "UV_HTTP_RETRIES": "0",
        "UV_NO_CONFIG": "1",
    }
    goal = Goal("framework/requirements/litert.txt", "3.11", requirements=["roman"])
    with pytest.raises(ModelyardError) as caught:
        Solver.find(environment).solve(goal, "")
    assert str(caught.value).startswith("framework/requirements/litert.txt: ")
    assert "http://127.0.0.1:9/simple/roman/" in str(caught.value)
    assert "\n" not in str(caught.value)
