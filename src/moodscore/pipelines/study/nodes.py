"""Nodes of the study pipeline."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from moodscore import music, sound, study
from moodscore.compute import Compute, map_clips, scratch_folder
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, ScoredVideo, master, mux_soundtrack
from moodscore.music import MusicOptions
from moodscore.pipelines.study.parameters import StudyOptions


@dataclass(frozen=True)
class _Task:
    """A video and the music of each system for it, stored or still to be played."""

    source: Path
    music: dict[str, AudioFile | music.Arrangement]


def make_versions(
    generated_soundtracks: dict,
    clips: list,
    snippet_index: pd.DataFrame,
    library_index: pd.DataFrame,
    library_cache: Path,
    predicted_audio_features: pd.DataFrame,
    previous_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    visual_descriptors: pd.DataFrame,
    segments: pd.DataFrame,
    soundtracks: dict,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    segment_s: float,
    selection: MusicOptions,
    options: StudyOptions,
    compute: Compute,
    seed: int,
) -> tuple[dict[str, Path], dict[str, Any]]:
    """The videos raters see, under blinded names, and the key to the names.

    Returns
    -------
    study_videos : dict of str to Path
        Files in a scratch folder by their names without an ending.
    study_key : dict
        The fields of :class:`moodscore.study.StudyKey`.
    """
    pictures = {clip.clip_id: clip.path for clip in clips}
    shown = _drawn(sorted(pictures.keys() & generated_soundtracks.keys()), options.n_videos, seed)
    stored = {clip_id: generated_soundtracks[clip_id]() for clip_id in shown}
    sources = {clip_id: load() for clip_id, load in soundtracks.items()}
    truth = sound.AudioScaler.from_dict(audio_scaler).transform_keyed(audio_features)
    heard = segments[segments["clip_id"].isin(shown)]
    briefs = music.briefs(
        heard,
        predicted_audio_features,
        emotion_predictions,
        sources,
        truth,
        previous_audio_features,
        cuts=visual_descriptors,
    )
    dictionary = music.assemble_music(
        snippet_index,
        sources,
        library_index,
        library_cache,
        segment_s=segment_s,
        options=selection,
        compute=compute,
    )

    def music_of(system: str, brief: music.Brief) -> AudioFile | music.Arrangement:
        if system == selection.system:
            return stored[brief.clip_id]
        return music.arrange(system, brief, dictionary, seed=music.chance_of(brief.clip_id, seed))[0]

    tasks = {
        brief.clip_id: _Task(pictures[brief.clip_id], {s: music_of(s, brief) for s in options.systems})
        for brief in briefs
    }
    scratch = scratch_folder(compute)
    names, failures = map_clips(partial(_write, scratch=scratch), tasks, compute, label="Making the study")
    if not names:
        raise MoodscoreError(f"no video can be shown; {next(iter(failures.values()), 'none was scored')}")
    files = {(clip_id, system): name for clip_id, own in names.items() for system, name in own.items()}
    key = study.make_key(files, options.systems, seed)
    return {Path(name).stem: scratch / name for name in key.files}, key.model_dump(mode="json")


def write_page(study_key: dict, options: StudyOptions) -> dict[str, str]:
    """The page raters work through, by its name without an ending."""
    return {"index": study.render_page(study.StudyKey.model_validate(study_key), options.consent)}


def _drawn(clip_ids: list[str], n_videos: int, seed: int) -> list[str]:
    if len(clip_ids) <= n_videos:
        return clip_ids
    return sorted(np.random.default_rng(seed).choice(clip_ids, size=n_videos, replace=False).tolist())


def _write(clip_id: str, task: _Task, *, scratch: Path) -> dict[str, str]:
    """Write the versions of one video; their blinded names by system."""
    names = {}
    for system, track in task.music.items():
        stem = f"{clip_id}.{system}"
        if isinstance(track, music.Arrangement):
            track = master(track.rendered(), scratch / f"{stem}.wav").track
        path = scratch / f"{stem}.mp4"
        mux_soundtrack(ScoredVideo(task.source, track), path)
        names[system] = study.blinded_name(clip_id, system, path)
        path.rename(scratch / names[system])
    return names
