"""Short pieces whose beats, bars and chords are known because they are made here."""

import numpy as np
import pytest

from moodscore.samples import ArraySource

RATE = 22_050
#: Triads of I, IV, V and vi, in semitones above C.
CHORDS = ((0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16))


def as_source(y):
    y = np.asarray(y, dtype=np.float32)
    return ArraySource(y[:, None] if y.ndim == 1 else y, RATE)


def make_clicks(times_s, duration_s, noise=0.002):
    """A short burst of 1 kHz at each time, in white noise."""
    t = np.arange(int(0.03 * RATE)) / RATE
    click = np.sin(2 * np.pi * 1000 * t) * np.exp(-150 * t)
    y = noise * np.random.default_rng(0).standard_normal(int(duration_s * RATE))
    for time in times_s:
        first = int(time * RATE)
        y[first : first + len(click)] += 0.5 * click[: len(y) - first]
    return y


def make_tone(midi, seconds, decay=2.0):
    t = np.arange(int(seconds * RATE)) / RATE
    hertz = 440 * 2 ** ((midi - 69) / 12)
    tone = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 7))
    return tone * np.exp(-decay * t) * np.minimum(1, t / 0.005) * np.minimum(1, (seconds - t) / 0.02)


def make_music(beats_s, metre, sections, upbeat=0):
    """A chord on every beat, a new one with the bass on every downbeat; one melody note a beat in B.

    ``sections`` is a string such as AAB, four bars a letter; ``upbeat`` beats come before the first bar.
    """
    y = np.zeros(int((beats_s[-1] + 1.0) * RATE))

    def add(time, sound, gain):
        first = int(time * RATE)
        y[first : first + len(sound)] += gain * sound[: len(y) - first]

    for i in range(len(beats_s) - 1):
        bar, place = divmod(i - upbeat, metre)
        letter = sections[min(max(bar, 0) // 4, len(sections) - 1)]
        chord = CHORDS[bar % 4] if letter == "A" else CHORDS[(3 * bar + 2) % 4]
        length = beats_s[i + 1] - beats_s[i]
        for pitch in chord:
            add(beats_s[i], make_tone(60 + pitch, length), 0.05)
        if place == 0:
            add(beats_s[i], make_tone(36 + chord[0] % 12, length), 0.25)
        if letter == "B":
            add(beats_s[i], make_tone(84 + chord[i % 3] % 12, length, decay=0.5), 0.12)
    return y


@pytest.fixture(scope="session")
def source():
    return as_source


@pytest.fixture(scope="session")
def clicks():
    return make_clicks


@pytest.fixture(scope="session")
def music():
    return make_music


@pytest.fixture(scope="session")
def rate():
    return RATE
