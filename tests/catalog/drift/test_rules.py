"""The rules for Prometheus say what `modelyard drift` says."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from modelyard.catalog.drift.comparison import FALSE_ALARMS, quantile
from modelyard.cli.main import cli


@pytest.fixture
def rules() -> dict[str, dict[str, Any]]:
    done = CliRunner().invoke(cli, ["drift", "seer", "--rules", "--since", "2d"])
    assert done.exit_code == 0
    (group,) = yaml.safe_load(done.stdout)["groups"]
    return {rule.get("record", rule.get("alert")): rule for rule in group["rules"]}


def test_they_need_nothing_but_what_the_container_shows(rules: dict[str, dict[str, Any]]) -> None:
    read = {name for rule in rules.values() for name in re.findall(r"\bmodelyard_\w+|modelyard(?::\w+)+", rule["expr"])}
    shown = {"modelyard_profiled_total", "modelyard_profile_items", "modelyard_model_info"}

    assert read - rules.keys() == shown
    assert all('"seer"' in rule["expr"] or rule["labels"]["model"] == "seer" for rule in rules.values())
    assert "[2d]" in rules["modelyard:live:increase"]["expr"]


@pytest.mark.parametrize(("bins", "requests", "items"), [(10, 500, 2_000), (3, 90, 60), (2, 1_000_000, 9_000)])
def test_their_limit_is_that_of_the_verb(
    bins: int, requests: int, items: int, rules: dict[str, dict[str, Any]]
) -> None:
    expression = " ".join(rules["modelyard:drift:limit"]["expr"].split())
    for pattern, value in (
        (r"count by \(model, statistic\) \(modelyard:profile:items\{[^}]*\}\)", bins),
        (r"sum by \(model, statistic\) \(modelyard:profile:items\{[^}]*\}\)", items),
        (r"sum by \(model, statistic\) \(modelyard:live:increase\{[^}]*\}\)", requests),
        (r"\^", "**"),
    ):
        expression = re.sub(pattern, str(value), expression)
    names = {"clamp_min": max, "sqrt": lambda value: value**0.5, "__builtins__": {}}

    limit = max(0.05, quantile(bins - 1, FALSE_ALARMS / 40) * (1 / requests + 1 / items))
    assert eval(expression, names) == pytest.approx(limit, rel=1e-3)  # it is arithmetic of ours


@pytest.mark.parametrize("arguments", [["seer", "--since", "1d]) or vector(1"], ['seer"}', "--since", "1d"]])
def test_what_is_no_name_or_time_gets_no_rules(arguments: list[str]) -> None:
    done = CliRunner().invoke(cli, ["drift", *arguments, "--rules"])

    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.skipif(not shutil.which("promtool"), reason="Prometheus' promtool is not installed")
def test_prometheus_takes_them(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(CliRunner().invoke(cli, ["drift", "seer", "--rules"]).stdout)
    done = subprocess.run(
        ["promtool", "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
