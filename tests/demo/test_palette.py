import numpy as np
import pytest

from moodscore.demo.palette import hsi_to_rgb, make_palette
from moodscore.vision import rgb_to_hsi


def random_hsi(n=2000):
    rng = np.random.default_rng(0)
    return rng.uniform(0, 360, n), rng.uniform(0.05, 1, n), rng.uniform(0.05, 0.95, n)


def test_hsi_comes_back_where_a_screen_can_show_it():
    hue, saturation, intensity = random_hsi()
    rgb = hsi_to_rgb(hue, saturation, intensity)
    shown = rgb.max(axis=-1) < 0.999
    assert 0.2 < shown.mean() < 0.8
    eight_bit = rgb[shown].max(axis=-1) > 0.1  # darker colours are too coarse in 8 bits
    measured = rgb_to_hsi(np.rint(rgb[shown][eight_bit] * 255).astype(np.uint8)[None])[0]
    angle = (measured[:, 0] * 360 - hue[shown][eight_bit] + 180) % 360 - 180
    grey = saturation[shown][eight_bit] * intensity[shown][eight_bit] < 0.1
    assert np.abs(angle[~grey]).max() < 4
    assert np.abs(measured[:, 1] - saturation[shown][eight_bit]).max() < 0.06
    assert np.abs(measured[:, 2] - intensity[shown][eight_bit]).max() < 0.003


def test_a_colour_beyond_the_screen_keeps_its_intensity():
    hue, saturation, intensity = random_hsi()
    rgb = hsi_to_rgb(hue, saturation, intensity)
    assert rgb.min() >= 0
    assert rgb.max() <= 1
    np.testing.assert_allclose(rgb.mean(axis=-1), intensity, atol=1e-12)


@pytest.mark.parametrize(
    ("hue", "rgb"), [(0, (1, 0, 0)), (120, (0, 1, 0)), (240, (0, 0, 1)), (60, (0.5, 0.5, 0))]
)
def test_pure_colours(hue, rgb):
    third = np.array([1 / 3])
    np.testing.assert_allclose(hsi_to_rgb(np.array([hue]), np.ones(1), third)[0], rgb, atol=1e-12)


@pytest.mark.parametrize(("saturation", "intensity"), [(0.8, 0.3), (0.2, 0.25), (0.7, 0.66), (0.4, 0.72)])
def test_a_palette_rises_around_its_mean(saturation, intensity):
    palette = make_palette(40.0, saturation, intensity)
    assert palette.colours.shape == (256 * 32, 3)
    assert np.all(np.diff(palette.intensities) >= 0)
    assert palette.intensities[128] == pytest.approx(intensity, abs=0.01)
    middle = rgb_to_hsi(palette.colours.reshape(256, 32, 3))[128]
    assert middle[:, 1].mean() == pytest.approx(saturation, abs=0.12)
