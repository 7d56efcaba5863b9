"""The table of a soundtrack's features, one row a segment.

Two readings of the tempo exist. ``"default"`` finds it once per segment in the 8 s around it.
``"paper"`` is the mean of the tempi of the segment's splices, each taken by itself [1]_.

A silent segment has the loudness and rhythm it has; for what silence does not have, the table gives
what the rest of the soundtrack has (median tempo and brightness, overall key) or a neutral value.

.. [1] G. C. Sergio and M. Lee, "Emotional video to audio transformation using deep recurrent neural
   networks and a neuro-fuzzy system", Mathematical Problems in Engineering 2020, 8478527.
"""

from functools import cached_property

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.samples import SampleSource
from moodscore.segments import segment_bounds
from moodscore.sound.constants import SPLICE_S
from moodscore.sound.cues import ChromaListener, context_chroma, mode_and_key, onset_rate
from moodscore.sound.levels import LoudnessListener, RhythmListener
from moodscore.sound.listening import as_source, listen, n_resampled
from moodscore.sound.onsets import OnsetEnvelopes, OnsetListener
from moodscore.sound.tempo import PRIOR_BPM, SpliceTempoListener, segment_tempi
from moodscore.sound.variants import Variant, check_variant

#: Brightness of a soundtrack that is silent throughout: a centroid of 1 kHz.
NEUTRAL_BRIGHTNESS = float(np.log(1000.0))
TLR_COLUMNS = ["segment", "tempo", "loudness", "rhythm", "is_silent"]
CUE_COLUMNS = ["segment", "mode", "brightness", "onset_rate", "key"]


def tempo_loudness_rhythm(
    y: np.ndarray | SampleSource,
    sr: float | None = None,
    segment_s: float = 1.0,
    *,
    n_segments: int | None = None,
    variant: Variant = "default",
) -> pd.DataFrame:
    """Tempo, loudness and rhythm of every segment.

    Parameters
    ----------
    y : np.ndarray of float [shape=(n,) or (n, channels)], or SampleSource
        Samples, full scale at ±1, or a sound that is read by slice, once and never whole. Channels are
        averaged; what lies beyond the end is silence.
    sr : float, optional
        Samples a second of an array (a source knows its own); converted to 44.1 kHz.
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
        If the samples are not float, have another shape, are not finite or far beyond full scale, or an
        option is out of range.

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
    return _Measurement(y, sr, segment_s, n_segments, variant=variant, cues=False).tlr_table()


def musical_cues(
    y: np.ndarray | SampleSource,
    sr: float | None = None,
    segment_s: float = 1.0,
    *,
    n_segments: int | None = None,
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
    return _Measurement(y, sr, segment_s, n_segments, variant="default", cues=True).cue_table()


def sound_features(
    y: np.ndarray | SampleSource,
    sr: float | None = None,
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
    measurement = _Measurement(y, sr, segment_s, n_segments, variant=variant, cues=True)
    return measurement.tlr_table().merge(measurement.cue_table(), on="segment")


class _Measurement:
    """One soundtrack, heard once by whoever is needed for the tables that are wanted."""

    def __init__(
        self,
        y: np.ndarray | SampleSource,
        sr: float | None,
        segment_s: float,
        n_segments: int | None,
        *,
        variant: Variant,
        cues: bool,
    ):
        check_variant(variant)
        source = as_source(y, sr)
        if not (np.isfinite(segment_s) and segment_s >= SPLICE_S):
            raise MoodscoreError(f"segment_s: is {segment_s}; a segment lasts at least {SPLICE_S} s")
        if n_segments is None:
            n_segments = len(segment_bounds(source.n_samples / source.sample_rate, segment_s))
        if n_segments < 0:
            raise MoodscoreError(f"n_segments: is {n_segments}; pass 0 or more")
        self._segments = segments = segment_s, n_segments
        n_samples = n_resampled(source, LoudnessListener.rate)
        self._loudness = LoudnessListener(n_samples, *segments)
        self._rhythm = RhythmListener(n_samples, *segments)
        self._onsets = self._splices = self._chroma = None
        if cues:
            self._chroma = ChromaListener()
        if cues or variant == "default":
            self._onsets = OnsetListener()
        if variant == "paper":
            self._splices = SpliceTempoListener(n_resampled(source, SpliceTempoListener.rate), *segments)
        listen(
            source, *filter(None, (self._loudness, self._rhythm, self._onsets, self._chroma, self._splices))
        )

    def tlr_table(self) -> pd.DataFrame:
        """The table of `tempo_loudness_rhythm`."""
        silent = self._rhythm.is_silent
        tempi = self._splices.tempi if self._splices else segment_tempi(self._envelopes, *self._segments)
        columns = [
            np.arange(len(silent)),
            _with_the_tracks_own(tempi, silent, PRIOR_BPM),
            self._loudness.loudness,
            self._rhythm.rhythm,
            silent,
        ]
        return pd.DataFrame(dict(zip(TLR_COLUMNS, columns, strict=True)))

    def cue_table(self) -> pd.DataFrame:
        """The table of `musical_cues`."""
        silent = self._rhythm.is_silent
        chroma = self._chroma.chroma()
        mode, key = mode_and_key(context_chroma(chroma, *self._segments))
        _, overall_key = mode_and_key(chroma.sum(axis=0, keepdims=True))
        rate = onset_rate(self._envelopes.full, *self._segments)
        columns = [
            np.arange(len(silent)),
            np.where(silent, 0.0, mode),
            _with_the_tracks_own(self._loudness.brightness, silent, NEUTRAL_BRIGHTNESS),
            np.where(silent, 0.0, rate),
            np.where(silent, overall_key, key),
        ]
        return pd.DataFrame(dict(zip(CUE_COLUMNS, columns, strict=True)))

    @cached_property
    def _envelopes(self) -> OnsetEnvelopes:
        return self._onsets.envelopes()


def _with_the_tracks_own(values: np.ndarray, silent: np.ndarray, neutral: float) -> np.ndarray:
    """Silent and undefined segments take the median of the others, ``neutral`` if there are none."""
    unknown = silent | np.isnan(values)
    own = float(np.median(values[~unknown])) if not unknown.all() else neutral
    return np.where(unknown, own, values)
