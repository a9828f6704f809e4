"""The same network behind other servers: LitServe, BentoML and MLServer, each in an environment of its own.

All run the classifier's own pipeline: the same JPEG decoder, the same resizing, the same answer. What differs is the
server, and what executes the network: a peer is given the SavedModel, as its users have it, or, further down, the
LiteRT file; ours serves its `cpu` variant, which is LiteRT made of that SavedModel, and, for honesty, TensorFlow too.
All are processes of one Python on this machine, none in a container.

Each peer is run as installed, and in the ways that its documentation recommends for more throughput (one worker a core
with one thread each; batches). Every configuration takes part in every round, all others asleep meanwhile, and a peer
counts with the best of them, which may be another for one connection than for sixteen. MLServer is asked over the Open
Inference Protocol, in base64, and as its fourth configuration in a form over a route of its own.
"""

from __future__ import annotations

import base64
import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import find
from scripts.benchmarks import _classifier, _load, _networks, _server
from scripts.benchmarks._environments import PEERS, python_of, version_of
from scripts.benchmarks._figures import Row, failures, p50, per_second, ratio, spread
from scripts.benchmarks._load import Load, Request, alone, together, upload
from scripts.benchmarks._server import Server

_ROUNDS = 3
_SINGLE_SECONDS = 3.0
_MANY_SECONDS = 5.0
_TITLES = {"litserve": "LitServe", "bentoml": "BentoML", "mlserver": "MLServer"}
_OURS = "modelyard"
_SAVED, _LITERT = "SavedModel", "LiteRT"

_CONFIGURATIONS: dict[str, tuple[tuple[str, Mapping[str, str]], ...]] = {
    "litserve": (
        ("as installed", {}),
        ("2 workers, fast queue", {"BENCH_WORKERS": "2", "BENCH_THREADS": "1", "BENCH_FAST_QUEUE": "1"}),
        ("batches, fast queue", {"BENCH_BATCH": "8", "BENCH_FAST_QUEUE": "1"}),
    ),
    "bentoml": (
        ("as installed", {}),
        ("2 workers", {"BENCH_WORKERS": "2", "BENCH_THREADS": "1"}),
        ("adaptive batches", {"BENCH_BATCH": "16"}),
    ),
    "mlserver": (
        ("as installed", {}),
        ("2 workers", {"BENCH_WORKERS": "2", "BENCH_THREADS": "1"}),
        ("adaptive batches", {"BENCH_BATCH": "8"}),
        ("no worker, a form", {"BENCH_WORKERS": "0"}),
    ),
}


@dataclass
class _Contender:
    """A server in one configuration, and how it did."""

    peer: str
    given: str
    configuration: str
    server: Server
    request: Request
    memory: float = 0.0
    single: list[Load] = field(default_factory=list)
    many: list[Load] = field(default_factory=list)


def measure() -> Iterator[Row]:
    """Needs the network, the first time, to install the peers; then 20 minutes, and 20 GB of memory."""
    _load.require_tools()
    local = Local(find(Path()), open_cache(), Progress())
    photo = _classifier.photo(local.workspace)
    for network, forms in ((_networks.efficientnet(local), (_SAVED, _LITERT)), (_networks.mobilenet(local), (_SAVED,))):
        with ExitStack() as stack:
            race = _Race(local, network, photo, stack)
            for given in (_LITERT, _SAVED):
                race.enter_ours(given)
            for given in forms:
                for peer in _CONFIGURATIONS:
                    race.enter_peer(peer, given)
            race.run()
            yield from _rows(network.title, race.contenders, forms)


def _rows(title: str, contenders: Sequence[_Contender], forms: Sequence[str]) -> Iterator[Row]:
    for one in contenders:
        yield (
            f"{title}: {_name(one)}, {one.given}, {one.configuration}",
            f"{spread(p50(one.single), ' ms', 1)}{failures(one.single)}; "
            f"{spread(per_second(one.many), ' a second', 1)}{failures(one.many)}; "
            f"ready {one.server.ready:.1f} s; {one.memory:.0f} MiB",
            "",
        )
    ours = next(one for one in contenders if one.peer == _OURS)
    for given in forms:
        peers = [one for one in contenders if one.peer != _OURS and one.given == given]
        goals = ("≥ 4 ×", "≥ 3 ×") if given == _SAVED else ("≥ 1.3 ×", "≥ 1.3 ×")
        yield from _against(f"{title}: ours over", ours, peers, given, goals)
        installed = [one for one in peers if one.configuration == "as installed"]
        yield from _against(f"{title}: ours over, all as installed,", ours, installed, given, ("", ""))


def _against(
    title: str, ours: _Contender, peers: Sequence[_Contender], given: str, goals: tuple[str, str]
) -> Iterator[Row]:
    best = max(peers, key=lambda one: statistics.median(per_second(one.many)))
    yield (
        f"{title} the best given the {given} at 16 connections, throughput ({_name(best)}, {best.configuration})",
        ratio(per_second(ours.many), per_second(best.many)),
        goals[0],
    )
    best = min(peers, key=lambda one: statistics.median(p50(one.single)))
    yield (
        f"{title} the best given the {given} at 1 connection, its p50 over ours ({_name(best)}, {best.configuration})",
        ratio(p50(best.single), p50(ours.single)),
        goals[1],
    )


def _name(one: _Contender) -> str:
    return "ours" if one.peer == _OURS else f"{_TITLES[one.peer]} {version_of(one.peer, one.peer)}"


class _Race:
    """Servers of one network that take turns."""

    def __init__(self, local: Local, network: _networks.Network, photo: bytes, stack: ExitStack) -> None:
        self._local = local
        self._photo = photo
        self._stack = stack
        self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="modelyard-bench-")))
        name = local.workspace.asset(_classifier.NAME).weights[0].path
        self._weights = {
            _SAVED: _networks.place(network.saved, self._folder / "saved", name),
            _LITERT: _networks.place(network.litert, self._folder / "litert", name),
        }
        self.contenders: list[_Contender] = []

    def enter_ours(self, given: str) -> None:
        """This project's server, whose runtime is what loads the network in the given form."""
        asset = self._local.workspace.asset(_classifier.NAME)
        runtime = "litert" if given == _LITERT else "tensorflow"
        variant = asset.model_copy(update={"variants": {"cpu": runtime}})
        python, environment = self._stack.enter_context(self._local.prepared(variant, "cpu"))
        port = _server.free_port()
        settings = {"MODELYARD_WEIGHTS": str(self._weights[given]), "HOST": "127.0.0.1", "PORT": str(port)}
        command = [python, "-m", "modelyard.serving", "serve"]
        request = _classifier.question(self._photo)
        self._enter(_OURS, given, "as installed", command, {**environment, **settings}, request, port, self._folder)

    def enter_peer(self, peer: str, given: str) -> None:
        """A peer in each of its configurations."""
        workspace = self._local.workspace
        for number, (configuration, settings) in enumerate(_CONFIGURATIONS[peer]):
            port = _server.free_port()
            environment = {
                "PYTHONPATH": f"{workspace.framework.parent}:{PEERS}",
                "BENCH_ASSET": str(workspace.folder(_classifier.NAME)),
                "BENCH_PIPELINE": workspace.asset(_classifier.NAME).pipeline,
                "BENCH_WEIGHTS": str(self._weights[given]),
                "BENCH_NETWORK": "litert" if given == _LITERT else "tensorflow",
                "BENCH_PORT": str(port),
                "BENCH_THREADS": "2",
                "BENCH_WORKERS": "1",
                "BENCH_BATCH": "1",
                **settings,
            }
            folder = self._folder / f"{peer}-{given}-{number}"
            folder.mkdir()
            command, request = _STARTED[peer](folder, environment, self._photo)
            self._enter(peer, given, configuration, command, environment, request, port, folder)

    def run(self) -> None:
        """Wakes each in turn, round after round; the first warms up."""
        for number in range(_ROUNDS + 1):
            # There and back, so that nobody always follows the same neighbour.
            for one in self.contenders if number % 2 else reversed(self.contenders):
                one.server.wake()
                single = alone(one.server.port, one.request, _SINGLE_SECONDS if number else 1)
                many = together(one.server.port, one.request, _MANY_SECONDS if number else 2)
                one.memory = one.server.resident()
                one.server.sleep()
                if number:
                    one.single.append(single)
                    one.many.append(many)

    def _enter(
        self, peer: str, given: str, configuration: str, command: Sequence[str | Path], environment: Mapping[str, str],
        request: Request, port: int, folder: Path,
    ) -> None:  # fmt: skip
        server = self._stack.enter_context(_server.process(command, environment, request, port=port, folder=folder))
        server.sleep()
        self.contenders.append(_Contender(peer, given, configuration, server, request))
        _classifier.same([_answer(one.server.answer) for one in self.contenders])


def _answer(body: bytes) -> bytes:
    """What a server said, without what its protocol wraps around it."""
    said = json.loads(body)
    if isinstance(said, list):
        return json.dumps(said[0]).encode()
    if "outputs" in said:
        return str(said["outputs"][0]["data"][0]).encode()
    return body


def _litserve(_folder: Path, _environment: Mapping[str, str], photo: bytes) -> tuple[list[str | Path], Request]:
    return [python_of("litserve"), PEERS / "litserve_server.py"], _form("/predict", photo)


def _bentoml(folder: Path, environment: Mapping[str, str], photo: bytes) -> tuple[list[str | Path], Request]:
    return [
        "env", f"BENTOML_HOME={folder}", "BENTOML_DO_NOT_TRACK=True", python_of("bentoml"), "-m", "bentoml", "serve",
        "bentoml_service:Service", "--working-dir", PEERS, "--host", "127.0.0.1", "--port", environment["BENCH_PORT"],
    ], _form("/predict", photo)  # fmt: skip


def _mlserver(folder: Path, environment: Mapping[str, str], photo: bytes) -> tuple[list[str | Path], Request]:
    workers, size = int(environment["BENCH_WORKERS"]), int(environment["BENCH_BATCH"])
    ports = {
        "http_port": int(environment["BENCH_PORT"]),
        "grpc_port": _server.free_port(),
        "metrics_port": _server.free_port(),
    }
    settings = {"host": "127.0.0.1", **ports, "parallel_workers": workers, "debug": False, "metrics_dir": str(folder)}
    model = {"name": "classifier", "implementation": "mlserver_model.Model"}
    batching = {"max_batch_size": size, "max_batch_time": 0.01} if size > 1 else {}
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "model-settings.json").write_text(json.dumps({**model, **batching}))
    tensor = {
        "name": "image", "shape": [1, 1], "datatype": "BYTES", "parameters": {"content_type": "base64"},
        "data": [base64.b64encode(photo).decode()],
    }  # fmt: skip
    body = json.dumps({"inputs": [tensor]}).encode()
    protocol = Request("/v2/models/classifier/infer", "application/json", body)
    return (
        [python_of("mlserver").with_name("mlserver"), "start", folder],
        protocol if workers else _form("/model/predict", photo),
    )


_STARTED: dict[str, Callable[[Path, Mapping[str, str], bytes], tuple[list[str | Path], Request]]] = {
    "litserve": _litserve,
    "bentoml": _bentoml,
    "mlserver": _mlserver,
}


def _form(path: str, photo: bytes) -> Request:
    return upload(path, "image", "photo.jpg", "image/jpeg", photo)
