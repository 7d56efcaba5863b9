"""What measuring the sound of a track costs, beside one bare Fourier transform and beside the obvious way."""

import tempfile
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.signal

from benchmarks.obvious_sound import splice_by_splice
from benchmarks.timing import paired_ratio
from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.sound import sound_features, tempo_loudness_rhythm

TITLE = "features of a track of 240 s, seconds"

SAMPLE_RATE = 44_100
BLOCK = SAMPLE_RATE  # larger ones leave the cache and take up to three times as long


def measure():
    """Yield name, seconds, reference seconds, ratio."""
    stereo = music(240)
    mono = stereo.mean(axis=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.flac"
        write_audio(path, Waveform(stereo, SAMPLE_RATE))
        file = AudioFile.open(path)
        yield (
            "all features of a FLAC file (reference: bare_stft of its samples)",
            *paired_ratio(lambda: sound_features(file), lambda: bare_stft(mono)),
        )
    yield (
        "all features of samples in memory (reference: bare_stft)",
        *paired_ratio(lambda: sound_features(stereo, SAMPLE_RATE), lambda: bare_stft(mono)),
    )
    yield (
        "tempo, loudness, rhythm as in the paper (reference: librosa, splice by splice)",
        *paired_ratio(
            lambda: tempo_loudness_rhythm(stereo, SAMPLE_RATE, variant="paper"),
            lambda: splice_by_splice(stereo),
            runs=3,
        ),
    )


def music(seconds):
    """A chord that is struck anew twice a second, in two channels, with a little noise."""
    t = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * hertz * t) for hertz in (131, 262, 330, 392, 784, 2637))
    strokes = chord * np.exp(-6 * (t % 0.5))
    noise = np.random.default_rng(0).standard_normal((len(t), 2))
    return (0.1 * strokes[:, None] + 0.003 * noise).astype(np.float32)


def bare_stft(y):
    """One pass: frames of 1024 samples every 256, Hann window, single precision, nothing kept."""
    window = scipy.signal.get_window("hann", 1024).astype(np.float32)
    for start in range(0, len(y), BLOCK):
        frames = np.lib.stride_tricks.sliding_window_view(y[start : start + BLOCK], 1024)[::256]
        scipy.fft.rfft(frames * window, overwrite_x=True)
