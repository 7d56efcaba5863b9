"""Tempo, loudness and rhythm as in the paper, written straight from the formulae, splice by splice.

What `moodscore.sound` is compared with, in speed by the benchmarks and in numbers by the tests.
"""

import itertools

import librosa
import numpy as np
import scipy.signal
from scipy.ndimage import gaussian_filter1d

SAMPLE_RATE = 44_100
SPLICE = SAMPLE_RATE // 10
LOW_RATE = 8_000
LOW_SPLICE = LOW_RATE // 10
BARK_EDGES_HZ = (
    *(0, 100, 200, 300, 400, 510, 630, 770, 920, 1080),
    *(1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700, 4400),
)


def splice_by_splice(y):
    """Tempo, loudness and rhythm of every tenth of a second [shape=(n, 3)]; tempo NaN where nothing repeats.

    ``y`` is ``[shape=(samples, channels)]`` at 44.1 kHz.
    """
    y = librosa.to_mono(y.T)
    low = librosa.resample(y, orig_sr=SAMPLE_RATE, target_sr=LOW_RATE)
    rows = []
    for splice in range(len(y) // SPLICE):
        low_sound = low[splice * LOW_SPLICE : (splice + 1) * LOW_SPLICE]
        sound = y[splice * SPLICE : (splice + 1) * SPLICE]
        rows.append((splice_tempo(low_sound), splice_loudness(sound), splice_rhythm(sound)))
    return np.array(rows)


def splice_tempo(y):
    """Ellis's tempo of 0.1 s at 8 kHz."""
    mel = librosa.feature.melspectrogram(
        y=y, sr=LOW_RATE, n_fft=256, hop_length=32, n_mels=40, power=1.0, center=False
    )
    level = librosa.amplitude_to_db(mel, ref=1.0, amin=1e-10, top_db=80)
    onsets = librosa.onset.onset_strength(S=level, sr=LOW_RATE, hop_length=32, center=False)[1:]
    onsets = scipy.signal.lfilter([1, -1], [1, -0.99], onsets - onsets.mean())
    onsets = gaussian_filter1d(onsets, 2.5, mode="constant")
    correlation = librosa.autocorrelate(onsets)
    lags = np.arange(1, len(correlation))
    weight = np.exp(-0.5 * (np.log2(lags / 250 / 0.5) / 0.9) ** 2)
    beyond_onset = np.logical_or.accumulate(correlation[1:] < 0)
    salience = np.where(beyond_onset, correlation[1:] * weight, 0)
    if salience.max() <= 1e-6 * correlation[0]:
        return np.nan
    return 60 * 250 / lags[salience.argmax()]


def splice_loudness(y):
    """Sone of 0.1 s, summed over the Bark bands."""
    window = scipy.signal.get_window("hann", 1024)

    def without_constant(frames):
        return frames - (frames * window).sum(axis=-1, keepdims=True) / window.sum()

    hertz, density = scipy.signal.welch(y, SAMPLE_RATE, window=window, detrend=without_constant)
    sone = 0.0
    for low, high in itertools.pairwise(BARK_EDGES_HZ):
        power = density[(hertz >= low) & (hertz < high)].sum() * hertz[1]
        phon = max(0.0, 10 * np.log10(max(power, 1e-30) / 0.5) + 94)
        sone += 2 ** ((phon - 40) / 10) if phon >= 40 else (phon / 40) ** 2.642
    return sone


def splice_rhythm(y):
    """Logarithm of the variance of the power spectral density of 0.1 s."""
    _, density = scipy.signal.periodogram(y, SAMPLE_RATE, nfft=8192)
    return np.log(max(np.var(density, ddof=1), 1e-20))
