import numpy as np
import pytest

from moodscore.pieces.bars import find_bars, harmonic_change
from moodscore.pieces.piece import UNKNOWN


def played(n, metre, phase, rng, strength=2.0):
    """Chords that change and a bass that plays mostly on the downbeat, with noise."""
    bar = (np.arange(n) - phase) // metre
    chroma = np.abs(rng.standard_normal((bar.max() + 2, 12)))[bar + 1] + 0.3 * np.abs(
        rng.standard_normal((n, 12))
    )
    chroma /= np.linalg.norm(chroma, axis=1, keepdims=True)
    bass = np.abs(rng.standard_normal(n)) + strength * ((np.arange(n) - phase) % metre == 0)
    return chroma, bass, -20 + rng.standard_normal(n)


@pytest.mark.parametrize("metre, phase", [(4, 0), (4, 1), (4, 3), (3, 0), (3, 2)])
def test_metre_and_phase_are_found(metre, phase):
    bars = find_bars(*played(120, metre, phase, np.random.default_rng(metre + phase)))
    assert bars.metre == metre
    np.testing.assert_array_equal(bars.position, (np.arange(120) - phase) % metre)


def test_no_bar_is_claimed_where_there_is_none():
    claimed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        chroma = np.abs(rng.standard_normal((120, 12)))
        chroma /= np.linalg.norm(chroma, axis=1, keepdims=True)
        claimed += find_bars(chroma, rng.random(120), rng.standard_normal(120)).metre > 0
    assert claimed <= 4


def test_less_than_a_few_bars_and_what_never_changes_have_no_bar():
    for n in (0, 1, 15, 64):
        bars = find_bars(np.full((n, 12), 12**-0.5), np.zeros(n), np.zeros(n))
        assert bars.metre == 0
        assert (bars.position == UNKNOWN).all() and len(bars.position) == n


@pytest.mark.parametrize("beats", [1, 2, 3])
def test_harmonic_change_is_the_angle_between_the_beats_before_and_after(beats):
    chroma = np.abs(np.random.default_rng(1).standard_normal((12, 12)))
    change = harmonic_change(chroma, beats)
    assert len(change) == 12
    for i in range(beats, 13 - beats):
        before, after = chroma[i - beats : i].sum(axis=0), chroma[i : i + beats].sum(axis=0)
        cosine = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
        assert change[i] == pytest.approx(1 - cosine)
