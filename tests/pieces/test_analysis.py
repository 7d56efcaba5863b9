from dataclasses import fields

import numpy as np
import pytest

from moodscore.pieces import ENDINGS, JUMPS_KEPT, MIN_JUMP_BEATS, UNKNOWN, analyse_piece


def check(piece):
    """What holds of every piece."""
    n = piece.n_beats
    assert len(piece.beats_s) == n + 1
    steps = np.diff(piece.beats_s)
    assert (steps > 0).all()
    assert piece.beats_s[0] >= 0 and piece.beats_s[-1] <= piece.duration_s + 1e-9
    assert piece.metre in (0, 3, 4)
    if piece.metre:
        assert piece.has_beat and set(piece.bar_position) <= set(range(piece.metre))
    else:
        assert (piece.bar_position == UNKNOWN).all()
    assert (np.diff(piece.sections) > 0).all() and (piece.sections > 0).all() and (piece.sections < n).all()
    assert 0 <= piece.begins_s <= piece.ends_s <= piece.duration_s
    assert piece.ending in ENDINGS
    assert piece.jump_from.shape == piece.jump_distance.shape == (n, JUMPS_KEPT)
    assert piece.jump_from.dtype == np.int32 and piece.jump_distance.dtype == np.float32
    there = piece.jump_from != UNKNOWN
    assert (np.isfinite(piece.jump_distance) == there).all()
    assert (np.diff(np.where(there, piece.jump_distance, 1e9), axis=1) >= 0).all()
    j, _ = np.nonzero(there)
    next_beat = piece.jump_from[there] + 1
    assert (np.abs(next_beat - j) >= MIN_JUMP_BEATS).all()
    if piece.metre:
        inside = next_beat < n
        assert (piece.bar_position[next_beat[inside]] == piece.bar_position[j[inside]]).all()


@pytest.fixture(scope="module")
def aba(music):
    """Three times 16 bars of four, with an upbeat, and the samples of the same."""
    beats = 0.3 + 0.45 * np.arange(1 + 48 * 4 + 1)
    return beats, music(beats, 4, "AAAABBBBAAAA", upbeat=1)


@pytest.fixture(scope="module")
def analysed(aba, source):
    return analyse_piece(source(aba[1]))


def test_beats_bars_and_sections_of_a_piece_made_here(aba, analysed):
    beats, _ = aba
    check(analysed)
    assert analysed.has_beat and analysed.metre == 4
    nearest = np.abs(beats[1:-1, None] - analysed.beats_s[:-1]).argmin(axis=1)
    assert np.abs(beats[1:-1] - analysed.beats_s[nearest]).max() < 0.03
    np.testing.assert_array_equal(analysed.bar_position[nearest], np.arange(len(nearest)) % 4)
    np.testing.assert_allclose(analysed.beats_s[analysed.sections], beats[[65, 129]], atol=0.5)


def test_what_is_repeated_literally_can_be_jumped_to_unheard(aba, analysed):
    beats, _ = aba
    first = np.abs(analysed.beats_s - beats[1]).argmin()
    inside = first + np.arange(8, 56)
    best = analysed.jump_distance[inside, 0]
    assert np.median(best) < 0.02 and best.max() < 0.1
    # A repeats after a multiple of its four chords.
    assert ((analysed.jump_from[inside, 0] + 1 - inside) % 16 == 0).all()


def test_the_gain_changes_nothing(aba, analysed, source):
    quiet = analyse_piece(source(aba[1] / 64))
    for field in fields(quiet):
        a, b = getattr(quiet, field.name), getattr(analysed, field.name)
        if field.name == "jump_from":
            assert (a == b).mean() > 0.95  # where two are alike, rounding may order them
        elif field.name in ("jump_distance", "beat_strength"):
            np.testing.assert_allclose(a, b, rtol=0.01, atol=1e-3)
        else:
            np.testing.assert_array_equal(a, b)


def test_channels_are_averaged(aba, analysed, source):
    one = np.random.default_rng(0).uniform(0.3, 0.7)
    stereo = np.column_stack([2 * one * aba[1], 2 * (1 - one) * aba[1]])[: 40 * 22_050]
    assert analyse_piece(source(stereo)).metre == analyse_piece(source(stereo.mean(axis=1))).metre == 4


def speech(rate, seconds=20):
    """Syllables of uneven length, as people talk."""
    rng = np.random.default_rng(1)
    y, time = np.zeros(seconds * rate), 0.2
    while time < seconds - 1:
        length = rng.gamma(6, 0.03)
        t = np.arange(int(length * rate)) / rate
        pitch = 120 * np.exp(0.1 * rng.standard_normal())
        voice = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 15)) * np.hanning(len(t))
        first = int(time * rate)
        y[first : first + len(t)] += 0.1 * voice
        time += 0.9 * length + (rng.random() < 0.12) * rng.uniform(0.2, 0.8)
    return y


@pytest.mark.parametrize(
    "make",
    [
        lambda rate: np.zeros(0),
        lambda rate: np.zeros(10),
        lambda rate: np.zeros(12 * rate),
        lambda rate: 0.1 * np.random.default_rng(0).standard_normal(rate // 10),
        lambda rate: 0.1 * np.random.default_rng(0).standard_normal(2 * rate),
        lambda rate: 0.1 * np.random.default_rng(0).standard_normal(12 * rate),
        lambda rate: np.full(9 * rate, 0.5),
        speech,
    ],
    ids=["nothing", "ten samples", "silence", "0.1 s", "2 s", "noise", "a constant", "speech"],
)
def test_whatever_it_is_it_is_described_and_no_bar_is_claimed(make, rate, source):
    y = make(rate)
    piece = analyse_piece(source(y))
    if len(y):
        check(piece)
    assert not piece.has_beat and piece.metre == 0
