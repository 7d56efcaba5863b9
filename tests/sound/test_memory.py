"""A track of hours is measured in the memory that one of minutes takes."""

import math
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from moodscore.samples import ArraySource
from moodscore.sound import listening, onsets, sound_features
from moodscore.sound.listening import listen

RATE = 44_100


class EndlessSource:
    """The same few seconds over and over, made as they are asked for."""

    sample_rate, channels = RATE, 2

    def __init__(self, duration_s):
        self.n_samples = round(duration_s * RATE)
        rng = np.random.default_rng(0)
        beats = np.exp(-8 * (np.arange(6 * RATE) / RATE % 0.6))
        loop = (0.1 * beats[:, None] * rng.standard_normal((6 * RATE, 2))).astype(np.float32)
        self._loops = np.tile(loop, (1 + math.ceil(listening.BLOCK_S / 6), 1))

    def read(self, start, stop):
        first = start % (6 * RATE)
        return self._loops[first : first + stop - start]


def peak_bytes(duration_s):
    source = EndlessSource(duration_s)
    tracemalloc.start()
    try:
        table = sound_features(source)
        return tracemalloc.get_traced_memory()[1], table
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_two_hours_take_little_more_memory_than_a_minute():
    minute, table = peak_bytes(60)
    hours, long_table = peak_bytes(7200)
    assert hours - minute < 200 * 2**20
    assert len(long_table) == 7200
    pd.testing.assert_frame_equal(long_table[10:50], table[10:50], rtol=1e-4)


def test_levels_beyond_the_memory_allowed_wait_in_a_file(drums, monkeypatch):
    source = ArraySource(drums(100, 12)[:, None], RATE)
    held = onsets.OnsetListener()
    monkeypatch.setattr(onsets, "LEVELS_HELD", 1000)
    spilled = onsets.OnsetListener()
    listen(source, held, spilled)
    for one, other in zip(held.envelopes(), spilled.envelopes(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_envelopes_are_cut_into_no_pieces(drums, monkeypatch):
    source = ArraySource(drums(100, 12)[:, None], RATE)
    whole, pieces = onsets.OnsetListener(), onsets.OnsetListener()
    listen(source, whole, pieces)
    expected = whole.envelopes()
    monkeypatch.setattr(onsets, "_LEVELS_AT_ONCE", 7 * onsets.N_MELS * 4)
    for one, other in zip(expected, pieces.envelopes(), strict=True):
        np.testing.assert_array_equal(one, other)
