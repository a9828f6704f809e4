"""The commands of an image: serve, predict, selftest, benchmark, info."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from modelyard.errors import BadInput
from modelyard.manifest import profile as profiles
from modelyard.parameters import parse_parameters
from modelyard.serving import logs
from modelyard.serving import settings as settings_module
from modelyard.serving.encode import to_json
from modelyard.serving.lanes import Lanes
from modelyard.serving.samples import check_sample
from modelyard.serving.served import Place, Served, load
from modelyard.serving.settings import Settings
from modelyard.serving.state import State
from modelyard.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="modelyard")
def main() -> None:
    """A model and the server it comes with.

    \b
    docker run -p 5000:5000 IMAGE                 serves it; open port 5000 in a browser
    docker run -i IMAGE predict < FILE            answers one input
    docker run IMAGE selftest                     holds it to its own samples
    """


@main.command()
def serve() -> None:
    """Serves the model over HTTP (the default)."""
    from modelyard.serving.server import serve as run

    settings = _settings()

    def make_app(state: State, lanes: Lanes) -> Any:
        from modelyard.serving.app import create_app

        served = load(Place.from_environment(), settings)
        lanes.set_threads(served.pipeline.runtime.callers)
        return create_app(served, settings, state)

    sys.exit(run(make_app, settings))


@main.command()
@click.option("--param", "-p", "given", multiple=True, metavar="NAME=VALUE", help="A request parameter.")
def predict(given: tuple[str, ...]) -> None:
    """Answers the input on standard input with JSON on standard output."""
    if sys.stdin.isatty():
        raise BadInput("give the input on standard input: docker run -i IMAGE predict < FILE")
    settings = _settings()
    data = sys.stdin.buffer.read(settings.max_body + 1)
    if len(data) > settings.max_body:
        raise BadInput(f"the input is larger than {settings.max_body:,} bytes: send a smaller file")
    served = load(Place.from_environment(), settings)
    fields = dict(one.partition("=")[::2] for one in given)
    unknown = sorted(fields.keys() - {parameter.name for parameter in served.parameters})
    if unknown:
        known = ", ".join(parameter.name for parameter in served.parameters) or "none"
        raise BadInput(f"parameter {unknown[0]!r} is unknown: this model takes {known}")
    answer = served.answer(data, parse_parameters(served.parameters, fields), settings)
    sys.stdout.buffer.write(to_json({"status": "ok", **answer}) + b"\n")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on standard output.")
def selftest(as_json: bool) -> None:
    """Sends every sample through the whole pipeline; exits with 1 where an answer is not the expected one."""
    settings = _settings()
    served = load(Place.from_environment(), settings)
    send = _in_process(served, settings)
    results = []
    for sample in served.asset.samples:
        result = check_sample(served.place.asset, sample, served.task, served.labels, send)
        results.append(result)
        if not as_json:
            click.echo(f"{'ok    ' if result.passed else 'FAILED'}  {result.name}: {result.said}")
    failed = sum(not result.passed for result in results)
    if as_json:
        click.echo(json.dumps({"passed": not failed, "samples": [result.to_dict() for result in results]}))
    else:
        click.echo(f"{len(results) - failed} of {len(results)} samples answered as expected")
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--seconds", default=5.0, show_default=True, help="How long to measure each.")
@click.option("--callers", multiple=True, type=click.IntRange(1, 256), help="Threads that ask at once; 1 and 16.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on standard output.")
def benchmark(seconds: float, callers: tuple[int, ...], as_json: bool) -> None:
    """Measures latency and throughput of the pipeline on its first sample, without a server around it."""
    from modelyard.serving.benchmark import measure

    settings = dataclasses.replace(_settings(), queue=1_000)
    served = load(Place.from_environment(), settings)
    sample = next(sample for sample in served.asset.samples if sample.error is None)
    data = (served.place.asset / sample.input).read_bytes()
    measured = []
    for count in callers or (1, 16):
        speed = measure(served, settings, data, {}, count, seconds)
        measured.append(speed.to_dict())
        if not as_json:
            click.echo(
                f"{sample.name}, {count} at a time: {speed.per_second:.1f} a second, "
                f"p50 {speed.p50_ms:.1f} ms, p99 {speed.p99_ms:.1f} ms"
            )
    if as_json:
        click.echo(json.dumps({"sample": sample.name, "cores": settings.cores, "measured": measured}))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on standard output.")
def info(as_json: bool) -> None:
    """Says what this image is and which settings it takes."""
    place = Place.from_environment()
    deployment = place.read()
    asset = deployment.asset
    facts: dict[str, Any] = {
        "name": asset.name,
        "title": asset.title,
        "version": asset.version,
        "task": asset.task,
        "variant": deployment.variant,
        "runtime": deployment.runtime,
        "key": place.key,
        "modelyard": VERSION,
        "license": asset.license,
        "weights licenses": sorted({one.license for one in asset.weights}),
        "source": asset.source,
        "profile": _profile(place),
        "packages": _packages(),
    }
    described = settings_module.describe()
    if as_json:
        table = [{"name": name, "default": default, "meaning": said} for name, default, said in described]
        click.echo(json.dumps({**facts, "settings": table}))
        return
    for name, value in facts.items():
        click.echo(f"{name + ':':18}{', '.join(value) if isinstance(value, list) else value}")
    click.echo("\nSettings, from the environment (docker run -e NAME=VALUE):")
    for name, default, said in described:
        click.echo(f"  {name:14}{default:12}{said}")


def _settings() -> Settings:
    return settings_module.read(os.environ)


def _in_process(served: Served, settings: Settings) -> Any:
    """The road of a real request, without a socket."""
    from modelyard.serving.app import create_app

    client = create_app(served, settings).test_client()
    field = served.task.input.field

    def send(data: bytes, parameters: Any) -> tuple[int, bytes]:
        answer = client.post("/model/predict", data={**parameters, field: (io.BytesIO(data), "sample")})
        return answer.status_code, answer.data

    return send


def _profile(place: Place) -> str:
    """What the image knows of usual inputs and answers."""
    found = profiles.read(place.asset)
    return f"{len(found.distributions)} statistics of {found.items:,} items" if found else "none"


def _packages() -> list[str]:
    found = []
    for name in ("ai-edge-litert", "tensorflow", "tensorflow-cpu", "numpy", "pillow", "flask-restx", "waitress"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def run() -> None:
    """Runs a command.

    Raises:
        ModelyardError: What a person can mend.
    """
    logs.set_up(_settings())
    main(prog_name="docker run IMAGE")
