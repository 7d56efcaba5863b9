"""From a cue sheet and the sources to the track.

The rules are few, so that anyone can replay a cue sheet:

1. Neighbouring cues are one *run*: the source plays on through them.
2. A run fades in over the ``crossfade_s`` centred on its start, and out over that of the run after it,
   by sine and cosine: equal power, since the two sounds are unrelated. What it plays outside its cues
   comes from its own source, mirrored at the ends of the file. Nothing is ever shortened.
3. Where a source ends before its cue does, its last 50 ms fade out linearly and silence follows.
4. Gains hold at the centres of the cues and are interpolated linearly, as factors, between them.
5. The track fades in and out by a raised cosine, 2 s long or a tenth of its length.
6. A track that would peak above -1 dBFS is turned down as a whole.

`concatenate_track` is the plain chain of snippets of Sergio & Lee (2020): 1 to 3, then a peak of 0.95.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.sources import SampleSource, read_mirrored

_POINTERS = ("start_sample", "stop_sample", "source_start_sample", "source_stop_sample")
N_OUTPUT_CHANNELS = 2
RUN_OUT_FADE_S = 0.05
TRACK_FADE_S = 2.0
MAX_TRACK_FADE_SHARE = 0.1
PEAK_DBFS = -1.0
CONCATENATION_PEAK = 0.95
#: A track that never exceeds this level is silent.
SILENCE_DBFS = -80.0


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
    track = _mix(cues, sources, n_samples, sample_rate)
    _apply_gains(track, cues)
    _fade_ends(track, sample_rate)
    limit = 10 ** (PEAK_DBFS / 20) * (1 - np.finfo(np.float32).eps)  # stays below it once rounded
    peak = _audible_peak(track)
    if peak > limit:
        track *= np.float32(limit / peak)
    return track


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
    track = _mix(cues, sources, n_samples, sample_rate)
    track *= np.float32(CONCATENATION_PEAK / _audible_peak(track))
    return track


def _mix(cues, sources, n_samples, sample_rate) -> np.ndarray:
    """Sum the runs of a cue sheet, each faded into the next [shape=(n_samples, 2)]."""
    _check_cues(cues, sources, n_samples)
    track = np.zeros((n_samples, N_OUTPUT_CHANNELS), dtype=np.float32)
    pointers = cues[["source_clip", *_POINTERS]].to_dict("records")
    run_numbers = (cues["join"] != "neighbour").cumsum().to_numpy()
    heads = np.flatnonzero(np.diff(run_numbers, prepend=0))
    tails = np.append(heads[1:], len(cues)) - 1
    crossfades = np.rint(cues["crossfade_s"].to_numpy() * sample_rate).astype(np.int64)[heads]
    for head, tail, fade_in, fade_out in zip(
        heads, tails, crossfades, np.append(crossfades[1:], 0), strict=True
    ):
        first, last = pointers[head], pointers[tail]
        lead, trail = fade_in // 2, fade_out - fade_out // 2
        start, stop = first["start_sample"] - lead, last["stop_sample"] + trail
        sound = _read_run(sources[first["source_clip"]], first, last, lead, trail, sample_rate)
        if fade_in:
            sound[:fade_in] *= _rising_sine(fade_in)
        if fade_out:
            sound[-fade_out:] *= _rising_sine(fade_out)[::-1]
        track[start:stop] += sound
    return track


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


def _read_run(source, first, last, lead, trail, sample_rate) -> np.ndarray:
    """Sound of a run in two channels, ``lead`` samples before it to ``trail`` after it."""
    start, stop = first["source_start_sample"], last["source_stop_sample"]
    lacking = last["stop_sample"] - first["start_sample"] - (stop - start)
    if lacking == 0:
        return _to_stereo(read_mirrored(source, start - lead, stop + trail))
    sound = _to_stereo(read_mirrored(source, start - lead, stop))
    n_fade = min(round(RUN_OUT_FADE_S * sample_rate), len(sound))
    sound[len(sound) - n_fade :] *= np.linspace(1, 0, n_fade, dtype=np.float32)[:, np.newaxis]
    return np.pad(sound, ((0, lacking + trail), (0, 0)))


def _to_stereo(sound: np.ndarray) -> np.ndarray:
    """Two channels in a new array; the one read may be the source's own memory."""
    if sound.shape[1] == N_OUTPUT_CHANNELS:
        return np.array(sound, dtype=np.float32)
    return np.repeat(sound.mean(axis=1, keepdims=True), N_OUTPUT_CHANNELS, axis=1)


def _rising_sine(n: int) -> np.ndarray:
    """First quarter of a sine in n samples [shape=(n, 1)]; its square and its mirror's sum to 1."""
    return np.sin(np.pi / 2 * (np.arange(n) + 0.5) / n).astype(np.float32)[:, np.newaxis]


def _apply_gains(track, cues) -> None:
    """Multiply by the gains, interpolated between the centres of the cues, in place."""
    starts, stops = cues["start_sample"].to_numpy(), cues["stop_sample"].to_numpy()
    factors = 10 ** (cues["gain_db"].to_numpy() / 20)
    if (factors == 1).all():
        return
    centres = (starts + stops) / 2
    for start, stop in zip(starts, stops, strict=True):
        gains = np.interp(np.arange(start, stop), centres, factors)
        track[start:stop] *= gains.astype(np.float32)[:, np.newaxis]


def _fade_ends(track, sample_rate) -> None:
    """Fade in and out by a raised cosine, in place."""
    n_fade = round(min(TRACK_FADE_S * sample_rate, MAX_TRACK_FADE_SHARE * len(track)))
    rise = _rising_sine(n_fade) ** 2 if n_fade else np.ones((0, 1), dtype=np.float32)
    track[:n_fade] *= rise
    track[len(track) - n_fade :] *= rise[::-1]


def _audible_peak(track) -> float:
    """Largest magnitude of a track; refuses one in which there is nothing to hear."""
    peak = float(max(track.max(), -track.min()))
    if not np.isfinite(peak):
        raise MoodscoreError(
            "music: a soundtrack holds values that are not numbers; extract the soundtracks again"
        )
    if peak <= 10 ** (SILENCE_DBFS / 20):
        raise MoodscoreError("music: every snippet in the track is silent; add music that can be heard")
    return peak
