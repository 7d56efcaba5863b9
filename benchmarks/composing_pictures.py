"""``python -m benchmarks.composing_pictures OUT.png RECORDING …``: composed music beside recordings.

Long-term spectrum, width, level over time and steepness of attacks, of four composed moods and of
each recording. The recordings are somebody's own; nothing of them is kept but curves.
"""

import sys
from pathlib import Path

import numpy as np

from benchmarks.composing import RATE, brief_of
from moodscore.composing import compose

SECONDS = 40
MOODS = {"pos_high": (8, 8), "pos_low": (8, 2.5), "neg_high": (2, 8), "neg_low": (2, 2.5)}
_EDGES_HZ = np.geomspace(30, 18_000, 40)


def main(out, *recordings):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    sounds = {Path(name).stem: _load(name) for name in recordings}
    for name, mood in MOODS.items():
        sounds[f"composed, {name}"] = compose(brief_of(*mood, SECONDS), seed=1).track().whole()
    figure, axes = plt.subplots(2, 2, figsize=(13, 9), layout="constrained")
    for name, y in sounds.items():
        style = {"lw": 1.2} if name.startswith("composed") else {"lw": 2.4, "ls": "--"}
        middle = 20 * np.log10(np.abs(y).max() + 1e-9)
        spectrum, width = _spectra(y)
        axes[0, 0].semilogx(_EDGES_HZ[:-1], spectrum, label=name, **style)
        axes[0, 1].semilogx(_EDGES_HZ[:-1], width, label=name, **style)
        level = _levels(y, 0.1)
        axes[1, 0].plot(np.arange(len(level)) * 0.1, level - np.median(level), **style)
        axes[1, 1].plot(
            np.sort(np.diff(_levels(y, 0.01))), np.linspace(0, 1, len(_levels(y, 0.01)) - 1), **style
        )
        print(f"{name}: crest {middle - _rms_db(y):.1f} dB, level {_rms_db(y):.1f} dB")
    for axis, title in zip(
        axes.flat,
        (
            "share of the power in each quarter octave (dB)",
            "side over middle (dB); mono recordings have no side",
            "level of 0.1 s over its median (dB)",
            "change of level from 10 ms to 10 ms (dB), cumulative",
        ),
        strict=True,
    ):
        axis.set_title(title, fontsize=10)
        axis.grid(alpha=0.3)
    axes[0, 0].set_ylim(-60, 0)
    axes[0, 1].set_ylim(-40, 5)
    axes[1, 0].set_ylim(-30, 15)
    axes[1, 1].set_xlim(-6, 12)
    axes[0, 0].legend(fontsize=8)
    figure.savefig(out, dpi=80)


def _load(name):
    import soundfile
    import soxr

    y, rate = soundfile.read(name, always_2d=True)
    y = soxr.resample(y[: SECONDS * rate], rate, RATE)
    return np.repeat(y, 2, axis=1) if y.shape[1] == 1 else y


def _spectra(y):
    """Power of the middle and side over middle, by quarter octave, in dB."""
    import librosa

    left, right = (librosa.stft(np.ascontiguousarray(y[:, side]), n_fft=8192) for side in (0, 1))
    middle, side = (np.sum(np.abs(x) ** 2, axis=1) for x in (left + right, left - right))
    band = np.digitize(np.fft.rfftfreq(8192, 1 / RATE), _EDGES_HZ) - 1
    sums = [np.array([x[band == b].sum() for b in range(len(_EDGES_HZ) - 1)]) for x in (middle, side)]
    share = 10 * np.log10(sums[0] / sums[0].sum() + 1e-12)
    return share, 10 * np.log10(sums[1] / (sums[0] + 1e-12) + 1e-6)


def _levels(y, seconds):
    n = int(seconds * RATE)
    frames = y[: len(y) // n * n].mean(axis=1).reshape(-1, n)
    return 10 * np.log10(np.mean(frames**2, axis=1) + 1e-9)


def _rms_db(y):
    return 10 * np.log10(np.mean(y**2))


if __name__ == "__main__":
    main(*sys.argv[1:])
