"""Records as the registry holds them, with everything in them that a page may show."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from modelyard.catalog.records.attacked import Attacked
from modelyard.catalog.records.gallery import Gallery, Picture, Shown
from modelyard.catalog.records.quality import Bin, Calibration, Disparity, Figure, Measured, Quality


def quality(name: str, text: str | None = None) -> Quality:
    """The figures of an asset: over all, by slices, as probabilities, and under corruption.

    Args:
        name: The asset.
        text: What its slices, its data and its corruptions are called, where they may be called anything.
    """
    said = (lambda usual: usual) if text is None else (lambda _: text)
    figure = Figure(value=0.871, low=0.83, high=0.91)
    metrics = {"accuracy": figure, "top5_accuracy": Figure(value=0.97, low=0.95, high=0.99), "log_loss": figure}
    part = Measured(n=60, metrics=metrics)
    bins = [Bin(low=n / 10, high=n / 10 + 0.1, n=30, confidence=n / 10 + 0.05, accuracy=n / 11) for n in range(10)]
    gap = Disparity(difference=figure, ratio=figure, best=said("by day"), worst=said("at night"))
    return Quality(
        n=300,
        metrics=metrics,
        name=name,
        version="1.0.0",
        task="image-classification",
        data="0" * 64,
        origin=said("Photos that were taken and labelled for this"),
        latency=0.01,
        slices={said("light"): {said("by day"): part, said("at night"): part}},
        disparities={said("light"): {"accuracy": gap}},
        calibration=Calibration(error=figure, brier=figure, bins=bins),
        corrupted={f"{how} {severity}": part for how in ("noise", "blur") for severity in (1, 3)},
    )


def attack(name: str, text: str | None = None) -> bytes:
    """What an attack made of an image.

    Args:
        name: The asset.
        text: What its method and its bound are called, where they may be called anything.
    """
    method, bound = ("Squares of ever smaller size", "8 of 255 steps") if text is None else (text, text)
    share = Figure(value=0.62, low=0.47, high=0.75)
    return Attacked(
        name=name, version="1.0.0", method=method, bound=bound, seed=1, queries=200, n=50, accuracy=share,
        robust_accuracy=share, asked=81.4, distortion=0.031, broken=["one", "two"],
    ).model_dump_json().encode()  # fmt: skip


def gallery(name: str, said: Sequence[str], photo: bytes) -> bytes:
    """The gallery of an image.

    Args:
        name: The asset.
        said: The answers, one for each picture.
        photo: The picture of all of them, as WebP.
    """
    picture = Picture(media_type="image/webp", width=480, height=320, data=base64.b64encode(photo).decode())
    shown = [
        Shown(
            name=f"{number}.jpg", parameters={}, license="CC0-1.0", origin=text, media_type="image/jpeg", said=text,
            answer={"status": "ok", "predictions": [{"label": text, "probability": 0.9}]}, picture=picture,
            preview=picture,
        )
        for number, text in enumerate(said)
    ]  # fmt: skip
    return Gallery(name=name, version="1.0.0", shown=shown).model_dump_json().encode()
