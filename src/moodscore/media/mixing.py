"""The original sound and the new music together, and the finished music as a file.

The music is ducked: while somebody speaks in the original, the music steps back, and comes up again when
nobody does. The level of the original is followed block by block with a fast attack and a
slow release [1]_, so that memory does not grow with the length of a film.

References
----------
.. [1] D. Giannoulis, M. Massberg, J. D. Reiss, Digital dynamic range compressor design: a tutorial
   and analysis, Journal of the Audio Engineering Society 60 (6), 2012.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.media._blocks import blocks_of, store_blocks
from moodscore.media._limiter import limited, to_gain
from moodscore.media.audio_file import AudioFile
from moodscore.media.loudness import CEILING_DBTP, measure_loudness
from moodscore.progress import part

#: How far the music steps back while the original speaks.
DUCKING_DB = 10.0
#: The music begins to step back where the original comes within so many LU of its own integrated
#: loudness, and has stepped back wholly at half of that: where BS.1770 begins to count a passage.
_FIRST_LU, _WHOLLY_LU = 20.0, 10.0
#: Time constants of the level that is followed.
_ATTACK_S, _RELEASE_S = 0.05, 0.5
#: The level is taken once in so many samples, about a hundred times a second; blocks hold a whole number.
_HOP = 512
#: Loudness of a power of 1, as BS.1770 defines it, in LUFS.
_LUFS_OF_UNIT_POWER = -0.691
#: Power of what counts as silence.
_POWER_FLOOR = 1e-10
#: Share of the work that is done when the original is measured.
_MEASURED = 0.3


@dataclass(frozen=True)
class Presence:
    """How far something is there over time.

    Attributes
    ----------
    values : np.ndarray [shape=(n,)]
        From 0 to 1, each of a step.
    step_s : float
        Length of a step in seconds.
    """

    values: np.ndarray
    step_s: float

    def at(self, times_s: np.ndarray) -> np.ndarray:
        """What it is at some times (s), between the middles of the steps in straight lines."""
        if not len(self.values):
            return np.zeros(len(times_s))
        return np.interp(times_s, (np.arange(len(self.values)) + 0.5) * self.step_s, self.values)


def mix_with_original(
    music: AudioFile,
    original: AudioFile | None,
    out: str | Path,
    *,
    keep_db: float = 0.0,
    speech: Presence | None = None,
) -> AudioFile:
    r"""Mix the original sound with music that makes room for it.

    With L the level of the original, I its integrated loudness, e the envelope of its power
    under attack and release, and s the presence of speech, the music is turned down by

    .. math:: 10\,\mathrm{dB} \cdot s \cdot \min\left(1, \max\left(0, \frac{L - (I - 20)}{10}\right)\right),
       \quad L = -0.691 + 10 \log_{10} e

    A limiter keeps the sum under -1 dBTP. Bring both to the same loudness first
    (:func:`moodscore.media.normalise`); an original of silence alone leaves the music as it is.

    Parameters
    ----------
    music : AudioFile
        The new music; its length is the length of the result.
    original : AudioFile or None
        The sound of the video from its first picture on; None where there is nothing to keep.
    out : str or Path
        ``*.flac`` or ``*.wav``, 24 bit; it appears under this name only when it is whole.
    keep_db : float
        Level of the original in dB relative to its own.
    speech : Presence or None
        Where somebody speaks in the original; None makes room for whatever is loud in it.

    Returns
    -------
    AudioFile
        The file just written, stereo if either sound is.

    Raises
    ------
    MoodscoreError
        If the two have different sample rates, one of them cannot be read, ``out`` is one of them
        or cannot be written.
    """
    if original is None:
        return write_stem(music, out)
    if original.sample_rate != music.sample_rate:
        raise MoodscoreError(
            f"{original.path}: has {original.sample_rate} samples a second and {music.path} "
            f"{music.sample_rate}; give both the same rate"
        )
    wider = max(music, original, key=lambda track: track.channels)
    with part(0.0, _MEASURED):
        ducker = _Ducker(measure_loudness(original).lufs, original.sample_rate, speech)
    mixed = limited(_mixed(music, original, to_gain(keep_db), ducker), CEILING_DBTP, music.sample_rate)
    with part(_MEASURED, 1.0):
        return store_blocks(Path(out), mixed, wider, music.n_samples, inputs=(music.path, original.path))


def write_stem(track: AudioFile, out: str | Path, *, duration_s: float | None = None) -> AudioFile:
    """Write a track as 24-bit WAV or FLAC, to the sample as long as its video.

    Parameters
    ----------
    track : AudioFile
        The finished music. Sound of 24 bits or less comes out bit by bit as it went in.
    out : str or Path
        ``*.wav`` or ``*.flac``; it appears under this name only when it is whole.
    duration_s : float or None
        Length of the video (:attr:`ClipInfo.duration_s`); None keeps the track's own.

    Returns
    -------
    AudioFile
        The file just written, of ``round(duration_s * sample_rate)`` samples: cut, or followed by
        silence.

    Raises
    ------
    MoodscoreError
        If the track cannot be read, ``out`` is the track itself or cannot be written.
    """
    n_samples = track.n_samples if duration_s is None else round(duration_s * track.sample_rate)
    return store_blocks(Path(out), blocks_of(track, n_samples), track, n_samples, inputs=(track.path,))


def _mixed(music: AudioFile, original: AudioFile, keep: float, ducker: "_Ducker") -> Iterator[np.ndarray]:
    for new, old in zip(blocks_of(music), blocks_of(original, music.n_samples), strict=True):
        gain = ducker.gain_under(old)
        yield (new * gain[:, None] + old * keep).astype(np.float32)


class _Ducker:
    """The gain of the music under an original, block after block."""

    def __init__(self, lufs: float | None, sample_rate: int, speech: Presence | None):
        self._lufs = math.inf if lufs is None else lufs  # nothing is ever loud in what has no loudness
        self._attack, self._release = (math.exp(-_HOP / (s * sample_rate)) for s in (_ATTACK_S, _RELEASE_S))
        self._envelope, self._ducked_db = 0.0, 0.0
        self._speech, self._hop_s, self._n_hops = speech, _HOP / sample_rate, 0

    def gain_under(self, original: np.ndarray) -> np.ndarray:
        """The music's gain at every sample of a block [shape=(n,)]."""
        envelope = self._followed(_power(original))
        level = _LUFS_OF_UNIT_POWER + 10 * np.log10(np.maximum(envelope, _POWER_FLOOR))
        share = (level - (self._lufs - _FIRST_LU)) / (_FIRST_LU - _WHOLLY_LU)
        share = np.clip(share, 0, 1)
        if self._speech is not None:
            share *= self._speech.at((self._n_hops + np.arange(1, len(share) + 1)) * self._hop_s)
        self._n_hops += len(share)
        ducked_db = np.concatenate([[self._ducked_db], DUCKING_DB * share])
        self._ducked_db = ducked_db[-1]
        # Straight lines between the levels: a gain that jumps would click.
        moments = np.arange(1, len(original) + 1) / _HOP
        return to_gain(-np.interp(moments, np.arange(len(ducked_db)), ducked_db))

    def _followed(self, power: np.ndarray) -> np.ndarray:
        """Power that rises with the attack and falls with the release."""
        envelope = self._envelope
        followed = np.empty_like(power)
        for hop, now in enumerate(power.tolist()):
            keep = self._attack if now > envelope else self._release
            envelope = now + keep * (envelope - now)
            followed[hop] = envelope
        self._envelope = envelope
        return followed


def _power(block: np.ndarray) -> np.ndarray:
    """Mean power of every hop, summed over the channels; a mono sound plays on two."""
    power = np.square(block, dtype=np.float64).sum(axis=1) * (2 if block.shape[1] == 1 else 1)
    starts = np.arange(0, len(power), _HOP)
    return np.add.reduceat(power, starts) / np.minimum(_HOP, len(power) - starts)
