"""Hearing a piece once: onsets at 8 kHz, and one spectrum at 22 kHz for harmony, timbre and level.

**Harmony**: the magnitudes between `LOWEST_HZ` and `HIGHEST_HZ`, each the median of five frames, which
takes drums out and leaves what is held [1]_, folded onto thirds of a semitone, so that the tuning of the
piece can be found before they become 12 pitch classes. **Timbre**: power in mel bands. **Level**: the power
of each frame. A frame takes 186 ms, one begins every 46 ms.

.. [1] D. FitzGerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
"""

from typing import NamedTuple

import librosa.filters
import numpy as np
import scipy.fft
from scipy.sparse import csr_array

from moodscore.samples import SampleSource
from moodscore.sound.frames import Framer
from moodscore.sound.listening import listen
from moodscore.sound.onsets import ENVELOPE_RATE, ENVELOPE_START_S, OnsetListener
from moodscore.sound.spectra import hann, squared_magnitudes

RATE = 22_050
FRAME = 4096
HOP = 1024
#: Frames a second, and the time of the first: its centre (s).
FRAME_RATE = RATE / HOP
FRAME_START_S = FRAME / 2 / RATE

PITCH_CLASSES = 12
#: Steps of a semitone that the tuning is found to.
FINENESS = 3
N_MELS = 40
LOWEST_HZ, HIGHEST_HZ = 60.0, 2100.0
CONCERT_A_HZ, CONCERT_A_CLASS = 440.0, 9
#: Frames of the median, odd.
MEDIAN = 5

_HANN = hann(FRAME).astype(np.float32)
_FIRST_BIN, _LAST_BIN = (int(hertz * FRAME / RATE) for hertz in (LOWEST_HZ, HIGHEST_HZ))
_MEL = csr_array(librosa.filters.mel(sr=RATE, n_fft=FRAME, n_mels=N_MELS).astype(np.float32))


def _folding() -> csr_array:
    """From the bins of the harmony to fine pitch classes, each bin shared between the two it lies between."""
    hertz = np.arange(_FIRST_BIN, _LAST_BIN) * RATE / FRAME
    n_fine = PITCH_CLASSES * FINENESS
    place = FINENESS * (PITCH_CLASSES * np.log2(hertz / CONCERT_A_HZ) + CONCERT_A_CLASS)
    below = np.floor(place)
    rows = np.concatenate([below, below + 1]).astype(np.int64) % n_fine
    columns = np.tile(np.arange(len(hertz)), 2)
    shares = np.concatenate([1 - (place - below), place - below]).astype(np.float32)
    return csr_array((shares, (rows, columns)), shape=(n_fine, len(hertz)))


_FOLDING = _folding()


class Heard(NamedTuple):
    """What was heard of a piece.

    Attributes
    ----------
    onsets, bass : np.ndarray [shape=(t,)]
        Onset strength in all bands and in the bass; see `moodscore.sound.onsets`.
    chroma : np.ndarray [shape=(f, 12)]
        Strength of the held pitch classes, from C (of the piece's own tuning).
    mel : np.ndarray [shape=(f, 40)]
        Power in mel bands up to 11 kHz.
    power : np.ndarray [shape=(f,)]
        Mean square of each frame.
    """

    onsets: np.ndarray
    bass: np.ndarray
    chroma: np.ndarray
    mel: np.ndarray
    power: np.ndarray

    @property
    def onset_times(self) -> np.ndarray:
        """When each onset strength was (s)."""
        return ENVELOPE_START_S + np.arange(len(self.onsets)) / ENVELOPE_RATE

    @property
    def frame_times(self) -> np.ndarray:
        """When each frame was (s): its centre."""
        return FRAME_START_S + np.arange(len(self.power)) / FRAME_RATE


def hear(audio: SampleSource) -> Heard:
    """Hear a piece, in one pass and in bounded memory.

    Raises
    ------
    MoodscoreError
        If samples are not floating point, not finite or far beyond full scale.
    """
    onsets, spectrum = OnsetListener(), SpectrumListener()
    listen(audio, onsets, spectrum)
    heard = onsets.envelopes()
    chroma = in_tune(spectrum.fine_chroma())
    return Heard(heard.full, heard.bass, chroma, spectrum.mel(), spectrum.power())


class SpectrumListener:
    """Hears harmony, timbre and level."""

    rate = RATE

    def __init__(self):
        self._framer = Framer(FRAME, HOP)
        self._pending = np.zeros((0, _LAST_BIN - _FIRST_BIN), dtype=np.float32)
        self._fine = [np.zeros((0, PITCH_CLASSES * FINENESS), dtype=np.float32)]
        self._mel = [np.zeros((0, N_MELS), dtype=np.float32)]
        self._power = [np.zeros(0, dtype=np.float32)]

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix, at 22.05 kHz [shape=(m,)]."""
        frames = self._framer.cut(block.astype(np.float32, copy=False))
        if not len(frames):
            return
        squares = squared_magnitudes(scipy.fft.rfft(frames * _HANN, overwrite_x=True))
        self._mel.append((_MEL @ squares.T).T)
        # Parseval, the window's energy divided out.
        self._power.append(squares.sum(axis=1) * np.float32(2 / FRAME / np.sum(_HANN**2)))
        held = np.sqrt(squares[:, _FIRST_BIN:_LAST_BIN])
        if not len(self._pending):  # the median of the first frames takes the first one for what was before
            held = np.concatenate([np.repeat(held[:1], MEDIAN // 2, axis=0), held])
        held = np.concatenate([self._pending, held])
        self._fold(held)
        self._pending = held[-(MEDIAN - 1) :]

    def fine_chroma(self) -> np.ndarray:
        """Thirds of semitones from C [shape=(f, 36)]."""
        if len(self._pending):
            self._fold(np.concatenate([self._pending, np.repeat(self._pending[-1:], MEDIAN // 2, axis=0)]))
            self._pending = self._pending[:0]
        return np.concatenate(self._fine)

    def mel(self) -> np.ndarray:
        """Power in mel bands [shape=(f, 40)]."""
        return np.concatenate(self._mel)

    def power(self) -> np.ndarray:
        """Mean square of each frame [shape=(f,)]."""
        return np.concatenate(self._power)

    def _fold(self, held: np.ndarray) -> None:
        n = len(held) - MEDIAN + 1
        if n > 0:
            self._fine.append((_FOLDING @ median_of_five(*(held[k : k + n] for k in range(MEDIAN))).T).T)


def median_of_five(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Median of five arrays, element by element, by six comparisons: far faster than sorting."""
    low, high = np.minimum, np.maximum
    # The lowest and the highest of the first four are not the median, and of the rest it is the middle one.
    f = high(low(a, b), low(c, d))
    g = low(high(a, b), high(c, d))
    return high(low(e, f), low(g, high(e, f)))


def in_tune(fine: np.ndarray) -> np.ndarray:
    """Pitch classes in the piece's own tuning.

    Parameters
    ----------
    fine : np.ndarray [shape=(f, 36)]
        Thirds of semitones.

    Returns
    -------
    np.ndarray [shape=(f, 12)]
        The sum around each semitone of the tuning in which the thirds are strongest together.
    """
    total = fine.sum(axis=0, dtype=np.float64)
    turn = total @ np.exp(-2j * np.pi * np.arange(len(total)) / FINENESS)
    offset = -np.angle(turn) / (2 * np.pi) * FINENESS if abs(turn) else 0.0
    shift = int(np.rint(offset))
    centred = np.roll(fine, FINENESS // 2 - shift, axis=1)
    return centred.reshape(len(fine), PITCH_CLASSES, FINENESS).sum(axis=2)
