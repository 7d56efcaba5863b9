import numpy as np
import pytest

from moodscore.vision import emptiest_hue, unroll


def bump(centre, width=0.03, n=256):
    away = (np.arange(n) / n - centre + 0.5) % 1 - 0.5
    return np.exp(-0.5 * (away / width) ** 2)


def test_the_cut_is_opposite_to_the_only_colour():
    for centre in (0.0, 0.1, 0.5, 0.93):
        cut = emptiest_hue(bump(centre))
        assert abs((cut - centre) % 1 - 0.5) < 0.35  # all of the far side is equally empty
        assert bump(centre)[round(cut * 256) % 256] < 1e-6


def test_the_cut_is_in_the_widest_gap():
    histogram = bump(0.1) + bump(0.25) + bump(0.4) + 1e-3
    assert 0.55 < emptiest_hue(histogram) < 0.95


def test_one_empty_bin_amid_much_colour_is_no_gap():
    histogram = np.ones(256)
    histogram[40] = 0
    histogram[100:140] = 0.5
    assert 100 / 256 < emptiest_hue(histogram) < 140 / 256


def test_the_cut_turns_with_the_colours():
    histogram = bump(0.1) + 0.5 * bump(0.3) + 0.02 * (1 + np.cos(2 * np.pi * (np.arange(256) / 256 - 0.2)))
    for turn in (17, 100, 255):
        turned = emptiest_hue(np.roll(histogram, turn))
        assert turned == pytest.approx((emptiest_hue(histogram) + turn / 256) % 1)


def test_no_colour_and_even_colour_cut_at_zero():
    assert emptiest_hue(np.zeros(256)) == 0
    assert emptiest_hue(np.full(256, 3.0)) == 0


def test_scale_does_not_matter():
    histogram = bump(0.2) + bump(0.5) + 1e-3
    assert emptiest_hue(histogram * 1e-12) == emptiest_hue(histogram) == emptiest_hue(histogram * 1e12)


def test_unrolling_starts_at_the_cut():
    np.testing.assert_allclose(unroll(np.array([0.3, 0.2, 0.9, 0.29999]), 0.3), [0, 0.9, 0.6, 0.99999])
    assert unroll(0.3, 0.3) == 0
    assert ((unroll(np.linspace(0, 1, 999), 0.37) >= 0) & (unroll(np.linspace(0, 1, 999), 0.37) < 1)).all()
