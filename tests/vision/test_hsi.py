import colorsys

import numpy as np
import pytest

from moodscore.vision import CHANNELS, hsi_bins, rgb_to_hsi
from moodscore.vision.hsi import N_BINS, bin_values


def slow_hsi(red, green, blue):
    """One pixel by the textbook's arc cosine, which loses half its digits near red."""
    total = red + green + blue
    saturation = 1 - 3 * min(red, green, blue) / total if total else 0.0
    numerator = 0.5 * ((red - green) + (red - blue))
    denominator = np.sqrt((red - green) ** 2 + (red - blue) * (green - blue))
    angle = np.arccos(np.clip(numerator / denominator, -1, 1)) if denominator else 0.0
    hue = angle / (2 * np.pi) if blue <= green else 1 - angle / (2 * np.pi)
    return hue, saturation, total / (3 * 255)


def around(difference):
    """Differences of hue, the short way around."""
    return np.abs((difference + 0.5) % 1 - 0.5)


@pytest.fixture(scope="module")
def pixels():
    rng = np.random.default_rng(7)
    corners = np.array(np.meshgrid([0, 255], [0, 255], [0, 255])).T.reshape(-1, 3)
    greys = np.repeat(np.arange(0, 256, 15)[:, None], 3, axis=1)
    nearly_grey = np.clip(greys + rng.integers(-1, 2, greys.shape), 0, 255)
    dark = rng.integers(0, 4, (300, 3))
    return np.concatenate([corners, greys, nearly_grey, dark, rng.integers(0, 256, (3000, 3))]).astype(
        np.uint8
    )


def test_against_the_textbook(pixels):
    hsi = rgb_to_hsi(pixels)
    slow = np.array([slow_hsi(*map(int, pixel)) for pixel in pixels])
    coloured = np.ptp(pixels, axis=1) > 0
    assert around(hsi[coloured, 0] - slow[coloured, 0]).max() < 1e-6
    np.testing.assert_allclose(hsi[:, 1:], slow[:, 1:], atol=1e-12)
    assert (hsi >= 0).all()
    assert (hsi <= 1).all()
    assert (hsi[:, 0] < 1).all()


def test_hue_is_near_the_hexagonal_one(pixels):
    """The hue of HSV agrees at the six corners and differs by no more than 1.12 degrees between them."""
    coloured = pixels[np.ptp(pixels, axis=1) > 0]
    hexagonal = np.array([colorsys.rgb_to_hsv(*(pixel / 255))[0] for pixel in coloured])
    assert around(rgb_to_hsi(coloured)[:, 0] - hexagonal).max() < 1.13 / 360


@pytest.mark.parametrize(
    ("rgb", "hsi"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((255, 255, 255), (0, 0, 1)),
        ((77, 77, 77), (0, 0, 77 / 255)),
        ((255, 0, 0), (0, 1, 1 / 3)),
        ((255, 255, 0), (1 / 6, 1, 2 / 3)),
        ((0, 255, 0), (1 / 3, 1, 1 / 3)),
        ((0, 255, 255), (1 / 2, 1, 2 / 3)),
        ((0, 0, 255), (2 / 3, 1, 1 / 3)),
        ((255, 0, 255), (5 / 6, 1, 2 / 3)),
    ],
)
def test_pure_colours(rgb, hsi):
    np.testing.assert_allclose(rgb_to_hsi(np.array(rgb, dtype=np.uint8)), hsi, atol=1e-12)


def test_bins_are_the_nearest_to_the_exact_values(pixels):
    bins, _ = hsi_bins(pixels[None])
    exact = rgb_to_hsi(pixels)
    grey = np.ptp(pixels, axis=1) == 0
    for index, (channel, distance) in enumerate(zip(CHANNELS, (around, np.abs, np.abs), strict=True)):
        half_a_bin = 0.5 / (N_BINS if channel == "hue" else N_BINS - 1)
        values = bin_values(channel)[bins[index]]
        assert distance(values - exact[:, index]).max() <= half_a_bin + 1e-12, channel
    assert (bins[0][grey] == 0).all()


def test_chroma(pixels):
    _, chroma = hsi_bins(pixels[None])
    np.testing.assert_allclose(chroma, np.ptp(pixels.astype(int), axis=1) / 255, atol=1e-7)


def test_any_shape_and_any_memory_layout():
    picture = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    bins, chroma = hsi_bins(picture[1:5, 2:8])
    again, chroma_again = hsi_bins(np.asfortranarray(picture[1:5, 2:8]))
    assert bins.shape == (3, 24)
    np.testing.assert_array_equal(bins, again)
    np.testing.assert_array_equal(chroma, chroma_again)
    np.testing.assert_array_equal(rgb_to_hsi(picture).reshape(-1, 3), rgb_to_hsi(picture.reshape(-1, 3)))


def test_bin_values_span_the_channel():
    np.testing.assert_array_equal(bin_values("hue")[[0, 128, 255]], [0, 0.5, 255 / 256])
    for channel in ("saturation", "intensity"):
        np.testing.assert_array_equal(bin_values(channel)[[0, 51, 255]], [0, 0.2, 1])
