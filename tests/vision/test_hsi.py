import colorsys

import numpy as np
import pytest

from moodscore.vision import CHANNELS, hsi_bins, hsi_counts, rgb_to_hsi
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


def channels_of(bins):
    """Bins of hue, saturation and intensity [shape=(3, n)]."""
    hue, light = bins.hue_and_chroma, bins.saturation_and_intensity
    return np.stack([hue[..., 0].ravel(), light[..., 0].ravel(), light[..., 1].ravel()])


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
    bins = channels_of(hsi_bins(pixels[None]))
    exact = rgb_to_hsi(pixels)
    grey = np.ptp(pixels, axis=1) == 0
    for index, (channel, distance) in enumerate(zip(CHANNELS, (around, np.abs, np.abs), strict=True)):
        half_a_bin = 0.5 / (N_BINS if channel == "hue" else N_BINS - 1)
        values = bin_values(channel)[bins[index]]
        assert distance(values - exact[:, index]).max() <= half_a_bin + 1e-12, channel
    assert (bins[0][grey] == 0).all()


def test_chroma(pixels):
    chroma = hsi_bins(pixels[None]).hue_and_chroma[0, :, 1]
    np.testing.assert_array_equal(chroma, np.ptp(pixels.astype(int), axis=1))


def test_every_pair_of_differences_and_of_sums():
    """The tables, entry by entry: each difference and each level and sum that a pixel can have."""
    levels = np.arange(256, dtype=np.uint8)
    red, green, blue = (axis.ravel() for axis in np.meshgrid(levels, levels[::15], levels, indexing="ij"))
    picture = np.stack([red, green, blue], axis=-1)[None]
    bins, exact = channels_of(hsi_bins(picture)), rgb_to_hsi(picture[0])
    assert around(bins[0] / 256 - exact[:, 0]).max() <= 0.5 / 256 + 1e-12
    np.testing.assert_allclose(bins[1:] / 255, exact[:, 1:].T, atol=0.5 / 255 + 1e-12)


def test_counts_are_those_of_the_bins(pixels):
    bins = hsi_bins(pixels[None])
    (hue, chroma), (saturation, intensity) = (pair[0].T.astype(int) for pair in bins[:2])
    counts = hsi_counts(bins)
    np.testing.assert_array_equal(counts.hue, np.bincount(hue, minlength=256))
    np.testing.assert_array_equal(counts.chroma, np.bincount(hue, chroma, minlength=256))
    np.testing.assert_array_equal(counts.saturation, np.bincount(saturation, minlength=256))
    np.testing.assert_array_equal(counts.intensity, np.bincount(intensity, minlength=256))


def test_counts_stay_exact_where_a_picture_is_one_colour():
    """A sum of 65 536 largest levels is the largest that float32 still counts one by one."""
    red = np.broadcast_to(np.array([255, 0, 0], dtype=np.uint8), (256, 256, 3))
    counts = hsi_counts(hsi_bins(red))
    assert (counts.hue[0], counts.chroma[0]) == (65536, 255 * 65536)
    assert (counts.saturation[255], counts.intensity[85]) == (65536, 65536)
    assert all(channel.sum() == channel.max() for channel in counts)


def test_the_sum_of_levels_does_not_overflow():
    white = np.full((2, 3, 3), 255, dtype=np.uint8)
    np.testing.assert_array_equal(hsi_bins(white).level_sum, 765)


def test_any_shape_and_any_memory_layout():
    picture = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    planar = np.moveaxis(np.ascontiguousarray(np.moveaxis(picture, -1, 0)), 0, -1)
    bins = hsi_bins(picture[1:5, 2:8])
    assert [array.shape for array in bins] == [(4, 6, 2), (4, 6, 2), (4, 6)]
    for other in (np.asfortranarray(picture), planar):
        again = hsi_bins(other[1:5, 2:8])
        for one, two in zip([*bins, *hsi_counts(bins)], [*again, *hsi_counts(again)], strict=True):
            np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(rgb_to_hsi(picture).reshape(-1, 3), rgb_to_hsi(picture.reshape(-1, 3)))


def test_bin_values_span_the_channel():
    np.testing.assert_array_equal(bin_values("hue")[[0, 128, 255]], [0, 0.5, 255 / 256])
    for channel in ("saturation", "intensity"):
        np.testing.assert_array_equal(bin_values(channel)[[0, 51, 255]], [0, 0.2, 1])
