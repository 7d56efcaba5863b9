"""Against the definitions, pixel by pixel in full precision."""

import numpy as np
import pytest

from moodscore.vision import colour_cues


@pytest.mark.parametrize("seed", range(3))
def test_against_the_definition(seed):
    rng = np.random.default_rng(seed)
    picture = (rng.integers(0, 256, (40, 50, 3)) ** (seed + 1) / 255**seed).astype(np.uint8)
    levels = picture.astype(float) / 255
    found = colour_cues(picture)
    assert found.lit_chroma == pytest.approx((np.ptp(levels, axis=2) * levels.mean(axis=2)).mean(), rel=1e-9)
    red, green, blue = np.moveaxis(levels, -1, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    wanted = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    assert found.colourfulness == pytest.approx(wanted, rel=1e-9)


def test_grey_is_neither_vivid_nor_colourful():
    grey = np.full((8, 8, 3), 77, dtype=np.uint8)
    assert colour_cues(grey) == (0, 0)


def test_vivid_is_what_is_both_coloured_and_light():
    """Half dark and coloured, half light and grey: the same channels as a picture that is vivid in half."""
    dark_red, white = (60, 0, 0), (200, 200, 200)
    light_red, black = (200, 0, 0), (0, 0, 0)
    apart = np.array([[dark_red, white]] * 4, dtype=np.uint8)
    joint = np.array([[light_red, black]] * 4, dtype=np.uint8)
    assert colour_cues(joint).lit_chroma > 5 * colour_cues(apart).lit_chroma
