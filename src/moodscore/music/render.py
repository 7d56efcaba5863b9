"""From a cue sheet and the sources to the track.

The rules are few, so that anyone can replay a cue sheet:

1. Neighbouring cues are one *run*: the source plays on through them.
2. A run fades in over the ``crossfade_s`` centred on its start, and out over that of the run after it
   (over its ``outgoing_fade_s``, where the sheet has one), by sine and cosine: equal power, since the two
   sounds are unrelated. What it plays outside its cues comes from its own source, mirrored at the ends of
   the file. Nothing is ever shortened.
3. Where a source ends before its cue does, its last 50 ms fade out linearly and silence follows.
4. Gains hold at the centres of the cues and are interpolated linearly, as factors, between them. A run
   with a ``gain_curve`` has its own instead.
5. The track fades in and out by a raised cosine, 2 s long or a tenth of its length, or as long as
   ``fade_in_s`` and ``fade_out_s`` say.
6. A track that would peak above -1 dBFS is turned down as a whole.

`concatenate_track` is the plain chain of snippets of Sergio & Lee (2020): 1 to 3, then a peak of 0.95.

Every rule tells the value of a sample from its place alone, so any slice can be rendered by itself: a
`RenderedTrack` is read like a stored one, in memory that does not grow with its length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.sources import read_mirrored
from moodscore.samples import SampleSource

_POINTERS = ("start_sample", "stop_sample", "source_start_sample", "source_stop_sample")
N_OUTPUT_CHANNELS = 2
RUN_OUT_FADE_S = 0.05
TRACK_FADE_S = 2.0
MAX_TRACK_FADE_SHARE = 0.1
PEAK_DBFS = -1.0
CONCATENATION_PEAK = 0.95
#: What says how long the track fades in and out, and in which row.
_FADES = (("fade_in_s", 0), ("fade_out_s", -1))
#: A track that never exceeds this level is silent.
SILENCE_DBFS = -80.0
#: Samples in memory at a time while the peak is looked for: 24 s, 8 MB.
_BLOCK = 1 << 20


def render_track(
    cues: pd.DataFrame, sources: Mapping[str, SampleSource], *, n_samples: int, sample_rate: int
) -> np.ndarray:
    """Render a cue sheet: crossfaded, at the predicted loudness, faded in and out.

    Parameters
    ----------
    cues : pd.DataFrame
        From `cue_sheet`.
    sources : Mapping of str to SampleSource
        The soundtrack of each ``source_clip``; read by slice.
    n_samples, sample_rate : int
        Length of the track in samples, samples a second.

    Returns
    -------
    np.ndarray of float32 [shape=(n_samples, 2)]
        Peak at most -1 dBFS. Mono sources sound in both channels, those of more than two are mixed to mono.

    Raises
    ------
    MoodscoreError
        If the cues do not cover the track exactly, a source is missing, or the music is silent or
        holds values that are not numbers.
    """
    return RenderedTrack(cues, sources, n_samples=n_samples, sample_rate=sample_rate).whole()


def concatenate_track(
    cues: pd.DataFrame, sources: Mapping[str, SampleSource], *, n_samples: int, sample_rate: int
) -> np.ndarray:
    """Chain the snippets of a cue sheet without gains or fades, peak 0.95 (Sergio & Lee 2020).

    Parameters
    ----------
    cues : pd.DataFrame
        From `cue_sheet` with ``hard=True``.
    sources, n_samples, sample_rate
        As in `render_track`.

    Returns
    -------
    np.ndarray of float32 [shape=(n_samples, 2)]

    Raises
    ------
    MoodscoreError
        As in `render_track`.
    """
    return RenderedTrack(cues, sources, n_samples=n_samples, sample_rate=sample_rate, plain=True).whole()


class RenderedTrack:
    """The track of a cue sheet, rendered as it is read.

    Parameters
    ----------
    cues, sources, n_samples, sample_rate
        As in `render_track`.
    plain : bool
        Chained as by `concatenate_track`.
    levelled : bool
        Whether the last rule, about the peak, is kept. Without it nothing needs to be looked for, so a
        track whose level is set later is rendered once instead of twice; it may exceed full scale.

    Attributes
    ----------
    n_samples, sample_rate, channels : int
        As of any `SampleSource`; there are two channels.

    Raises
    ------
    MoodscoreError
        If the cues do not cover the track exactly or a source is missing.
    """

    channels = N_OUTPUT_CHANNELS

    def __init__(
        self,
        cues: pd.DataFrame,
        sources: Mapping[str, SampleSource],
        *,
        n_samples: int,
        sample_rate: int,
        plain: bool = False,
        levelled: bool = True,
    ):
        _check_cues(cues, sources, n_samples)
        self.n_samples, self.sample_rate = n_samples, sample_rate
        self._plain, self._is_levelled = plain, levelled
        self._runs = _runs(cues, sources, sample_rate)
        self._stops = np.array([run.stop for run in self._runs])
        self._centres = (cues["start_sample"] + cues["stop_sample"]).to_numpy() / 2
        has_curves = "gain_curve" in cues and cues["gain_curve"].notna().all()
        self._factors = np.ones(len(cues)) if has_curves else 10 ** (cues["gain_db"].to_numpy() / 20)
        default_s = min(TRACK_FADE_S, MAX_TRACK_FADE_SHARE * n_samples / sample_rate)
        fades_s = [cues[name].iloc[row] if name in cues else np.nan for name, row in _FADES]
        self._rise, self._fall = (
            _raised_cosine(round((default_s if np.isnan(fade_s) else fade_s) * sample_rate))
            for fade_s in fades_s
        )

    def read(self, start: int, stop: int) -> np.ndarray:
        """Samples ``[start, stop)`` of the track.

        The first reading of a levelled track looks for the peak of all of it.

        Returns
        -------
        np.ndarray of float32 [shape=(stop - start, 2)]

        Raises
        ------
        MoodscoreError
            If the music is silent or holds values that are not numbers.
        """
        sound = self._mixed(start, stop)
        return self._levelled(sound, self._peak) if self._is_levelled else sound

    def whole(self) -> np.ndarray:
        """All samples [shape=(n_samples, 2)]; each is rendered once."""
        track = self._mixed(0, self.n_samples)
        return self._levelled(track, _peak_of(track)) if self._is_levelled else track

    @cached_property
    def _peak(self) -> float:
        starts = range(0, self.n_samples, _BLOCK)
        return max(_peak_of(self._mixed(start, min(start + _BLOCK, self.n_samples))) for start in starts)

    def _levelled(self, sound: np.ndarray, peak: float) -> np.ndarray:
        """Turned up or down, as a part of a track of that peak; in place."""
        if peak <= 10 ** (SILENCE_DBFS / 20):
            raise MoodscoreError("music: every snippet in the track is silent; add music that can be heard")
        if self._plain:
            sound *= np.float32(CONCATENATION_PEAK / peak)
        else:
            limit = 10 ** (PEAK_DBFS / 20) * (1 - np.finfo(np.float32).eps)  # stays below it once rounded
            if peak > limit:
                sound *= np.float32(limit / peak)
        return sound

    def _mixed(self, start: int, stop: int) -> np.ndarray:
        """The sum of the runs, each faded into the next, with gains and fades; before any levelling."""
        sound = np.zeros((stop - start, N_OUTPUT_CHANNELS), dtype=np.float32)
        for run in self._runs[np.searchsorted(self._stops, start, side="right") :]:
            if run.start >= stop:
                break
            first, last = max(run.start, start), min(run.stop, stop)
            sound[first - start : last - start] += run.read(first - run.start, last - run.start)
        if not self._plain:
            self._apply_gains(sound, start)
            self._fade_ends(sound, start)
        return sound

    def _apply_gains(self, sound: np.ndarray, start: int) -> None:
        """Multiply by the gains, interpolated between the centres of the cues, in place."""
        if (self._factors == 1).all():
            return
        for first in range(0, len(sound), _BLOCK):
            part = sound[first : first + _BLOCK]
            places = np.arange(start + first, start + first + len(part))
            gains = np.interp(places, self._centres, self._factors)
            part *= gains.astype(np.float32)[:, np.newaxis]

    def _fade_ends(self, sound: np.ndarray, start: int) -> None:
        """Fade in and out by a raised cosine, in place."""
        _fade(sound, start, 0, self._rise)
        _fade(sound, start, self.n_samples - len(self._fall), self._fall[::-1])


@dataclass(frozen=True)
class _Run:
    """Neighbouring cues: a source that plays on, with what it plays before and after them.

    Places are samples of the track, or, where said so, of the run, whose first is 0.

    Attributes
    ----------
    source : SampleSource
        What plays.
    source_start : int
        Where in it the run begins; may lie before its first sample.
    start, stop : int
        Where the run begins and ends in the track.
    n_heard : int
        How many samples of the run come from the source; silence follows.
    fade_in, fade_out, run_out : int
        Length of the crossfades, and of the fade before that silence.
    curve : tuple of np.ndarray or None
        Places and factors of its own gain, in samples of the track; interpolated between.
    """

    source: SampleSource
    source_start: int
    start: int
    stop: int
    n_heard: int
    fade_in: int
    fade_out: int
    run_out: int
    curve: tuple[np.ndarray, np.ndarray] | None = None

    def read(self, start: int, stop: int) -> np.ndarray:
        """Samples ``[start, stop)`` of the run, faded, in two channels."""
        sound = np.zeros((stop - start, N_OUTPUT_CHANNELS), dtype=np.float32)
        heard_to = min(stop, self.n_heard)
        if heard_to > start:
            sound[: heard_to - start] = self._heard(start, heard_to)
        if self.run_out:
            falling = np.linspace(1, 0, self.run_out, dtype=np.float32)[:, np.newaxis]
            _fade(sound, start, self.n_heard - self.run_out, falling)
        if self.curve is not None:
            gains = np.interp(np.arange(self.start + start, self.start + stop), *self.curve)
            sound *= gains.astype(np.float32)[:, np.newaxis]
        _fade(sound, start, 0, _rising_sine(self.fade_in))
        _fade(sound, start, self.stop - self.start - self.fade_out, _rising_sine(self.fade_out)[::-1])
        return sound

    def _heard(self, start: int, stop: int) -> np.ndarray:
        first, last = self.source_start + start, self.source_start + stop
        # A mirror image is known only from the edge it is the image at.
        reach_first, reach_last = min(first, self.source.n_samples), max(last, 0)
        sound = read_mirrored(self.source, reach_first, reach_last)
        return _to_stereo(sound[first - reach_first :][: last - first])


def _runs(cues: pd.DataFrame, sources: Mapping[str, SampleSource], sample_rate: int) -> list[_Run]:
    """The runs of a cue sheet, in order."""
    pointers = cues[["source_clip", *_POINTERS]].to_dict("records")
    run_numbers = (cues["join"] != "neighbour").cumsum().to_numpy()
    heads = np.flatnonzero(np.diff(run_numbers, prepend=0))
    tails = np.append(heads[1:], len(cues)) - 1
    fades_in, fades_out = _fades(cues.iloc[heads], sample_rate)
    curves = cues["gain_curve"].iloc[heads] if "gain_curve" in cues else [None] * len(heads)
    runs = []
    for head, tail, fade_in, fade_out, curve in zip(heads, tails, fades_in, fades_out, curves, strict=True):
        first, last = pointers[head], pointers[tail]
        lead, trail = fade_in // 2, fade_out - fade_out // 2
        played = lead + last["source_stop_sample"] - first["source_start_sample"]
        lacking = lead + last["stop_sample"] - first["start_sample"] - played
        runs.append(
            _Run(
                source=sources[first["source_clip"]],
                source_start=first["source_start_sample"] - lead,
                start=first["start_sample"] - lead,
                stop=last["stop_sample"] + trail,
                n_heard=played if lacking else played + trail,
                fade_in=fade_in,
                fade_out=fade_out,
                run_out=min(round(RUN_OUT_FADE_S * sample_rate), played) if lacking else 0,
                curve=_curve(curve, sample_rate) if isinstance(curve, str) else None,
            )
        )
    return runs


def _fades(heads: pd.DataFrame, sample_rate: int) -> tuple[list[int], list[int]]:
    """How long each run fades in and out, in samples."""
    fades_in = heads["crossfade_s"]
    fades_out = heads["outgoing_fade_s"].fillna(fades_in) if "outgoing_fade_s" in heads else fades_in
    fades_in, fades_out = (
        np.rint(fades.to_numpy(dtype=float) * sample_rate).astype(np.int64).tolist()
        for fades in (fades_in, fades_out)
    )
    return fades_in, [*fades_out[1:], 0]


def _curve(text: str, sample_rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Places in samples and factors of ``second:dB`` pairs."""
    pairs = np.array([[float(number) for number in pair.split(":")] for pair in text.split()])
    return pairs[:, 0] * sample_rate, 10 ** (pairs[:, 1] / 20)


def _check_cues(cues, sources, n_samples) -> None:
    starts, stops = cues["start_sample"].to_numpy(), cues["stop_sample"].to_numpy()
    edges = np.append(starts, n_samples)
    if len(cues) == 0 or edges[0] != 0 or (edges[1:] != stops).any() or (starts >= stops).any():
        raise MoodscoreError(f"cue sheet: it does not cover the track's {n_samples} samples; make it again")
    played = cues["source_stop_sample"] - cues["source_start_sample"]
    if (played > stops - starts).any():
        raise MoodscoreError("cue sheet: a source range is longer than its cue; make it again")
    missing = set(cues["source_clip"]) - set(sources)
    if missing:
        raise MoodscoreError(f"cue sheet: the soundtrack of clip {min(missing)} is missing; extract it again")


def _to_stereo(sound: np.ndarray) -> np.ndarray:
    """Two channels; more are mixed to one that sounds in both."""
    if sound.shape[1] == N_OUTPUT_CHANNELS:
        return sound
    return np.repeat(sound.mean(axis=1, keepdims=True), N_OUTPUT_CHANNELS, axis=1)


def _rising_sine(n: int) -> np.ndarray:
    """First quarter of a sine in n samples [shape=(n, 1)]; its square and its mirror's sum to 1."""
    return np.sin(np.pi / 2 * (np.arange(n) + 0.5) / max(n, 1)).astype(np.float32)[:, np.newaxis]


def _raised_cosine(n: int) -> np.ndarray:
    """Rising from 0 to 1 in n samples [shape=(n, 1)]."""
    return _rising_sine(n) ** 2 if n else np.ones((0, 1), dtype=np.float32)


def _fade(sound: np.ndarray, start: int, at: int, weights: np.ndarray) -> None:
    """Multiply what lies at ``at`` and on by the weights, in place; the sound begins at ``start``."""
    first, last = max(at, start), min(at + len(weights), start + len(sound))
    if first < last:
        sound[first - start : last - start] *= weights[first - at : last - at]


def _peak_of(sound: np.ndarray) -> float:
    """Largest magnitude; refuses what is no sound."""
    peak = float(max(sound.max(), -sound.min()))
    if not np.isfinite(peak):
        raise MoodscoreError(
            "music: a soundtrack holds values that are not numbers; extract the soundtracks again"
        )
    return peak
