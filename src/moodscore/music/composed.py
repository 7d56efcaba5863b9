"""Composed music among the other systems: a brief for the composer, and a cue sheet with one row a bar."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from moodscore.composing import Composition, CompositionBrief, compose
from moodscore.composing.brief import TEMPO_RANGE_BPM
from moodscore.composing.form import Form
from moodscore.music.runs import RUN_COLUMNS, numbers_of, numbers_text
from moodscore.music.scenes import Scene
from moodscore.music.snippets import FEATURE_COLUMNS
from moodscore.vocabulary import COMPOSED

#: Columns that only sheets of composed music have.
BAR_ONLY = (
    "bar",
    "chord",
    "key",
    "mode",
    "tempo_bpm",
    "predicted_bpm",
    "metre",
    "n_beats",
    "mood",
    "instruments",
)
BAR_COLUMNS = (*RUN_COLUMNS, *BAR_ONLY)
_FILE = "composed by moodscore"
#: Nobody else has a right in what was composed for one film.
_LICENCE = "made for this film; yours"


class _Length(NamedTuple):
    """What is left of a brief once the music is written."""

    n_samples: int
    sample_rate: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.sample_rate


def compose_for(
    targets: pd.DataFrame,
    scenes: Sequence[Scene],
    *,
    n_samples: int,
    sample_rate: int,
    tempo_range_bpm: tuple[float, float] | None,
    seed: int | Sequence[int],
    take: int,
) -> Composition:
    """Compose the music for a clip.

    Parameters
    ----------
    targets : pd.DataFrame
        One row a segment: ``start_s``, the predicted ``tempo``, ``loudness``, ``rhythm`` (scaled),
        ``valence``, ``arousal`` and, where known, ``cut_s``, ``cut_strength``.
    scenes : sequence of Scene
        Of the clip.
    n_samples, sample_rate : int
        Length of the track.
    tempo_range_bpm : tuple of float or None
        What scaled tempo 0 and 1 mean; None if nobody knows.
    seed, take : int
        Of chance; every take is other music.
    """
    known = {"cut_s", "cut_strength"} <= set(targets)
    cuts = targets[["cut_s", "cut_strength"]].dropna() if known else None
    starts = targets["start_s"].to_numpy(dtype=float)
    brief = CompositionBrief(
        scenes=list(scenes),
        targets=targets,
        n_samples=n_samples,
        sample_rate=sample_rate,
        tempo_range_bpm=tempo_range_bpm or TEMPO_RANGE_BPM,
        segment_s=float(np.median(np.diff(starts))) if len(starts) > 1 else 1.0,
        **({} if cuts is None else {"cuts": cuts}),
    )
    chance = np.random.SeedSequence(np.atleast_1d(seed).tolist()).generate_state(1)[0]
    return compose(brief, seed=int(chance), take=take)


def bar_sheet(
    composition: Composition, targets: pd.DataFrame, scenes: Sequence[Scene], clip_id: str
) -> pd.DataFrame:
    """The cue sheet of composed music.

    Returns
    -------
    pd.DataFrame
        `BAR_COLUMNS`, one row a bar: those of `moodscore.music.run_sheet` as far as they apply, and the
        chord, key, mode, tempo (played and predicted), metre, mood and instruments of the bar.
    """
    length = composition.brief
    bars = composition.bars.reset_index(drop=True)
    edges = np.rint(np.append(bars["start_s"], length.duration_s) * length.sample_rate).astype(np.int64)
    edges[0], edges[-1] = 0, length.n_samples
    middles = (bars["start_s"] + bars["end_s"]).to_numpy() / 2
    starts_s = targets["start_s"].to_numpy(dtype=float)
    rows = np.clip(np.searchsorted(starts_s, middles, side="right") - 1, 0, len(targets) - 1)
    asked = targets.iloc[rows].reset_index(drop=True)
    sheet = bars.drop(columns="end_s").assign(
        clip_id=clip_id,
        segment=asked["segment"],
        start_s=edges[:-1] / length.sample_rate,
        end_s=edges[1:] / length.sample_rate,
        start_sample=edges[:-1],
        stop_sample=edges[1:],
        source_kind=COMPOSED,
        source_clip=COMPOSED,
        source_file=_FILE,
        source_licence=_LICENCE,
        source_segment=asked["segment"],
        join=np.where(np.arange(len(bars)) == 0, "start", "neighbour"),
        crossfade_s=0.0,
        outgoing_fade_s=0.0,
        gain_db=0.0,
        join_cost=np.nan,
        jump_distance=np.nan,
        target_cost=np.nan,
        fade_in_s=0.0,
        fade_out_s=0.0,
        gain_curve="",
        quadrant=[scenes[scene].quadrant for scene in bars["scene"]],
        is_neutral=[scenes[scene].is_neutral for scene in bars["scene"]],
        ending=np.where(np.arange(len(bars)) == len(bars) - 1, "ends", ""),
    )
    for name in ("start", "stop"):
        sheet[f"source_{name}_sample"] = sheet[f"{name}_sample"]
    sheet = sheet.assign(source_start_s=sheet["start_s"], source_end_s=sheet["end_s"])
    for name in FEATURE_COLUMNS:
        sheet[f"predicted_{name}"] = sheet[f"target_{name}"] = asked[name]
        sheet[f"chosen_{name}"] = np.nan
    for name in ("valence", "arousal", "confidence"):
        sheet[name] = asked[name]
    own = [
        composition.beats_s[(composition.beats_s >= start - 1e-6) & (composition.beats_s < end - 1e-6)]
        for start, end in zip(bars["start_s"], bars["end_s"], strict=True)
    ]
    sheet["beats_s"] = [numbers_text(beats) for beats in own]
    sheet["downbeats_s"] = [numbers_text(beats[:1]) for beats in own]
    return sheet[list(BAR_COLUMNS)]


def restored(cues: pd.DataFrame, notes: pd.DataFrame, *, n_samples: int, sample_rate: int) -> Composition:
    """The composition a cue sheet and its notes are of; its beats are known to the millisecond.

    Parameters
    ----------
    cues : pd.DataFrame
        From `bar_sheet`.
    notes : pd.DataFrame
        Of the `Composition`.
    n_samples, sample_rate : int
        Length of the track.
    """
    beats = [numbers_of(cell) for cell in cues["beats_s"]]
    counts = np.concatenate([[0.0], np.cumsum(cues["n_beats"].to_numpy(dtype=float))])
    knots_beat = [first + np.arange(len(own)) for first, own in zip(counts, beats, strict=False)]
    length = _Length(n_samples, sample_rate)
    form = Form(
        bars=(),
        knots_beat=np.append(np.concatenate(knots_beat), counts[-1]),
        knots_s=np.append(np.concatenate(beats), length.duration_s),
        predicted_bpm=cues.groupby("scene")["predicted_bpm"].first().to_numpy(),
        metre=int(cues["n_beats"].mode().iloc[0]),
    )
    return Composition(notes, cues.reset_index(drop=True), form, length)
