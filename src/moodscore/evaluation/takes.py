"""What every system plays to a clip, and measuring it; the latter runs where the per-clip work runs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from moodscore.emotion import Judge
from moodscore.evaluation.soundtrack import Original, measure_soundtrack
from moodscore.media import AudioFile
from moodscore.metrics import (
    BeatGrid,
    MFCCStatistics,
    continuity,
    join_auc_click,
    join_auc_flux,
    join_auc_loudness,
    longest_run_s,
    unique_ratio,
)
from moodscore.music import (
    SYSTEMS,
    Arrangement,
    Brief,
    MusicDictionary,
    arrange,
    chance_of,
    heard_cost,
    notes_of,
    numbers_of,
)
from moodscore.samples import SampleSource
from moodscore.sound import AudioScaler
from moodscore.vocabulary import COMPOSED

#: The untouched original in the tables, where its joins are those of the grid laid over it.
ORIGINAL = "original"
#: What is measured of a cue sheet rather than of its sound, and the column it travels in.
CONTINUITY = {
    "joins_per_min": "joins_per_min",
    "changes_per_min": "changes_per_min",
    "median_run_s": "median_run_s",
    "beat_kept": "beat_kept",
    "bar_kept": "bar_kept",
    "changes_at_cuts": "changes_at_cuts",
    "cuts_on_beats": "cuts_on_beats",
    "cuts_on_beats_chance": "cuts_on_beats_chance",
    "jump_distance": "jump_distance_median",
    "target_cost": "target_cost_mean",
}
_JOIN_AUCS = {
    "join_auc_flux": join_auc_flux,
    "join_auc_click": join_auc_click,
    "join_auc_loudness": join_auc_loudness,
}


@dataclass(frozen=True)
class Task:
    """One clip, and what every system plays to it.

    Attributes
    ----------
    original : AudioFile
        The clip's own soundtrack.
    original_features : pd.DataFrame
        Its features, unscaled, one row a segment.
    sheets : pd.DataFrame
        The clip's rows of `plan_takes`.
    sources : Mapping of str to SampleSource
        The music the cue sheets point into.
    notes : pd.DataFrame or None
        Of composed music.
    """

    original: AudioFile
    original_features: pd.DataFrame
    sheets: pd.DataFrame
    sources: Mapping[str, SampleSource]
    notes: pd.DataFrame | None = None


def plan_takes(
    clip_id: str, brief: Brief, *, music: MusicDictionary, chosen: Mapping[str, pd.DataFrame], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What every system that makes a sound would play to one clip.

    The random takes depend on the seed and the clip's name, not on which other clips there are.

    Parameters
    ----------
    clip_id : str
        Its name.
    brief : Brief
        What is wanted.
    music : MusicDictionary
        What there is to choose from; ``options.system`` is the one that `chosen` is of.
    chosen : Mapping of str to pd.DataFrame
        The cue sheets that a run's tracks were made from, by clip: that system is measured as delivered.
    seed : int
        Of the random takes.

    Returns
    -------
    sheets : pd.DataFrame
        Cue sheets one below the other, each with its ``system`` and ``take`` (several where there is
        chance in the system), and in every row what is measured of the whole sheet (`CONTINUITY`).
    notes : pd.DataFrame
        Of composed music.
    """
    grids = {
        name: BeatGrid(piece.beats_s[:-1], piece.bar_position)
        for name, piece in music.pieces.items()
        if piece.has_beat
    }
    cuts_s = brief.targets["cut_s"].dropna().to_numpy() if "cut_s" in brief.targets else []
    duration_s = brief.n_samples / brief.sample_rate
    sheets, arrangements = [], []
    for system in SYSTEMS:
        is_delivered = system == music.options.system and clip_id in chosen
        # What is composed is composed again for its notes: the same, since its chance is the clip's.
        own = [] if is_delivered and system != COMPOSED else _arranged(system, brief, music, seed)
        arrangements += own
        if is_delivered:
            takes = [chosen[clip_id]]
        else:
            takes = [arranged.cues for arranged in own if arranged.cues is not None]
        for take, cues in enumerate(takes):
            if system == COMPOSED:
                measured = continuity(cues, {COMPOSED: _grid_of(cues)}, cuts_s)
                cost = np.nan  # it is made of no snippets
            else:
                measured = continuity(cues, grids, cuts_s)
                cost = heard_cost(cues, brief.targets, music, duration_s=duration_s)
            sheets.append(cues.assign(system=system, take=take, target_cost_mean=cost, **measured))
    # Sheets of runs have columns that those of segments lack, and sheets of bars more.
    return pd.concat(sheets, ignore_index=True), notes_of(arrangements)


def _arranged(system: str, brief: Brief, music: MusicDictionary, seed: int) -> list[Arrangement]:
    return arrange(system, brief, music, seed=chance_of(brief.clip_id, seed))


def _grid_of(cues: pd.DataFrame) -> BeatGrid:
    """The beats of composed music."""
    beats = [numbers_of(cell) for cell in cues["beats_s"]]
    return BeatGrid(np.concatenate(beats), np.concatenate([np.arange(len(own)) for own in beats]))


def measure_takes(
    clip_id: str, task: Task, *, segment_s: float, scaler: AudioScaler, judge: Judge
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Render and measure every take of one clip.

    Returns
    -------
    errors : pd.DataFrame
        ``clip_id, system, take``, the errors of each take, how well its joins are told from the rest, and
        its variety; a row for the `ORIGINAL`, too, of which only the joins are measured.
    emotions : pd.DataFrame
        ``clip_id, system, take, segment, valence, arousal``: what the judge hears.
    timbre : pd.DataFrame
        ``clip_id, system`` and the fields of :class:`moodscore.metrics.MFCCStatistics`, all takes pooled;
        `ORIGINAL` among them.
    """
    rate = task.original.sample_rate
    original = Original.prepare(task.original.read(), rate, task.original_features, scaler)
    grid = np.rint(np.arange(1, original.n_segments) * segment_s * rate).astype(np.int64)
    errors = [{"system": ORIGINAL, "take": 0} | _joins(original.samples, grid, rate)]
    timbre = {ORIGINAL: [MFCCStatistics.of(original.samples, rate)]}
    emotions = []
    for system, take, cues in _takes(task.sheets):
        notes = task.notes if system == COMPOSED else None
        arranged = Arrangement(clip_id, system, cues, task.sources, len(original.samples), rate, notes)
        rendered = arranged.rendered().read(0, arranged.n_samples)
        track, measures = measure_soundtrack(
            rendered, original, segment_s=segment_s, scaler=scaler, judge=judge
        )
        keys = {"system": system, "take": take}
        errors.append(keys | measures.errors | _form(track, cues, rate))
        emotions.append(measures.judged.assign(**keys))
        timbre.setdefault(system, []).append(MFCCStatistics.of(track, rate))
    return (
        pd.DataFrame(errors).assign(clip_id=clip_id),
        pd.concat(emotions, ignore_index=True).assign(clip_id=clip_id),
        pd.DataFrame([_row(system, pieces) for system, pieces in timbre.items()]).assign(clip_id=clip_id),
    )


def _takes(sheets: pd.DataFrame):
    """System, number of the take, cue sheet; silence, which has none, comes first."""
    yield "silence", 0, None
    for (system, take), cues in sheets.groupby(["system", "take"], sort=False):
        yield system, take, cues


def _form(track: np.ndarray, cues: pd.DataFrame | None, rate: int) -> dict[str, float]:
    """How the track is put together; nothing of silence, which is not."""
    if cues is None:
        return {}
    # Where bars follow each other nothing is joined.
    is_composed = (cues["source_clip"] == COMPOSED).all()
    joins = {} if is_composed else _joins(track, cues["start_sample"].to_numpy()[1:], rate)
    known = {name: cues[column].iloc[0] for name, column in CONTINUITY.items()}
    return joins | known | {"unique_ratio": unique_ratio(cues), "longest_run_s": longest_run_s(cues)}


def _joins(track: np.ndarray, joins: np.ndarray, rate: int) -> dict[str, float]:
    return {name: measure(track, joins, rate) for name, measure in _JOIN_AUCS.items()}


def _row(system: str, pieces: list[MFCCStatistics]) -> dict[str, object]:
    pooled = MFCCStatistics.pooled(pieces)
    return {
        "system": system,
        "n": pooled.n,
        "total": pooled.total.tolist(),
        "products": pooled.products.ravel().tolist(),
    }
