"""Nodes of the evaluation pipeline."""

from functools import partial
from typing import Any

import pandas as pd

from moodscore import emotion, evaluation, figures, music, sound
from moodscore.compute import Compute, map_clips
from moodscore.errors import MoodscoreError
from moodscore.music import UnitSelection
from moodscore.pipelines.evaluation.parameters import EvaluationOptions

_KEYS = ["clip_id", "segment"]


def evaluate_emotion(
    emotion_predictions: pd.DataFrame,
    emotion_judge: dict,
    audio_features: pd.DataFrame,
    segments: pd.DataFrame,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """How well the ANFIS reads pictures and the judge reads the original sound.

    Returns
    -------
    emotion_scores, judge_scores : dict
        ``seen`` and ``held_out``, each the figures of :func:`moodscore.evaluation.score_reading`.
    """
    heard = emotion.Judge.from_dict(emotion_judge).predict(audio_features)
    judged = pd.concat([audio_features[_KEYS], heard], axis=1)
    judged["quadrant"] = emotion.quadrant_of(judged["valence"], judged["arousal"])
    return (
        evaluation.score_reading(emotion_predictions, segments),
        evaluation.score_reading(judged, segments),
    )


def measure_systems(
    snippet_index: pd.DataFrame,
    predicted_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    segments: pd.DataFrame,
    soundtracks: dict,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    emotion_judge: dict,
    segment_s: float,
    selection: UnitSelection,
    options: EvaluationOptions,
    compute: Compute,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let every system score every clip and measure what comes out.

    Returns
    -------
    system_errors : pd.DataFrame
        One row a clip, system and take: ``clip_id, split, system, take`` and the errors.
    system_emotions : pd.DataFrame
        One row a clip, system, take and segment: the ``valence, arousal`` the judge hears.
    """
    sources = {clip_id: load() for clip_id, load in soundtracks.items()}
    scaler = sound.AudioScaler.from_dict(audio_scaler)
    truth = scaler.transform_keyed(audio_features)
    heard = segments[segments["clip_id"].isin(audio_features["clip_id"])]
    split = heard.drop_duplicates("clip_id").set_index("clip_id")["split"]
    clips = evaluation.clips_to_measure(split, options.max_seen_clips, seed)
    briefs = music.briefs(
        heard[heard["clip_id"].isin(clips)], predicted_audio_features, emotion_predictions, sources, truth
    )
    plan = partial(
        evaluation.plan_takes,
        snippets=snippet_index,
        sources=sources,
        features=dict(list(audio_features.groupby("clip_id"))),
        segment_s=segment_s,
        selection=selection,
        seed=seed,
    )
    # Planned here and not in workers: the dictionary is large, and choosing takes milliseconds.
    tasks, _ = map_clips(
        plan,
        {brief.clip_id: brief for brief in briefs},
        Compute(backend="serial"),
        label="Planning the systems",
    )
    measure = partial(
        evaluation.measure_takes,
        segment_s=segment_s,
        scaler=scaler,
        judge=emotion.Judge.from_dict(emotion_judge),
    )
    results, failures = map_clips(measure, tasks, compute, label="Measuring the systems")
    if not results:
        raise MoodscoreError(f"no clip can be evaluated; {next(iter(failures.values()), 'none is left')}")
    errors = pd.concat([errors for errors, _ in results.values()], ignore_index=True)
    errors.insert(1, "split", errors["clip_id"].map(split))
    emotions = pd.concat([emotions for _, emotions in results.values()], ignore_index=True)
    return errors, emotions


def summarise(
    clip_manifest: pd.DataFrame,
    segments: pd.DataFrame,
    emotion_scores: dict,
    judge_scores: dict,
    system_errors: pd.DataFrame,
    system_emotions: pd.DataFrame,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """All figures in one document, and the systems' side by side.

    Returns
    -------
    metrics : dict
        ``corpus``, ``labels``, ``emotion``, ``judge``, ``systems``, ``improvement``.
    systems_table : pd.DataFrame
        One row a system and split.
    """
    systems = evaluation.score_systems(system_errors, system_emotions, segments)
    metrics = {
        "corpus": evaluation.describe_corpus(clip_manifest, segments),
        "labels": evaluation.count_labels(segments),
        "emotion": emotion_scores,
        "judge": judge_scores,
        "systems": systems,
        # Over the previous system, whose networks are a pipeline of their own.
        "improvement": {},
    }
    table = evaluation.systems_table(systems)
    return metrics, table


def draw_spectrograms(generated_soundtracks: dict, soundtracks: dict) -> dict[str, Any]:
    """For each scored clip the spectrograms of its original and its new soundtrack."""
    return {
        clip_id: partial(_spectrograms, clip_id, soundtracks[clip_id], generated_soundtracks[clip_id])
        for clip_id in generated_soundtracks
        if clip_id in soundtracks
    }


def draw_emotions(
    emotion_predictions: pd.DataFrame, segments: pd.DataFrame, cue_sheet: pd.DataFrame, metrics: dict
) -> tuple[Any, Any, Any]:
    """Timelines of the held-out clips, all readings on the plane, and the systems beside each other."""
    read = segments.merge(emotion_predictions, on=_KEYS, suffixes=("_label", ""))
    shown = read[read["split"] == "held_out"] if (read["split"] == "held_out").any() else read
    return (
        figures.emotion_timelines(shown, cue_sheet),
        figures.emotion_plane(shown),
        figures.systems_bars(metrics["systems"]),
    )


def _spectrograms(clip_id: str, load_original: Any, load_generated: Any) -> Any:
    return figures.spectrogram_pair(clip_id, {"original": load_original(), "moodscore": load_generated()})
