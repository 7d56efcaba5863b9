"""What every beat of a piece sounds like: harmony, timbre, level and attack, on the piece's own scale."""

import numpy as np
import scipy.fft

from moodscore.pieces.listening import PITCH_CLASSES, Heard

N_MFCC = 13
N_FEATURES = PITCH_CLASSES + N_MFCC + 2
#: Power further below the loudest is not heard (dB).
RANGE_DB = 80.0
#: Mel bands below 0.2 kHz.
LOW_BANDS = 2
#: An attack that belongs to a beat may come so much earlier or later (s).
ATTACK_S = 0.05


def beat_features(heard: Heard, beats_s: np.ndarray) -> np.ndarray:
    """Features of each beat, zero mean and unit variance within the piece.

    Parameters
    ----------
    heard : Heard
        The piece.
    beats_s : np.ndarray [shape=(n + 1,)]
        When each beat begins, and when the last one ends.

    Returns
    -------
    np.ndarray of float32 [shape=(n, 27)]
        12 pitch classes (of unit norm before they are scaled), MFCC 1 to 13, level in dB and onset
        strength. What does not change in the piece is 0.
    """
    columns = [
        beat_chroma(heard, beats_s),
        beat_means(_mfcc(heard.mel), heard.frame_times, beats_s),
        beat_means(levels_db(heard.power)[:, None], heard.frame_times, beats_s),
        beat_attacks(heard.onsets, heard.onset_times, beats_s)[:, None],
    ]
    return standardised(np.concatenate(columns, axis=1)).astype(np.float32)


def beat_chroma(heard: Heard, beats_s: np.ndarray) -> np.ndarray:
    """Held pitch classes of each beat, of unit norm; zero where nothing is held [shape=(n, 12)]."""
    chroma = beat_means(heard.chroma, heard.frame_times, beats_s)
    norm = np.linalg.norm(chroma, axis=1, keepdims=True)
    audible = norm > norm.max(initial=0) * 10 ** (-RANGE_DB / 20)
    return np.divide(chroma, norm, out=np.zeros_like(chroma), where=audible)


def beat_means(values: np.ndarray, times: np.ndarray, beats_s: np.ndarray) -> np.ndarray:
    """Mean of the frames of each beat; the nearest frame where a beat has none.

    Parameters
    ----------
    values : np.ndarray [shape=(f, d)]
    times : np.ndarray [shape=(f,)]
        When each frame was (s).
    beats_s : np.ndarray [shape=(n + 1,)]

    Returns
    -------
    np.ndarray [shape=(n, d)]
    """
    if not len(values):
        return np.zeros((len(beats_s) - 1, values.shape[1]))
    first, last = np.searchsorted(times, [beats_s[:-1], beats_s[1:]])
    first = np.minimum(first, len(values) - 1)
    last = np.maximum(last, first + 1)
    # A difference of running sums in double precision; a plain sum a beat would be a loop.
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    return (sums[last] - sums[first]) / (last - first)[:, None]


def beat_attacks(strength: np.ndarray, times: np.ndarray, beats_s: np.ndarray) -> np.ndarray:
    """Highest onset strength within `ATTACK_S` of the start of each beat, at least 0 [shape=(n,)]."""
    if not len(strength):
        return np.zeros(len(beats_s) - 1)
    first, last = np.searchsorted(times, [beats_s[:-1] - ATTACK_S, beats_s[:-1] + ATTACK_S])
    padded = np.append(np.maximum(strength, 0.0), 0.0)
    bounds = np.column_stack([np.minimum(first, len(strength)), np.maximum(last, first)])
    bounds[:, 1] = np.clip(bounds[:, 1], bounds[:, 0], len(strength))
    highest = np.maximum.reduceat(padded, bounds.ravel())[::2]
    return np.where(bounds[:, 1] > bounds[:, 0], highest, 0.0)


def beat_lows(heard: Heard, beats_s: np.ndarray) -> np.ndarray:
    """Level of the lowest `LOW_BANDS` mel bands in each beat, dB [shape=(n,)]."""
    low = levels_db(heard.mel[:, :LOW_BANDS].sum(axis=1))
    return beat_means(low[:, None], heard.frame_times, beats_s)[:, 0]


def levels_db(power: np.ndarray) -> np.ndarray:
    """Level of each power in dB under the highest, down to `RANGE_DB`."""
    loudest = power.max(initial=0)
    if loudest <= 0:
        return np.full(len(power), -RANGE_DB)
    return 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))


def standardised(features: np.ndarray) -> np.ndarray:
    """Zero mean and unit variance in each column; 0 where nothing but rounding changes."""
    centred = features - features.mean(axis=0)
    spread = centred.std(axis=0)
    constant = spread <= 1e-6 * np.abs(features).max(axis=0, initial=0)
    return np.where(constant, 0.0, centred / np.where(constant, 1.0, spread))


def _mfcc(mel: np.ndarray) -> np.ndarray:
    """Cepstrum of the mel bands without the level [shape=(f, 13)]."""
    loudest = mel.max(initial=0)
    level = 10 * np.log10(np.maximum(mel, max(loudest * 10 ** (-RANGE_DB / 10), 1e-30)))
    return scipy.fft.dct(level, axis=1, norm="ortho")[:, 1 : N_MFCC + 1]
