"""Sounds whose tempo, key and level are known because they are made here."""

from itertools import cycle, islice

import numpy as np
import pytest

from moodscore.samples import ArraySource
from moodscore.sound.cues import ChromaListener
from moodscore.sound.listening import listen
from moodscore.sound.onsets import OnsetListener

SAMPLE_RATE = 44100


def _add_at(y, times_s, sound):
    for time_s in times_s:
        first = int(time_s * SAMPLE_RATE)
        y[first : first + len(sound)] += sound[: len(y) - first]


def make_clicks(bpm, duration_s, noise=0.0):
    """A burst of 1 kHz on every beat, in white noise."""
    t = np.arange(int(0.02 * SAMPLE_RATE)) / SAMPLE_RATE
    y = noise * np.random.default_rng(0).standard_normal(int(duration_s * SAMPLE_RATE))
    _add_at(y, np.arange(0.1, duration_s - 0.02, 60 / bpm), np.sin(2 * np.pi * 1000 * t) * np.hanning(len(t)))
    return y


def make_drums(bpm, duration_s, noise=0.05, backbeat=True):
    """Kick on every beat, snare on every other (if there is a backbeat), hats on eighths, in white noise."""
    rng = np.random.default_rng(1)
    t = np.arange(int(0.15 * SAMPLE_RATE)) / SAMPLE_RATE
    kick = np.sin(2 * np.pi * (50 + 80 * np.exp(-40 * t)) * t) * np.exp(-25 * t)
    snare = 0.6 * rng.standard_normal(len(t)) * np.exp(-30 * t)
    hat = 0.2 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-90 * t)
    y = noise * rng.standard_normal(int(duration_s * SAMPLE_RATE))
    beat = 60 / bpm
    _add_at(y, np.arange(0.05, duration_s - 0.2, beat), kick)
    _add_at(y, np.arange(0.05, duration_s - 0.2, beat / 2), hat)
    if backbeat:
        _add_at(y, np.arange(0.05 + beat, duration_s - 0.2, 2 * beat), snare)
    return 0.3 * y


def make_loop(kick, snare, hat, bpm, duration_s, snr_db=10.0):
    """A bar of sixteenths over and over, ``x`` where the drum is struck, in white noise."""
    rng = np.random.default_rng(round(bpm))
    t = np.arange(int(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    drums = {
        kick: np.sin(2 * np.pi * (50 * t + 2 * (1 - np.exp(-40 * t)))) * np.exp(-18 * t),
        snare: 0.7 * rng.standard_normal(len(t)) * np.exp(-25 * t)
        + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-30 * t),
        hat: 0.35 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-80 * t),
    }
    y = np.zeros(int(duration_s * SAMPLE_RATE))
    for bar, sound in drums.items():
        times = 0.05 + np.arange(0, duration_s - 0.1, 15 / bpm)
        _add_at(y, [time for time, struck in zip(times, cycle(bar), strict=False) if struck == "x"], sound)
    noise = rng.standard_normal(len(y))
    y += noise * np.sqrt(np.mean(y**2) / np.mean(noise**2) / 10 ** (snr_db / 10))
    return 0.5 * y / np.abs(y).max()


def make_note(midi, duration_s, n_harmonics=8):
    t = np.arange(int(duration_s * SAMPLE_RATE)) / SAMPLE_RATE
    hertz = 440 * 2 ** ((midi - 69) / 12)
    partials = [
        np.sin(2 * np.pi * hertz * h * t + h) / h * np.exp(-3 * t * h**0.5) for h in range(1, n_harmonics + 1)
    ]
    return sum(partials) * np.minimum(1, t / 0.01) * np.minimum(1, (duration_s - t) / 0.02)


CADENCES = {
    "major": [(0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)],
    "minor": [(0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)],
}


def make_cadence(tonic, scale, n_chords=8, noise=0.0):
    """I-IV-V-I (or i-iv-V-i) with a bass, a chord a second."""
    chords = [
        sum(make_note(60 + tonic + pitch, 1.0) for pitch in chord)
        + make_note(48 + tonic + chord[0] % 12, 1.0)
        for chord in islice(cycle(CADENCES[scale]), n_chords)
    ]
    y = np.concatenate(chords)
    return 0.2 * y / np.abs(y).max() + noise * np.random.default_rng(2).standard_normal(len(y))


def make_sine(hertz, duration_s, amplitude=0.5, sample_rate=SAMPLE_RATE):
    t = np.arange(int(duration_s * sample_rate)) / sample_rate
    return amplitude * np.sin(2 * np.pi * hertz * t)


def hear_onsets(y, sr=SAMPLE_RATE):
    listener = OnsetListener()
    listen(ArraySource(y[:, None], sr), listener)
    return listener.envelopes()


def hear_chroma(y, sr=SAMPLE_RATE):
    listener = ChromaListener()
    listen(ArraySource(y[:, None], sr), listener)
    return listener.chroma()


@pytest.fixture(scope="session")
def onset_envelopes():
    return hear_onsets


@pytest.fixture(scope="session")
def onset_envelope():
    return lambda y, sr=SAMPLE_RATE: hear_onsets(y, sr).full


@pytest.fixture(scope="session")
def chroma():
    return hear_chroma


@pytest.fixture(scope="session")
def clicks():
    return make_clicks


@pytest.fixture(scope="session")
def drums():
    return make_drums


@pytest.fixture(scope="session")
def loop():
    return make_loop


@pytest.fixture(scope="session")
def cadence():
    return make_cadence


@pytest.fixture(scope="session")
def sine():
    return make_sine
