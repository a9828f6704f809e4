"""The patrol says which sources of weights still have what was declared, and raises an alarm where none has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.catalog.lints.conftest import MANIFEST, PIPELINE
from tests.catalog.weights.sources.test_https import Answer, serve  # noqa: F401  # a fixture

from modelyard.catalog.weights.patrol import Looked, lost
from modelyard.catalog.weights.sources import Probe, SourceContext, deb, file, find_probe, npm
from modelyard.catalog.weights.sources.https import look
from modelyard.cli.main import cli

Program = Callable[[str, str], None]
SHA256 = "ab" * 32


def test_a_file_of_the_asset_is_looked_at_itself(asset: Path, folder: Path, context: SourceContext) -> None:
    (asset / "w.bin").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()

    assert file.probe("w.bin", digest, folder, context).state == "ok"
    assert file.probe("w.bin", SHA256, folder, context).state == "changed"
    assert file.probe("gone.bin", SHA256, folder, context).state == "gone"


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("echo sha512-abc", "ok"),
        ("exit 0", "gone"),
        ("echo 'npm error code E404' >&2; exit 1", "gone"),
        ("echo 'npm error network ETIMEDOUT' >&2; exit 1", "unreachable"),
    ],
)
def test_npm_is_asked_what_it_knows(
    script: str, state: str, program: Program, folder: Path, context: SourceContext
) -> None:
    program("npm", script)

    assert npm.probe("name@1.2.3", SHA256, folder, context).state == state


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (f"echo SHA256: {SHA256}", "ok"),
        (f"echo SHA256: {'cd' * 32}", "changed"),
        ("echo Package: name", "unreachable"),
        ("echo 'E: No packages found' >&2; exit 100", "gone"),
        ("echo 'E: the lists are locked' >&2; exit 100", "unreachable"),
    ],
)
def test_apt_s_lists_are_asked(script: str, state: str, program: Program, folder: Path, context: SourceContext) -> None:
    program("apt-cache", script)

    assert deb.probe("name=1.0", SHA256, folder, context).state == state


@pytest.mark.parametrize(
    ("status", "state"), [(200, "ok"), (404, "gone"), (410, "gone"), (403, "unreachable"), (503, "unreachable")]
)
def test_a_server_is_asked_for_no_more_than_a_byte(serve: Callable[..., object], status: int, state: str) -> None:  # noqa: F811
    server = serve(Answer(status=status, body=b"x", headers={"Content-Range": "bytes 0-0/5000000"}))

    found = look(server.url)  # type: ignore[attr-defined]

    assert found.state == state
    assert server.ranges == ["bytes=0-0"]  # type: ignore[attr-defined]
    if state == "ok":
        assert "5.0 MB" in found.said


def test_a_server_that_is_not_there_is_unreachable() -> None:
    assert look("http://127.0.0.1:9/w.onnx").state == "unreachable"


def seen(source: str, state: str, *, mirror: bool = False) -> Looked:
    return Looked("asset", "network", source, mirror, Probe(state, "said"))  # type: ignore[arg-type]


def test_an_alarm_is_raised_where_no_source_is_good_and_where_a_file_changed() -> None:
    assert lost([seen("a", "gone"), seen("b", "ok", mirror=True)]) == []
    assert lost([seen("a", "ok"), seen("b", "gone", mirror=True)]) == []
    (alarm,) = lost([seen("a", "gone"), seen("b", "unreachable", mirror=True)])
    assert alarm == "asset network: no source of it is known to be good"
    (alarm,) = lost([seen("a", "ok"), seen("b", "changed", mirror=True)])
    assert alarm == "asset network: b has another file now"


def test_the_verb_tells_of_each_source_and_exits_with_1_on_an_alarm(tmp_path: Path) -> None:
    asset = tmp_path / "assets" / "good"
    (asset / "samples").mkdir(parents=True)
    (asset / "pipeline.py").write_text(PIPELINE, "utf-8")
    manifest = MANIFEST.replace("npm:@scope/network@1.2.3", "file:w.bin").replace(
        "https://example.org/network.tgz", "file:copy.bin"
    )
    (asset / "asset.yaml").write_text(manifest, "utf-8")
    (tmp_path / "catalog.yaml").write_text("title: T\nregistry: 127.0.0.1:9/x\npython: python:3.13-slim-trixie\n")
    run = CliRunner()

    lost_all = run.invoke(cli, ["-C", str(tmp_path), "weights", "check", "--json"])
    (asset / "w.bin").write_bytes(b"")
    changed = run.invoke(cli, ["-C", str(tmp_path), "weights", "check"])
    listed = run.invoke(cli, ["-C", str(tmp_path), "weights", "list"], env={"MODELYARD_CACHE": str(tmp_path / "cache")})

    assert lost_all.exit_code == 1
    told = json.loads(lost_all.stdout)
    assert [one["state"] for one in told["sources"]] == ["gone", "gone"]
    assert [one["mirror"] for one in told["sources"]] == [False, True]
    assert told["alarms"] == ["good network: no source of it is known to be good"]
    assert changed.exit_code == 1
    assert "changed      good network: file:w.bin: its sha256 is" in changed.stdout
    assert "good network: file:w.bin, " in listed.stdout
    assert listed.stdout.endswith("not fetched\n")


@pytest.mark.network
@pytest.mark.parametrize(
    ("source", "digest", "state"),
    [
        ("npm:is-number@7.0.0", SHA256, "ok"),
        ("npm:is-number@77.0.0", SHA256, "gone"),
        ("pypi:markupsafe@2.1.4", "3aae9af4cac263007fd6309c64c6ab4506dd2b79382d9d19a1994f9240b8db4f", "ok"),
        ("pypi:markupsafe@2.1.4", SHA256, "changed"),
        ("pypi:markupsafe@0.0.99", SHA256, "gone"),
    ],
)
def test_the_real_registries(source: str, digest: str, state: str, folder: Path, context: SourceContext) -> None:
    probe, reference = find_probe(source)

    assert probe(reference, digest, folder, context).state == state
