"""The picture of a training shows each figure over the epochs."""

from __future__ import annotations

import io

import PIL.Image
import pytest

from modelyard.catalog.training.curves import draw


def picture(epochs: list[dict[str, float]]) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(draw(epochs))).convert("RGB")


def coloured(image: PIL.Image.Image, colour: tuple[int, int, int], box: tuple[int, int, int, int]) -> int:
    part = image.crop(box)
    return sum(max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < 20 for pixel in part.get_flattened_data())


STRONG, HELD_OUT = (158, 197, 240), (194, 65, 12)


def test_there_is_a_chart_for_each_figure_and_a_curve_for_what_was_held_out() -> None:
    epochs = [{"loss": 1 / n, "val_loss": 1.5 / n, "accuracy": 1 - 1 / n} for n in range(1, 8)]
    image = picture(epochs)
    half = image.width // 2

    assert coloured(image, STRONG, (70, 50, half, 260)) > 100
    assert coloured(image, HELD_OUT, (70, 50, half, 260)) > 100
    assert coloured(image, STRONG, (half + 70, 50, image.width, 260)) > 100
    assert coloured(image, HELD_OUT, (half + 70, 0, image.width, 300)) == 0


def test_a_loss_that_falls_is_drawn_falling() -> None:
    image = picture([{"loss": 10 - n} for n in range(10)])
    left, right = image.crop((70, 50, 120, 260)), image.crop((400, 50, 450, 260))

    def height(part: PIL.Image.Image) -> float:
        rows = [y for y in range(part.height) if coloured(part, STRONG, (0, y, part.width, y + 1))]
        return sum(rows) / len(rows)

    assert height(left) + 80 < height(right)


@pytest.mark.parametrize(
    "epochs",
    [[], [{"loss": 1.0}], [{"loss": 2.0}] * 3, [{"loss": float("nan")}, {"loss": float("inf")}, {"loss": 1.0}]],
)
def test_trainings_of_no_epoch_and_of_no_sense_have_a_picture_too(epochs: list[dict[str, float]]) -> None:
    assert picture(epochs).width >= 400
