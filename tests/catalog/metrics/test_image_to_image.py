"""Metrics of image to image: what the field calls PSNR and SSIM, and what is gained over a method without a model."""

from __future__ import annotations

import numpy as np
import pytest

from modelyard.catalog.metrics.image_to_image import METRICS, Truth, observe, summarise
from modelyard.errors import ModelyardError
from modelyard.tasks.image_to_image import Picture

RANDOM = np.random.default_rng(0)
TRUE = RANDOM.integers(30, 220, (24, 32, 3)).astype(np.uint8)


def off_by(levels: int) -> np.ndarray:
    return (TRUE + levels).astype(np.uint8)


def test_every_metric_is_summarised() -> None:
    found = summarise([observe(Picture(off_by(1)), Truth(TRUE, off_by(2)))])
    assert found.keys() == METRICS.keys()


def test_one_level_off_is_48_decibels_and_half_the_noise_is_6_more() -> None:
    row = observe(Picture(off_by(1)), Truth(TRUE, off_by(2)))
    assert row["psnr"] == pytest.approx(48.13, abs=0.01)
    assert row["psnr_gain"] == pytest.approx(6.02, abs=0.01)
    assert row["ssim"] > 0.99


def test_an_equal_picture_has_a_finite_figure() -> None:
    row = observe(Picture(TRUE), Truth(TRUE, TRUE))
    assert (row["psnr"], row["ssim"], row["psnr_gain"]) == (100, pytest.approx(1), 0)


def test_a_picture_worse_than_the_simple_one_loses() -> None:
    row = observe(Picture(RANDOM.integers(0, 255, TRUE.shape).astype(np.uint8)), Truth(TRUE, off_by(9)))
    assert row["psnr_gain"] < 0
    assert row["ssim_gain"] < 0


def test_figures_are_means_over_pictures() -> None:
    rows = [observe(Picture(off_by(levels)), Truth(TRUE, off_by(4))) for levels in (1, 4)]
    assert summarise(rows)["psnr_gain"] == pytest.approx(12.04 / 2, abs=0.01)


def test_a_picture_of_another_size_is_no_answer() -> None:
    with pytest.raises(ModelyardError, match="24"):
        observe(Picture(TRUE[:20]), Truth(TRUE, TRUE))
