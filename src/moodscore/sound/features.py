"""The table of a soundtrack's features, one row a segment.

Two readings of the tempo exist. ``"default"`` finds it once per segment in the 8 s around it.
``"paper"`` is the mean of the tempi of the segment's splices, each taken by itself [1]_.

A silent segment has the loudness and rhythm it has; for what silence does not have, the table gives
what the rest of the soundtrack has (median tempo and brightness, overall key) or a neutral value.

.. [1] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.segments import segment_bounds
from moodscore.sound import cues, loudness, onsets, rhythm, tempo
from moodscore.sound.constants import LOW_RATE, SAMPLE_RATE, SILENCE_POWER, SPLICE_S
from moodscore.sound.variants import Variant, check_variant
from moodscore.sound.waveform import as_channels, segment_means, spliced

#: Brightness of a soundtrack that is silent throughout: a centroid of 1 kHz.
NEUTRAL_BRIGHTNESS = float(np.log(1000.0))
TLR_COLUMNS = ["segment", "tempo", "loudness", "rhythm", "is_silent"]
CUE_COLUMNS = ["segment", "mode", "brightness", "onset_rate", "key"]


def tempo_loudness_rhythm(
    y: np.ndarray,
    sr: float,
    segment_s: float = 1.0,
    *,
    n_segments: int | None = None,
    variant: Variant = "default",
) -> pd.DataFrame:
    """Tempo, loudness and rhythm of every segment.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n,) or (n, channels)]
        Samples, full scale at ±1. Channels are averaged; what lies beyond the end is silence.
    sr : float
        Samples a second; converted to 44.1 kHz.
    segment_s : float
        Length of a segment in seconds, at least one splice (0.1 s).
    n_segments : int, optional
        How many segments. Default: what `moodscore.segments.segment_bounds` makes of the length, none
        for less than half a segment.
    variant : {"default", "paper"}
        Which reading of the tempo.

    Returns
    -------
    pd.DataFrame
        ``segment`` (0, 1, …), ``tempo`` (beats a minute), ``loudness`` (sone), ``rhythm`` (natural logarithm
        of a variance, at least ``ln 1e-20``), ``is_silent`` (below -80 dBFS). Always finite.

    Raises
    ------
    MoodscoreError
        If the samples are not float, have another shape or are not finite, or an option is out of range.

    See Also
    --------
    musical_cues : What else the emotion of music is judged by.
    sound_features : Both tables in one go.

    Examples
    --------
    >>> t = np.arange(44100) / 44100
    >>> sine = 10 ** ((40 - 94) / 20) * np.sin(2 * np.pi * 1000 * t)
    >>> tempo_loudness_rhythm(sine, 44100)[["loudness", "rhythm"]].round(2).values.tolist()
    [[1.01, -38.96]]
    """
    check_variant(variant)
    return _Soundtrack.of(y, sr, segment_s, n_segments).tlr_table(variant)


def musical_cues(
    y: np.ndarray, sr: float, segment_s: float = 1.0, *, n_segments: int | None = None
) -> pd.DataFrame:
    """Mode, brightness, onset rate and key of every segment.

    Mode and key are heard in the 6 s around a segment, onsets in the 4 s around it, brightness in itself.

    Parameters
    ----------
    y, sr, segment_s, n_segments
        As for `tempo_loudness_rhythm`.

    Returns
    -------
    pd.DataFrame
        ``segment`` (0, 1, …), ``mode`` (about -1 to 1, above 0 for major), ``brightness`` (natural logarithm
        of Hz), ``onset_rate`` (onsets a second), ``key`` (0–11 for C, C sharp, … B major, 12–23 for the
        minor keys). Always finite: a silent segment has mode 0, no onsets, the soundtrack's median
        brightness and its overall key.

    Raises
    ------
    MoodscoreError
        As for `tempo_loudness_rhythm`.
    """
    return _Soundtrack.of(y, sr, segment_s, n_segments).cue_table()


def sound_features(
    y: np.ndarray,
    sr: float,
    segment_s: float = 1.0,
    *,
    n_segments: int | None = None,
    variant: Variant = "default",
) -> pd.DataFrame:
    """The columns of `tempo_loudness_rhythm` and of `musical_cues`, the work they share done once.

    Parameters
    ----------
    y, sr, segment_s, n_segments, variant
        As for `tempo_loudness_rhythm`.

    Returns
    -------
    pd.DataFrame

    Raises
    ------
    MoodscoreError
        As for `tempo_loudness_rhythm`.
    """
    check_variant(variant)
    soundtrack = _Soundtrack.of(y, sr, segment_s, n_segments)
    return soundtrack.tlr_table(variant).merge(soundtrack.cue_table(), on="segment")


@dataclass(frozen=True)
class _Levels:
    """What the splices of each segment tell [shape=(n_segments,)]."""

    loudness: np.ndarray
    rhythm: np.ndarray
    brightness: np.ndarray
    is_silent: np.ndarray


@dataclass(frozen=True)
class _Soundtrack:
    """One soundtrack, measured as far as somebody asks and never twice."""

    y: np.ndarray
    sr: float
    segment_s: float
    n_segments: int

    @classmethod
    def of(cls, y: np.ndarray, sr: float, segment_s: float, n_segments: int | None) -> "_Soundtrack":
        y = as_channels(y, sr)
        if not (np.isfinite(segment_s) and segment_s >= SPLICE_S):
            raise MoodscoreError(f"segment_s: is {segment_s}; a segment lasts at least {SPLICE_S} s")
        if n_segments is None:
            n_segments = len(segment_bounds(len(y) / sr, segment_s))
        if n_segments < 0:
            raise MoodscoreError(f"n_segments: is {n_segments}; pass 0 or more")
        return cls(y, sr, segment_s, n_segments)

    def tlr_table(self, variant: Variant) -> pd.DataFrame:
        """The table of `tempo_loudness_rhythm`."""
        levels = self._levels
        tempi = self._segment_tempi() if variant == "default" else self._mean_splice_tempi()
        columns = [
            np.arange(self.n_segments),
            _with_the_tracks_own(tempi, levels.is_silent, tempo.PRIOR_BPM),
            levels.loudness,
            levels.rhythm,
            levels.is_silent,
        ]
        return pd.DataFrame(dict(zip(TLR_COLUMNS, columns, strict=True)))

    def cue_table(self) -> pd.DataFrame:
        """The table of `musical_cues`."""
        silent = self._levels.is_silent
        strengths = cues.chroma(self.y, self.sr)
        mode, key = cues.mode_and_key(cues.context_chroma(strengths, self.segment_s, self.n_segments))
        _, overall_key = cues.mode_and_key(strengths.sum(axis=0, keepdims=True))
        rate = cues.onset_rate(self._envelope, self.segment_s, self.n_segments)
        columns = [
            np.arange(self.n_segments),
            np.where(silent, 0.0, mode),
            _with_the_tracks_own(self._levels.brightness, silent, NEUTRAL_BRIGHTNESS),
            np.where(silent, 0.0, rate),
            np.where(silent, overall_key, key),
        ]
        return pd.DataFrame(dict(zip(CUE_COLUMNS, columns, strict=True)))

    @cached_property
    def _envelope(self) -> np.ndarray:
        return onsets.onset_envelope(self.y, self.sr)

    @cached_property
    def _levels(self) -> _Levels:
        loudnesses, rhythms, centroids, powers = np.zeros((4, self.n_segments))
        for segments, splices, owner in self._splices(SAMPLE_RATE):
            density = loudness.power_spectral_density(splices)
            loudnesses[segments] = segment_means(loudness.loudness(density), owner)
            centroids[segments] = cues.brightness(segment_means(density, owner))
            fine_density = rhythm.periodogram(splices)
            rhythms[segments] = segment_means(rhythm.rhythm(fine_density), owner)
            powers[segments] = segment_means(rhythm.mean_power(fine_density), owner)
        return _Levels(loudnesses, rhythms, centroids, powers < SILENCE_POWER)

    def _segment_tempi(self) -> np.ndarray:
        return tempo.segment_tempi(self._envelope, self.segment_s, self.n_segments)

    def _mean_splice_tempi(self) -> np.ndarray:
        tempi = np.zeros(self.n_segments)
        for segments, splices, owner in self._splices(LOW_RATE):
            bpm = tempo.splice_tempi(splices)
            beating = np.isfinite(bpm)
            n_beating = segment_means(beating, owner)
            total = segment_means(np.where(beating, bpm, 0.0), owner)
            tempi[segments] = np.divide(
                total, n_beating, out=np.full(len(total), np.nan), where=n_beating > 0
            )
        return tempi

    def _splices(self, rate: int) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        return spliced(self.y, self.sr, rate, self.segment_s, self.n_segments)


def _with_the_tracks_own(values: np.ndarray, silent: np.ndarray, neutral: float) -> np.ndarray:
    """Silent and undefined segments take the median of the others, ``neutral`` if there are none."""
    unknown = silent | np.isnan(values)
    own = float(np.median(values[~unknown])) if not unknown.all() else neutral
    return np.where(unknown, own, values)
