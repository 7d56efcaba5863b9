"""Music whose tempo is known: drums, a bass and a pad, played by hands that are not quite exact, in a room.

Kick and snare are equally loud, and bass and hats may go on every eighth: what makes most trackers hear slow
music at twice its tempo.
"""

import numpy as np
import scipy.signal

RATE = 22_050
SECONDS = 16
#: A bar of sixteenths: kick, snare, hat, bass.
PATTERNS = {
    "straight": ("x.......x.......", "....x.......x...", "x.x.x.x.x.x.x.x.", "x.x.x.x.x.x.x.x."),
    "straight, open": ("x.......x.......", "....x.......x...", "x...x...x...x...", "x.x.x.x.x.x.x.x."),
    "syncopated": ("x.....x.x.x.....", "....x.......x...", "x.x.x.x.x.x.x.x.", "x.x.x.x.x.x.x.x."),
    "four on the floor": ("x...x...x...x...", "....x.......x...", "..x...x...x...x.", "x.x.x.x.x.x.x.x."),
    "four, bass between": ("x...x...x...x...", "....x.......x...", "x.x.x.x.x.x.x.x.", "..x...x...x...x."),
    "off-beat heavy": ("x.......x.......", "....x.......x...", "..x...x...x...x.", "..x...x...x...x."),
    "sixteenths": ("x.......x.......", "....x.......x...", "xxxxxxxxxxxxxxxx", "x.x.x.x.x.x.x.x."),
}
TEMPI = (60, 64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 106, 112, 118, 124, 130, 136, 142, 148, 154, 160)
#: How exactly hands play (s), and how evenly (share of the level).
_JITTER_S, _UNEVEN = 0.006, 0.15
_ROOTS = (0, -3, 5, 7)


def play(pattern, bpm, seed=0, seconds=SECONDS):
    """A mono track [shape=(samples,)] at `RATE`."""
    rng = np.random.default_rng([seed, round(bpm * 100)])
    kick, snare, hat, bass = PATTERNS[pattern]
    y = np.zeros(round(seconds * RATE))
    steps = np.arange(0.05, seconds - 0.3, 15 / bpm)
    for bar, sound in ((kick, _kick(rng)), (snare, _snare(rng)), (hat, _hat(rng))):
        for step, time in enumerate(steps):
            if bar[step % 16] == "x":
                _strike(y, time, sound, rng)
    for step, time in enumerate(steps):
        root = _ROOTS[step // 16 % len(_ROOTS)]
        if bass[step % 16] == "x":
            _strike(y, time, _bass(41.2 * 2 ** (root / 12), 30 / bpm), rng)
        if step % 16 == 0:
            _strike(y, time, _pad(220 * 2 ** (root / 12), min(240 / bpm, seconds - time)), rng)
    tail = rng.standard_normal(round(0.8 * RATE)) * np.exp(-6 * np.arange(round(0.8 * RATE)) / RATE / 0.8)
    wet = scipy.signal.fftconvolve(y, tail / np.sqrt(np.sum(tail**2)))[: len(y)]
    y += 0.2 * wet + 0.002 * rng.standard_normal(len(y))
    return 0.5 * y / np.abs(y).max()


def _strike(y, time, sound, rng):
    first = max(round((time + rng.normal(0, _JITTER_S)) * RATE), 0)
    sound = sound[: len(y) - first] * (1 + _UNEVEN * rng.standard_normal())
    y[first : first + len(sound)] += sound


def _time(seconds):
    return np.arange(round(seconds * RATE)) / RATE


def _levelled(sound, level):
    return level * sound / np.sqrt(np.sum(sound**2) / RATE / 0.1)


def _kick(rng):
    t = _time(0.25)
    return _levelled(np.sin(2 * np.pi * (50 * t + 2 * (1 - np.exp(-40 * t)))) * np.exp(-16 * t), 0.3)


def _snare(rng):
    t = _time(0.25)
    rattle = rng.standard_normal(len(t)) * np.exp(-20 * t)
    return _levelled(0.7 * rattle + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-25 * t), 0.3)


def _hat(rng):
    t = _time(0.08)
    return _levelled(np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-70 * t), 0.08)


def _bass(hertz, seconds):
    t = _time(max(seconds * 0.9, 0.08))
    wave = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 7))
    return _levelled(
        wave * np.minimum(1, t / 0.005) * np.exp(-4 * t) * np.minimum(1, (t[-1] - t) / 0.01), 0.2
    )


def _pad(hertz, seconds):
    t = _time(seconds)
    wave = sum(np.sin(2 * np.pi * hertz * 2 ** (n / 12) * k * t) / k for n in (0, 3, 7) for k in range(1, 5))
    return 0.02 * wave * np.minimum(1, t / 0.1) * np.minimum(1, (t[-1] - t) / 0.1)
