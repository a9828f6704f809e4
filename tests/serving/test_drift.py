"""The whole road: a profile is made of what a server answers, it is served with it, and drift is seen from outside."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from click.testing import CliRunner
from tests.serving.live import Live, serving

from modelyard import tasks
from modelyard.catalog.corruptions.image import CORRUPTIONS
from modelyard.catalog.drift import profiling
from modelyard.catalog.drift.recording import Recording
from modelyard.catalog.evaluation.item import Item
from modelyard.cli.main import cli
from modelyard.manifest.asset import Asset

ASSET = Asset.model_construct(name="obedient", version="1.2.3")


def photo(seed: int) -> bytes:
    """A gradient with some noise, every one different."""
    chance = np.random.default_rng(seed)
    light = np.linspace(chance.uniform(120, 250), chance.uniform(0, 120), 48)[:, None, None]
    pixels = light + chance.normal(0, chance.uniform(1, 4), (48, 64, 1)) + chance.uniform(-20, 20, 3)
    file = io.BytesIO()
    PIL.Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The model with a profile of 120 photos."""
    folder = tmp_path_factory.mktemp("obedient")
    recording = Recording(tasks.load("image-segmentation"))
    with serving(folder) as without:

        def road(data: bytes, _: Mapping[str, str]) -> tuple[int, bytes]:
            answer = without.predict(data)
            return answer.status_code, answer.content

        for item in recording.items(Item(str(seed), photo(seed), None) for seed in range(120)):
            recording.send(road)(item.data, {})
    profile = profiling.make(ASSET, ("dark", "bright"), recording.seen, {})
    (folder / "profile.json").write_text(profiling.to_text(profile))
    with serving(folder) as served:
        yield served


def drift(live: Live, *arguments: object) -> tuple[int, dict[str, bool]]:
    done = CliRunner().invoke(cli, ["drift", "obedient", "--url", live.address, "--json", *map(str, arguments)])
    return done.exit_code, {one["name"]: one["drifted"] for one in json.loads(done.stdout)["statistics"]}


def test_traffic_like_the_labelled_data_is_none_and_turned_and_noisy_pictures_are_drift(
    live: Live, tmp_path: Path
) -> None:
    import requests

    assert drift(live)[0] == 3

    for seed in range(1_000, 1_060):
        live.predict(photo(seed))
    code, drifted = drift(live)
    assert (code, any(drifted.values())) == (0, False)

    (tmp_path / "before").write_bytes(requests.get(f"{live.address}/metrics", timeout=30).content)
    for seed in range(2_000, 2_060):
        turned = CORRUPTIONS["rotation"](photo(seed), 2, np.random.default_rng(seed))
        live.predict(CORRUPTIONS["noise"](turned, 1, np.random.default_rng(seed)))
    code, drifted = drift(live, "--before", tmp_path / "before")

    assert code == 1
    assert drifted["noise"]
    assert drifted["light_from_above"]
    assert not drifted["shorter_side"]
    assert not drifted["light_from_left"]
