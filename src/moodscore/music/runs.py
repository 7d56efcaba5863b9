"""The cue sheet of a score: one row a run, with all it takes to play it again.

Beside the columns of every cue sheet a run has its own: how it is faded, the curve of its gain and the
beats that sound in it. Lists are numbers separated by spaces, so that the sheet is one table everywhere.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.music.cues import (
    CUE_COLUMNS,
    DB_A_DOUBLING,
    MAX_GAIN_DB,
    MAX_SLEW_DB_A_SECOND,
    MIN_SONE,
    check_sources,
    limit_slew,
)
from moodscore.music.dictionary import MusicDictionary
from moodscore.music.heard import heard_rows, points_of
from moodscore.music.lattice import ENDING_TOLERANCE_S
from moodscore.music.repertoire import weighted
from moodscore.music.scenes import Scene
from moodscore.music.search import PlannedRun
from moodscore.music.snippets import FEATURE_COLUMNS
from moodscore.pieces import Piece
from moodscore.vocabulary import JOINS, ON_BEAT_S

#: Columns that only sheets of runs have.
RUN_ONLY = (
    "scene",
    "is_neutral",
    "jump_distance",
    "outgoing_fade_s",
    "fade_in_s",
    "fade_out_s",
    "gain_curve",
    "beats_s",
    "downbeats_s",
    "ending",
)
RUN_COLUMNS = (*CUE_COLUMNS, *RUN_ONLY)
#: A jump is faded over a quarter of a beat, within these limits (s).
JUMP_FADE_BEATS = 0.25
JUMP_FADE_RANGE_S = (0.02, 0.15)
#: A piece that follows another starts at once (s); the other fades out over a bar, up to this (s).
CHANGE_FADE_S = 0.01
MAX_OUTGOING_FADE_S = 2.0
_BEATS_OF_UNKNOWN_BAR = 4
#: How a track begins, and how it ends where no piece does (s); never longer than a tenth of it.
FADE_IN_S = 0.3
FADE_OUT_S = 3.0
MAX_FADE_SHARE = 0.1
#: Where a piece begins or ends by itself, a fade only guards against clicks (s).
GUARD_FADE_S = 0.02
#: A piece's own loudness is known from so many seconds around, so that its phrases keep their shape.
_OWN_LOUDNESS_S = 9
_EMOTION = ["valence", "arousal", "confidence"]


def run_sheet(
    runs: Sequence[PlannedRun],
    targets: pd.DataFrame,
    music: MusicDictionary,
    scenes: Sequence[Scene],
    *,
    clip_id: str,
    n_samples: int,
    sample_rate: int,
) -> pd.DataFrame:
    """Lay the runs of a score out over a track.

    Parameters
    ----------
    runs : sequence of PlannedRun
        From `search_runs`.
    targets : pd.DataFrame
        One row a segment, in order of time: ``segment``, ``start_s``, predicted ``tempo``, ``loudness``,
        ``rhythm`` (scaled), ``valence``, ``arousal``, ``confidence``.
    music : MusicDictionary
        What was chosen from.
    scenes : sequence of Scene
        Of the video.
    clip_id : str
        Name of the clip the track is for.
    n_samples, sample_rate : int
        Length of the track in samples, samples a second.

    Returns
    -------
    pd.DataFrame
        `RUN_COLUMNS`, one row a run: those of `cue_sheet`, where features and emotion are means over the
        run, ``join`` is ``start``, ``jump`` or ``change`` and ``target_cost`` is the mean rate (see
        `moodscore.music.repertoire`); ``scene`` (number of the scene it starts in), ``is_neutral``
        (whether that is), ``jump_distance`` (1 is
        an arbitrary jump), ``outgoing_fade_s`` (how long what was before fades out, centred on the join),
        ``fade_in_s`` and ``fade_out_s`` (of the track), ``gain_curve`` (``second:dB`` pairs), ``beats_s`` and
        ``downbeats_s`` (in the video) and ``ending`` (how the piece ends, where it ends with the video).

    Raises
    ------
    MoodscoreError
        If a source is missing or has another sample rate.
    """
    check_sources(pd.Series([run.piece for run in runs]), music.sources, sample_rate)
    edges_s = np.append(targets["start_s"].to_numpy(dtype=np.float64), n_samples / sample_rate)
    edges_s[0] = 0.0
    starts = [round(run.start_s * sample_rate) for run in runs]
    stops = [*starts[1:], n_samples]
    rows = []
    for number, (run, start, stop) in enumerate(zip(runs, starts, stops, strict=True)):
        if stop <= start:
            raise MoodscoreError(f"cue sheet: run {number} is empty; the video is too short for its scenes")
        own = _own_seconds(targets, edges_s, run, music)
        before = runs[number - 1] if number else None
        rows.append(
            _pointers(run, start, stop, music, sample_rate)
            | own
            | _joined(run, before, music)
            | _beats(run, music.pieces[run.piece])
            | {"scene": _scene_at(scenes, run.start_s), "fade_in_s": 0.0, "fade_out_s": 0.0, "ending": ""}
            | {"is_neutral": scenes[_scene_at(scenes, run.start_s)].is_neutral}
        )
    _fade_ends(rows, runs, music, n_samples / sample_rate)
    return pd.DataFrame(rows).assign(clip_id=clip_id)[list(RUN_COLUMNS)]


def _pointers(run: PlannedRun, start: int, stop: int, music: MusicDictionary, rate: int) -> dict:
    source = music.sources[run.piece]
    first = min(max(round(run.source_s * rate), 0), source.n_samples - 1)
    last = min(first + stop - start, source.n_samples)
    about = music.snippets[music.snippets["clip_id"] == run.piece].iloc[0]
    return {
        "start_s": start / rate,
        "end_s": stop / rate,
        "start_sample": start,
        "stop_sample": stop,
        "source_kind": about["kind"],
        "source_clip": run.piece,
        "source_file": about["file"],
        "source_licence": about["licence"],
        "source_start_s": first / rate,
        "source_end_s": last / rate,
        "source_start_sample": first,
        "source_stop_sample": last,
    }


def _joined(run: PlannedRun, before: PlannedRun | None, music: MusicDictionary) -> dict:
    """How a run follows the one before, and what fades how long."""
    length_s = run.end_s - run.start_s
    shortest_s = length_s if before is None else min(length_s, before.end_s - before.start_s)
    crossfade_s = outgoing_s = 0.0
    if run.join == "jump":
        crossfade_s = float(
            np.clip(JUMP_FADE_BEATS * _beat_s(music.pieces[run.piece], run.source_s), *JUMP_FADE_RANGE_S)
        )
        crossfade_s = outgoing_s = min(crossfade_s, shortest_s)
    elif run.join == "change":
        old = music.pieces[before.piece]
        bar_s = (old.metre or _BEATS_OF_UNKNOWN_BAR) * _beat_s(old, before.source_end_s)
        crossfade_s = min(CHANGE_FADE_S, shortest_s)
        outgoing_s = min(bar_s, MAX_OUTGOING_FADE_S, shortest_s)
    return {
        "join": run.join,
        "join_cost": run.jump_distance,
        "jump_distance": run.jump_distance,
        "crossfade_s": crossfade_s,
        "outgoing_fade_s": outgoing_s,
    }


def _beat_s(piece: Piece, at_s: float) -> float:
    """How long a beat lasts at a place of a piece."""
    beat = int(np.searchsorted(piece.beats_s, at_s + 1e-6, side="right")) - 1
    beat = min(max(beat, 0), len(piece.beats_s) - 2)
    return float(piece.beats_s[beat + 1] - piece.beats_s[beat])


def _own_seconds(targets: pd.DataFrame, edges_s: np.ndarray, run: PlannedRun, music: MusicDictionary) -> dict:
    """What was asked for during a run, what is heard in it, and the gain that brings its level there."""
    middles = (edges_s[1:] + edges_s[:-1]) / 2
    inside = np.flatnonzero((middles >= run.start_s) & (middles < run.end_s))
    if not len(inside):
        inside = np.array([np.argmin(np.abs(middles - (run.start_s + run.end_s) / 2))])
    heard = heard_rows(music, run.piece, run.source_s + middles[inside] - run.start_s)
    asked = targets.iloc[inside]
    part = music.part_of(heard)
    searched = music.targets_by_part(asked)[part, np.arange(len(inside))]
    chosen = music.snippets.iloc[heard]
    wanted = weighted(
        pd.DataFrame(searched, columns=list(FEATURE_COLUMNS)), asked, music.options.emotion_weight
    )
    present = points_of(music, heard)
    gains = _gains(searched[:, FEATURE_COLUMNS.index("loudness")], heard, middles[inside], music)
    curve = " ".join(f"{at:.3f}:{gain:.2f}" for at, gain in zip(middles[inside], gains, strict=True))
    routed = "routed_quadrant" if "routed_quadrant" in asked else "quadrant"
    features = {f"predicted_{name}": asked[name].mean() for name in FEATURE_COLUMNS}
    features |= {f"target_{name}": searched[:, k].mean() for k, name in enumerate(FEATURE_COLUMNS)}
    features |= {f"chosen_{name}": chosen[name].mean() for name in FEATURE_COLUMNS}
    return {
        "segment": int(asked["segment"].iloc[0]),
        "source_segment": int(chosen["segment"].iloc[0]),
        "target_cost": float(np.abs(wanted - present).sum(axis=1).mean()),
        "gain_db": float(gains.mean()),
        "gain_curve": curve,
        "quadrant": asked[routed].mode().iloc[0],
        **features,
        **asked[_EMOTION].mean().to_dict(),
    }


def _gains(asked: np.ndarray, heard: np.ndarray, times_s: np.ndarray, music: MusicDictionary) -> np.ndarray:
    """Gain in dB at each second: 10 dB a doubling of sone, limited in size and in speed."""
    scaled, sone = music.loudness_curves[int(music.part_of(heard[:1])[0])]
    present = music.snippets["loudness"].to_numpy()[heard]
    reach = np.ones(min(_OWN_LOUDNESS_S, len(present)))
    present = np.convolve(present, reach, "same") / np.convolve(np.ones(len(present)), reach, "same")
    wanted, own = np.log2(np.interp(np.stack([asked, present]), scaled, np.maximum(sone, MIN_SONE)))
    gains = np.clip(DB_A_DOUBLING * (wanted - own), -MAX_GAIN_DB, MAX_GAIN_DB)
    return limit_slew(gains, times_s * MAX_SLEW_DB_A_SECOND)


def _beats(run: PlannedRun, piece: Piece) -> dict:
    """When its beats and downbeats sound in the video; none where the piece has no beat."""
    if not piece.has_beat:
        return {"beats_s": "", "downbeats_s": ""}
    beats = np.asarray(piece.beats_s[:-1])
    inside = (beats >= run.source_s - 1e-6) & (beats < run.source_end_s - 1e-6)
    times = beats[inside] - run.source_s + run.start_s
    is_downbeat = np.asarray(piece.bar_position)[inside] == 0
    return {"beats_s": numbers_text(times), "downbeats_s": numbers_text(times[is_downbeat])}


def numbers_text(values: np.ndarray) -> str:
    """Numbers as a cell of a cue sheet."""
    return " ".join(f"{value:.3f}" for value in values)


def numbers_of(cell: object) -> np.ndarray:
    """The numbers of a cell that `numbers_text` wrote; a file's reader may have made one of it, or none."""
    if isinstance(cell, str):
        return np.array([float(word) for word in cell.split()])
    return np.empty(0) if cell is None or np.isnan(cell) else np.array([float(cell)])


def _scene_at(scenes: Sequence[Scene], start_s: float) -> int:
    return max(int(np.searchsorted([scene.start_s for scene in scenes], start_s + 1e-6, side="right")) - 1, 0)


def _fade_ends(
    rows: list[dict], runs: Sequence[PlannedRun], music: MusicDictionary, duration_s: float
) -> None:
    """Say how the track begins and ends, in the first row and the last."""
    longest_s = MAX_FADE_SHARE * duration_s
    first, last = music.pieces[runs[0].piece], music.pieces[runs[-1].piece]
    begins = abs(runs[0].source_s - first.begins_s) <= _beat_s(first, first.begins_s)
    ends = last.ending != "stops" and abs(runs[-1].source_end_s - last.ends_s) <= ENDING_TOLERANCE_S
    rows[0]["fade_in_s"] = min(GUARD_FADE_S if begins else FADE_IN_S, longest_s)
    rows[-1]["fade_out_s"] = min(GUARD_FADE_S if ends else FADE_OUT_S, longest_s)
    rows[-1]["ending"] = last.ending if ends else ""


def going_on(cues: pd.DataFrame, cuts_s: np.ndarray) -> dict[str, int]:
    """Count what a person sees of a score: pieces, jumps, changes, picture cuts and those on a beat.

    Parameters
    ----------
    cues : pd.DataFrame
        A cue sheet of any kind.
    cuts_s : np.ndarray [shape=(c,)]
        Picture cuts in seconds.

    Returns
    -------
    dict of str to int
        ``pieces, jumps, changes, cuts, cuts_on_beats``.
    """
    files = cues["source_file"]
    is_change = files.ne(files.shift()) & (np.arange(len(cues)) > 0)
    is_join = cues["join"].isin(JOINS)
    return {
        "pieces": int(files.nunique()),
        "jumps": int((is_join & ~is_change).sum()),
        "changes": int((is_join & is_change).sum()),
        "cuts": len(cuts_s),
        "cuts_on_beats": int(on_beat(cues, cuts_s).sum()),
    }


def on_beat(cues: pd.DataFrame, cuts_s: np.ndarray) -> np.ndarray:
    """Say which picture cuts fall on a beat of what plays.

    Parameters
    ----------
    cues : pd.DataFrame
        A cue sheet of any kind; one without beats has none.
    cuts_s : np.ndarray [shape=(c,)]
        Picture cuts in seconds.

    Returns
    -------
    np.ndarray [shape=(c,), dtype=bool]
    """
    beats = np.concatenate([np.empty(0), *map(numbers_of, cues.get("beats_s", ()))])
    return np.abs(cuts_s[:, np.newaxis] - beats).min(axis=1, initial=np.inf) <= ON_BEAT_S
