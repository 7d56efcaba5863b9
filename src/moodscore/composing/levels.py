"""How loud each note is: the balance of the parts, and the level that the network wants.

Tones have unit loudness, so what a bar will measure is known before it sounds: the sum of its notes'
energies. The gain that brings it to the level wanted is smoothed over the bars around, so that phrases and
accents keep their shape. Every note has one gain; nothing is pumped.
"""

import numpy as np
import pandas as pd

from moodscore.composing.drums import SOUNDS_S
from moodscore.composing.expression import dynamics
from moodscore.composing.voices import PLAYER_GAIN, ROLE_GAIN, STRUCK

#: Level (dB below full scale, RMS as heard) at scaled loudness 0, and how much louder 1 is.
SOFTEST_DB, RANGE_DB = -34.0, 17.0
#: Bars around one over which its gain is smoothed, and the farthest a gain goes (dB).
_SMOOTHING_BARS, _FARTHEST_DB = 2.0, 14.0


def note_gains(notes: pd.DataFrame, bars: pd.DataFrame) -> np.ndarray:
    """The factor each note's tone is played with.

    Parameters
    ----------
    notes, bars : pd.DataFrame
        As of a `Composition`.

    Returns
    -------
    np.ndarray [shape=(n_notes,)]
    """
    own = (
        notes["role"].map(ROLE_GAIN).to_numpy() * notes["instrument"].map(PLAYER_GAIN).fillna(1.0).to_numpy()
    )
    # what loudness did to velocity is undone: the level below has it
    gain = own * notes["velocity"].to_numpy() / dynamics(notes["loudness"].to_numpy())
    bar = notes["bar"].to_numpy()
    energy = np.bincount(bar, gain**2 * _sounding_s(notes), minlength=len(bars))
    seconds = (bars["end_s"] - bars["start_s"]).to_numpy()
    measured = 10 * np.log10(np.maximum(energy / seconds, 1e-8))
    correction = np.clip(-_smoothed(measured, bars["scene"].to_numpy()), -_FARTHEST_DB, _FARTHEST_DB)
    wanted = SOFTEST_DB + RANGE_DB * notes["loudness"].to_numpy()
    return gain * 10 ** ((wanted + correction[bar]) / 20)


def _sounding_s(notes: pd.DataFrame) -> np.ndarray:
    """For how long each note counts (s): held ones while they are held, struck ones while they decay."""
    duration = notes["duration_s"].to_numpy()
    decay = np.full(len(notes), np.inf)
    for instrument, rows in notes.groupby("instrument").indices.items():
        if instrument == "kit":
            decay[rows] = SOUNDS_S
        elif instrument in STRUCK:
            voice = STRUCK[instrument]
            pitch = notes["pitch"].to_numpy()[rows]
            decay[rows] = 0.5 * voice.decay_s * voice.pitch_decay ** ((pitch - 60) / 12)
    return np.minimum(duration, decay)


def _smoothed(levels_db: np.ndarray, scenes: np.ndarray) -> np.ndarray:
    """A Gaussian mean over the bars around, within the scene. [shape=(n_bars,)]."""
    reach = int(3 * _SMOOTHING_BARS)
    total, weights = np.zeros(len(levels_db)), np.zeros(len(levels_db))
    for shift in range(-reach, reach + 1):
        weight = np.exp(-0.5 * (shift / _SMOOTHING_BARS) ** 2)
        here = slice(max(0, -shift), len(levels_db) - max(0, shift))
        there = slice(max(0, shift), len(levels_db) - max(0, -shift))
        if here.stop <= here.start:
            continue
        same = weight * (scenes[here] == scenes[there])
        total[here] += same * levels_db[there]
        weights[here] += same
    return total / weights
