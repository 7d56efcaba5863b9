"""The cue sheet: which samples of which source sound when, how loud and joined how.

Film music has called this table a cue sheet for a century. Ours is complete: with the sources it rebuilds
the track by the rules of `render_track`, sample for sample, and it accounts for every second of it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.beats import beat_shift_s
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.snippets import FEATURE_COLUMNS
from moodscore.samples import SampleSource

CUE_COLUMNS = (
    "clip_id",
    "segment",
    "start_s",
    "end_s",
    "start_sample",
    "stop_sample",
    "source_kind",
    "source_clip",
    "source_file",
    "source_licence",
    "source_segment",
    "source_start_s",
    "source_end_s",
    "source_start_sample",
    "source_stop_sample",
    *(f"predicted_{feature}" for feature in FEATURE_COLUMNS),
    *(f"target_{feature}" for feature in FEATURE_COLUMNS),
    *(f"chosen_{feature}" for feature in FEATURE_COLUMNS),
    "target_cost",
    "join_cost",
    "gain_db",
    "join",
    "crossfade_s",
    "quadrant",
    "valence",
    "arousal",
    "confidence",
)
CROSSFADE_S = 0.04
#: Neighbours in segments of a broken number of samples may lie this far from where the music has got to.
_ROUNDING_SAMPLES = 2
#: Loudness doubles, in sone, every 10 phon: about 10 dB.
DB_A_DOUBLING = 10.0
#: Below this music is hardly heard, and ratios of loudness say nothing.
MIN_SONE = 0.1
MAX_GAIN_DB = 6.0
MAX_SLEW_DB_A_SECOND = 3.0


def cue_sheet(
    targets: pd.DataFrame,
    music: MusicDictionary,
    selection: pd.DataFrame,
    *,
    clip_id: str,
    n_samples: int,
    sample_rate: int,
    hard: bool = False,
) -> pd.DataFrame:
    """Lay the selected snippets out over a track.

    The segments tile ``[0, n_samples)``: each lasts until the next starts, the last to the end of the
    track. A snippet plays on beyond its own end where its segment is longer, as far as its source goes.
    Where music follows other music and both have a clear beat, it starts a little earlier or later in its
    source, so that its beat falls where the other's would have, see `beat_shift_s`; what is shifted is the
    source, never the segment. The gain brings the loudness of the chosen snippet to that searched for:
    10 dB a doubling of sone, at most 6 dB, and changing by no more than 3 dB a second.

    Parameters
    ----------
    targets : pd.DataFrame
        One row a segment, in order of time: ``segment``, ``start_s``, predicted ``tempo``, ``loudness``,
        ``rhythm`` (scaled), ``valence``, ``arousal``, ``quadrant``, ``confidence``.
    music : MusicDictionary
        What was chosen from.
    selection : pd.DataFrame
        From `nearest_snippets` or `select_units`: ``snippet`` (row number), ``target_cost``,
        ``join_cost``, row for row with ``targets``.
    clip_id : str
        Name of the clip the track is for.
    n_samples, sample_rate : int
        Length of the track in samples, samples a second.
    hard : bool
        Cut the snippets one after the other, unfaded and at their own level (Sergio & Lee 2020).

    Returns
    -------
    pd.DataFrame
        `CUE_COLUMNS`, one row a segment. ``join`` tells how the segment follows the one before:
        ``start`` (the first), ``neighbour`` (the source plays on), ``crossfade`` (over ``crossfade_s``,
        centred on ``start_sample``) or ``hard``. ``target_…`` is what was searched for: the prediction, in
        the range of the part the snippet is from. A source range shorter than the output range says that
        the source ran out.

    Raises
    ------
    MoodscoreError
        If the segments do not start in order within the track, or a source is missing, has another
        sample rate or is too short for its snippets.
    """
    starts, stops = _tile(targets, n_samples, sample_rate)
    rows = selection["snippet"].to_numpy()
    chosen = music.snippets.iloc[rows].reset_index(drop=True)
    check_sources(chosen["clip_id"], music.sources, sample_rate)
    source_starts, source_stops, is_head = _point(chosen, stops - starts, music.sources, align=not hard)
    joins = np.where(is_head, "hard" if hard else "crossfade", "neighbour").astype(object)
    joins[0] = "start"
    searched = pd.DataFrame(music.targets_of(targets, rows), columns=list(FEATURE_COLUMNS))
    centres_s = (starts + stops) / 2 / sample_rate
    cues = pd.DataFrame(
        {
            "clip_id": clip_id,
            "segment": targets["segment"].to_numpy(),
            "start_s": starts / sample_rate,
            "end_s": stops / sample_rate,
            "start_sample": starts,
            "stop_sample": stops,
            "source_kind": chosen["kind"],
            "source_clip": chosen["clip_id"],
            "source_file": chosen["file"],
            "source_licence": chosen["licence"],
            "source_segment": chosen["segment"],
            "source_start_s": source_starts / sample_rate,
            "source_end_s": source_stops / sample_rate,
            "source_start_sample": source_starts,
            "source_stop_sample": source_stops,
            "target_cost": selection["target_cost"].to_numpy(),
            "join_cost": selection["join_cost"].to_numpy(),
            "gain_db": 0.0
            if hard
            else _gains(searched["loudness"], chosen["loudness"], rows, music, centres_s),
            "join": joins,
            "crossfade_s": _crossfades(joins, stops - starts, sample_rate) / sample_rate,
        }
    )
    for feature in FEATURE_COLUMNS:
        cues[f"predicted_{feature}"] = targets[feature].to_numpy()
        cues[f"target_{feature}"] = searched[feature]
        cues[f"chosen_{feature}"] = chosen[feature]
    for column in ("quadrant", "valence", "arousal", "confidence"):
        cues[column] = targets[column].to_numpy()
    return cues[list(CUE_COLUMNS)]


def _tile(targets, n_samples, sample_rate):
    """First and one past the last sample of each segment; together they cover the track."""
    starts = np.rint(targets["start_s"].to_numpy(dtype=np.float64) * sample_rate).astype(np.int64)
    starts[:1] = 0
    stops = np.append(starts[1:], n_samples)
    if len(starts) == 0 or (stops <= starts).any():
        raise MoodscoreError(
            f"targets: {len(starts)} segments do not start one after the other within the track's "
            f"{n_samples / sample_rate:.2f} s; predict the features of this video again"
        )
    return starts, stops


def check_sources(clip_ids: pd.Series, sources: Mapping[str, SampleSource], sample_rate: int) -> None:
    """Refuse a source that is missing or has another sample rate."""
    for clip_id in clip_ids.unique():
        if clip_id not in sources:
            raise MoodscoreError(f"clip {clip_id}: its soundtrack is missing; extract the soundtracks again")
        rate = sources[clip_id].sample_rate
        if rate != sample_rate:
            raise MoodscoreError(
                f"clip {clip_id}: its soundtrack has {rate} samples a second, the track {sample_rate}; "
                "extract the soundtracks again"
            )


def _point(chosen, lengths, sources, *, align: bool):
    """Source range of each segment, and whether it is the head of a run rather than plays on."""
    clips, segments = chosen["clip_id"].to_numpy(), chosen["segment"].to_numpy()
    begins = chosen["start_sample"].to_numpy()
    plays_on = (
        (clips[1:] == clips[:-1])
        & (segments[1:] == segments[:-1] + 1)
        & (np.abs(begins[1:] - begins[:-1] - lengths[:-1]) <= _ROUNDING_SAMPLES)
    )
    is_head = np.append(True, ~plays_on)
    heads = np.flatnonzero(is_head)
    starts = np.empty(len(chosen), dtype=np.int64)
    for head, end in zip(heads, np.append(heads[1:], len(chosen)), strict=True):
        source = sources[clips[head]]
        run = lengths[head:end]
        first = begins[head]
        if align and head:
            shift = _beat_shift(chosen, head, starts[head - 1] + lengths[head - 1], source.sample_rate)
            if first + shift >= 0 and first + shift + run.sum() <= source.n_samples:
                first += shift
        starts[head:end] = first + np.cumsum(run) - run
    ends = np.array([sources[clip].n_samples for clip in clips])
    stops = np.minimum(starts + lengths, ends)
    if ((starts < 0) | (starts >= stops)).any():
        outside = np.argmax((starts < 0) | (starts >= stops))
        raise MoodscoreError(
            f"snippet {segments[outside]} of clip {clips[outside]} lies outside its soundtrack; "
            "extract the soundtracks again"
        )
    return starts, stops, is_head


def _beat_shift(chosen, head: int, heard_to: int, sample_rate: int) -> int:
    """By how many samples a run had better start later, after music that was heard to ``heard_to``."""
    before, after = chosen.iloc[head - 1], chosen.iloc[head]
    period = 60 / before["tempo_bpm"]
    past_edge = (heard_to - before["start_sample"]) / sample_rate
    to_next = ((before["beat_s"] - past_edge) % period, after["beat_s"])
    periods = (period, 60 / after["tempo_bpm"])
    strengths = (before["beat_strength"], after["beat_strength"])
    return round(beat_shift_s(to_next, periods, strengths) * sample_rate)


def _crossfades(joins, lengths, sample_rate) -> np.ndarray:
    """Length of each crossfade in samples, never longer than either segment it joins."""
    limits = np.minimum(lengths, np.append(lengths[0], lengths[:-1]))
    crossfades = np.minimum(round(CROSSFADE_S * sample_rate), limits)
    return np.where(joins == "crossfade", crossfades, 0)


def _gains(searched, chosen, rows, music, times_s) -> np.ndarray:
    """Gain in dB of each segment, from the loudness searched for and that of the snippet."""
    # The dictionary itself tells what a scaled loudness is in sone, whatever the scaler was.
    parts = music.part_of(rows)
    wanted = np.zeros(len(rows))
    for part in np.unique(parts):
        here = parts == part
        scaled, sone = music.loudness_curves[part]
        asked, present = np.log2(
            np.interp(np.stack([searched[here], chosen[here]]), scaled, np.maximum(sone, MIN_SONE))
        )
        wanted[here] = np.clip(DB_A_DOUBLING * (asked - present), -MAX_GAIN_DB, MAX_GAIN_DB)
    return limit_slew(wanted, times_s * MAX_SLEW_DB_A_SECOND)


def limit_slew(values: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """The curve nearest to ``values`` (in the maximum norm) with a slope of at most 1 against ``reach``.

    It is the middle between the lowest such curve above the values, ``max_s v(s) - |reach - reach(s)|``,
    and the highest below, so it neither lags nor prefers loud or soft.
    """
    above = np.maximum(
        np.maximum.accumulate(values + reach) - reach,
        np.maximum.accumulate((values - reach)[::-1])[::-1] + reach,
    )
    below = np.minimum(
        np.minimum.accumulate(values - reach) + reach,
        np.minimum.accumulate((values + reach)[::-1])[::-1] - reach,
    )
    return (above + below) / 2
