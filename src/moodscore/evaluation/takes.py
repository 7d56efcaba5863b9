"""Measuring what the systems made of one clip; runs where the per-clip work runs."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from moodscore.emotion import Judge
from moodscore.evaluation.soundtrack import Original, measure_soundtrack
from moodscore.media import AudioFile
from moodscore.music import SYSTEMS, Brief, UnitSelection, plan, play
from moodscore.sound import AudioScaler


@dataclass(frozen=True)
class Task:
    """One clip, and what every system would play to it.

    Attributes
    ----------
    original : AudioFile
        The clip's own soundtrack.
    original_features : pd.DataFrame
        Its features, unscaled, one row a segment.
    takes : list of (str, pd.DataFrame or None)
        System and cue sheet (None for silence); a system with chance in it has several.
    sources : Mapping of str to AudioFile
        The soundtracks the cue sheets point into.
    """

    original: AudioFile
    original_features: pd.DataFrame
    takes: list[tuple[str, pd.DataFrame | None]]
    sources: Mapping[str, AudioFile]


def plan_takes(
    clip_id: str,
    brief: Brief,
    *,
    snippets: pd.DataFrame,
    sources: Mapping[str, AudioFile],
    features: Mapping[str, pd.DataFrame],
    segment_s: float,
    selection: UnitSelection,
    seed: int,
) -> Task:
    """What every system would play to one clip, with only the soundtracks that takes.

    The random takes depend on the seed and the clip's name, not on which other clips there are.
    """
    takes = [
        (system, cues)
        for system in SYSTEMS
        for cues in plan(
            system,
            brief,
            snippets,
            sources,
            segment_s=segment_s,
            selection=selection,
            seed=[seed, zlib.crc32(clip_id.encode())],
        )
        or [None]
    ]
    used = {name for _, cues in takes if cues is not None for name in cues["source_clip"]}
    return Task(
        original=sources[clip_id],
        original_features=features[clip_id],
        takes=takes,
        sources={name: sources[name] for name in sorted(used)},
    )


def measure_takes(
    clip_id: str, task: Task, *, segment_s: float, scaler: AudioScaler, judge: Judge
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Render and measure every take of one clip.

    Returns
    -------
    errors : pd.DataFrame
        ``clip_id, system, take`` and the errors of each take.
    emotions : pd.DataFrame
        ``clip_id, system, take, segment, valence, arousal``: what the judge hears.
    """
    rate = task.original.sample_rate
    original = Original.prepare(task.original.read(), rate, task.original_features, scaler)
    errors, emotions, counted = [], [], {}
    for system, cues in task.takes:
        take = counted[system] = counted.get(system, -1) + 1
        track = play(system, cues, task.sources, n_samples=len(original.samples), sample_rate=rate)
        measures = measure_soundtrack(track, original, segment_s=segment_s, scaler=scaler, judge=judge)
        keys = {"clip_id": clip_id, "system": system, "take": take}
        errors.append(keys | measures.errors)
        emotions.append(measures.judged.assign(**keys))
    heard = pd.concat(emotions, ignore_index=True)
    return pd.DataFrame(errors), heard[["clip_id", "system", "take", "segment", "valence", "arousal"]]
