"""How many of many patterns are read at their tempo: ours, and librosa's beat tracker."""

import librosa
import numpy as np

from benchmarks.drum_patterns import PATTERNS, RATE, TEMPI, play
from moodscore.sound import tempo_loudness_rhythm

TITLE = "tempo of patterns from 60 to 160 bpm, share that is right to 4 % (reference: librosa.beat)"
TOLERANCE = 0.04
SLOW_BPM = 90
SEEDS = (0, 1)


def measure():
    """Yield name, our share, librosa's share, ratio."""
    cases = [(name, bpm, seed) for name in PATTERNS for bpm in TEMPI for seed in SEEDS]
    tracks = {case: play(*case) for case in cases}
    ours = {case: is_right(our_tempo(y), case[1]) for case, y in tracks.items()}
    theirs = {case: is_right(their_tempo(y), case[1]) for case, y in tracks.items()}
    for name in PATTERNS:
        yield _row(name, ours, theirs, [case for case in cases if case[0] == name])
    slow = [case for case in cases if case[1] < SLOW_BPM]
    yield _row(f"all below {SLOW_BPM} bpm", ours, theirs, slow)
    yield _row("all", ours, theirs, cases)


def _row(name, ours, theirs, cases):
    us, them = (np.mean([right[case] for case in cases]) for right in (ours, theirs))
    return name, us, them, us / them if them else "∞"


def our_tempo(y):
    return float(np.median(tempo_loudness_rhythm(y, RATE)["tempo"]))


def their_tempo(y):
    return float(np.atleast_1d(librosa.beat.beat_track(y=y, sr=RATE)[0])[0])


def is_right(heard, bpm):
    return abs(heard / bpm - 1) <= TOLERANCE
