"""Nodes of the evaluation pipeline."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from moodscore import emotion, evaluation, figures, music, report, sound, study
from moodscore.compute import Compute, map_clips, scratch_folder
from moodscore.deviations import deviations
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile
from moodscore.music import MusicOptions
from moodscore.pipelines.evaluation.parameters import DEFAULTS, EvaluationOptions
from moodscore.vocabulary import COMPOSED

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


def plan_systems(
    snippet_index: pd.DataFrame,
    library_index: pd.DataFrame,
    library_cache: Path,
    cue_sheet: pd.DataFrame,
    predicted_audio_features: pd.DataFrame,
    previous_audio_features: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    visual_descriptors: pd.DataFrame,
    segments: pd.DataFrame,
    soundtracks: dict,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    segment_s: float,
    music_options: MusicOptions,
    options: EvaluationOptions,
    compute: Compute,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What every system would play to the clips that are measured.

    Returns
    -------
    system_cue_sheets : pd.DataFrame
        See :func:`moodscore.evaluation.plan_takes`.
    system_notes : pd.DataFrame
        The notes of composed music.
    """
    sources = _opened(soundtracks)
    heard = segments[segments["clip_id"].isin(audio_features["clip_id"])]
    clips = evaluation.clips_to_measure(_splits(heard), options.max_seen_clips, seed)
    briefs = music.briefs(
        heard[heard["clip_id"].isin(clips)],
        predicted_audio_features,
        emotion_predictions,
        sources,
        sound.AudioScaler.from_dict(audio_scaler).transform_keyed(audio_features),
        previous_audio_features,
        cuts=visual_descriptors,
        tempo_range_bpm=sound.AudioScaler.from_dict(audio_scaler).tempo_range_bpm,
    )
    dictionary = music.assemble_music(
        snippet_index,
        sources,
        library_index,
        library_cache,
        segment_s=segment_s,
        options=music_options,
        compute=compute,
    )
    chosen = dict(list(cue_sheet.groupby("clip_id")))
    plan = partial(evaluation.plan_takes, music=dictionary, chosen=chosen, seed=seed)
    # Planned here and not in workers: the dictionary is large, and choosing takes milliseconds.
    plans, failures = map_clips(
        plan, {brief.clip_id: brief for brief in briefs}, Compute(backend="serial"), label="Planning systems"
    )
    if not plans:
        raise MoodscoreError(f"no clip can be evaluated; {next(iter(failures.values()), 'none is left')}")
    sheets, notes = zip(*plans.values(), strict=True)
    return pd.concat(sheets, ignore_index=True), pd.concat(notes, ignore_index=True)


def measure_systems(
    system_cue_sheets: pd.DataFrame,
    system_notes: pd.DataFrame,
    segments: pd.DataFrame,
    soundtracks: dict,
    library_cache: Path,
    audio_features: pd.DataFrame,
    audio_scaler: dict,
    emotion_judge: dict,
    segment_s: float,
    compute: Compute,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Render every take and measure what comes out (:func:`moodscore.evaluation.measure_takes`).

    Returns
    -------
    system_errors : pd.DataFrame
        One row a clip, system and take: ``clip_id, split, system, take`` and what was measured.
    system_emotions : pd.DataFrame
        One row a clip, system, take and segment: the ``valence, arousal`` the judge hears.
    system_timbre : pd.DataFrame
        One row a clip and system: sums over the frames of its tracks.
    """
    sources = _opened(soundtracks)
    features = dict(list(audio_features.groupby("clip_id")))
    notes = dict(list(system_notes.groupby("clip_id")))
    tasks = {
        clip_id: evaluation.Task(
            sources[clip_id],
            features[clip_id],
            sheets,
            music.sources_of(sheets, sources, library_cache),
            notes.get(clip_id),
        )
        for clip_id, sheets in system_cue_sheets.groupby("clip_id")
    }
    measure = partial(
        evaluation.measure_takes,
        segment_s=segment_s,
        scaler=sound.AudioScaler.from_dict(audio_scaler),
        judge=emotion.Judge.from_dict(emotion_judge),
    )
    results, failures = map_clips(measure, tasks, compute, label="Measuring the systems")
    if not results:
        raise MoodscoreError(f"no clip can be evaluated; {next(iter(failures.values()), 'none is left')}")
    errors, emotions, timbre = (
        pd.concat(tables, ignore_index=True) for tables in zip(*results.values(), strict=True)
    )
    errors.insert(0, "split", errors["clip_id"].map(_splits(segments)))
    return errors, emotions, timbre


def summarise(
    clip_manifest: pd.DataFrame,
    segments: pd.DataFrame,
    emotion_scores: dict,
    judge_scores: dict,
    system_errors: pd.DataFrame,
    system_emotions: pd.DataFrame,
    system_timbre: pd.DataFrame,
    seed: int,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """All figures in one document, and the systems' side by side.

    Returns
    -------
    metrics : dict
        ``corpus``, ``labels``, ``emotion``, ``judge``, ``systems``, ``original`` (joins of untouched
        music), ``improvement``.
    systems_table : pd.DataFrame
        One row a system and split.
    """
    systems = evaluation.score_systems(system_errors, system_emotions, system_timbre, segments)
    metrics = {
        "corpus": evaluation.describe_corpus(clip_manifest, segments),
        "labels": evaluation.count_labels(segments),
        "emotion": emotion_scores,
        "judge": judge_scores,
        "systems": systems,
        "original": evaluation.score_originals(system_errors),
        "improvement": evaluation.score_improvement(system_errors, seed=seed),
    }
    return metrics, evaluation.systems_table(systems)


def compare_runs(metrics: dict, metrics_history: dict) -> pd.DataFrame:
    """The last runs of this workspace beside each other."""
    return evaluation.compare_runs(metrics, metrics_history)


def ask_people(
    study_answers: Any, segments: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Any]:
    """What raters said, if any did (:func:`moodscore.study.summarise_answers`).

    Returns
    -------
    study_mos, study_mos_correlations, study_preferences : pd.DataFrame
        Empty if nobody was asked.
    preference_figure : Figure
        The choices as bars.
    """
    mos, correlations, counts = study.summarise_answers(study_answers, segments)
    return mos, correlations, counts, figures.preference_bars(counts)


def render_compared(
    system_cue_sheets: pd.DataFrame,
    system_notes: pd.DataFrame,
    generated_soundtracks: dict,
    soundtracks: dict,
    library_cache: Path,
    selection: MusicOptions,
    compute: Compute,
) -> dict[str, Any]:
    """The tracks of the systems that the scored clips' own are heard beside, in a scratch folder.

    Returns
    -------
    dict of str to AudioFile
        By ``system/clip_id``.
    """
    sources = _opened(soundtracks)
    notes = dict(list(system_notes.groupby("clip_id")))
    rivals = [system for system in evaluation.COMPARED if system != selection.system]
    shown = system_cue_sheets[
        system_cue_sheets["system"].isin(rivals)
        & system_cue_sheets["clip_id"].isin(list(generated_soundtracks))
    ]
    tasks = {
        f"{system}/{clip_id}": music.Arrangement(
            clip_id,
            system,
            cues,
            music.sources_of(cues, sources, library_cache),
            sources[clip_id].n_samples,
            sources[clip_id].sample_rate,
            notes=notes.get(clip_id) if system == COMPOSED else None,
        )
        for (system, clip_id), cues in shown.groupby(["system", "clip_id"])
    }
    render = partial(evaluation.render_track, scratch=scratch_folder(compute))
    return map_clips(render, tasks, compute, label="Rendering the other systems")[0]


def write_report(
    metrics: dict,
    clips: list,
    clip_manifest: pd.DataFrame,
    segments: pd.DataFrame,
    visual_descriptors: pd.DataFrame,
    emotion_predictions: pd.DataFrame,
    anfis_model: Any,
    anfis_learning_curve: pd.DataFrame,
    emotion_embedding: pd.DataFrame,
    cue_sheet: pd.DataFrame,
    quality_gate: pd.DataFrame,
    soundtracks: dict,
    generated_soundtracks: dict,
    compared_soundtracks: dict,
    study_mos: pd.DataFrame,
    study_mos_correlations: pd.DataFrame,
    study_preferences: pd.DataFrame,
    runs_table: pd.DataFrame,
    parameters: dict,
    workspace: str,
) -> str:
    """The page of the run (:func:`moodscore.report.build_report`)."""
    options = EvaluationOptions.model_validate(parameters["evaluation"])
    delivered = MusicOptions.model_validate(parameters["retrieval"]).system
    shown = sorted(generated_soundtracks)[: options.max_report_clips]
    materials = {
        clip_id: report.ClipMaterial.of(
            clip_manifest[clip_manifest["clip_id"] == clip_id].iloc[0],
            {clip.clip_id: clip.path for clip in clips}[clip_id],
            {"original": soundtracks[clip_id]()}
            | {s: compared_soundtracks[f"{s}/{clip_id}"]() for s in evaluation.COMPARED if s != delivered}
            | {delivered: generated_soundtracks[clip_id]()},
        )
        for clip_id in shown
    }
    compute = Compute.model_validate(parameters["compute"])
    illustrations, _ = map_clips(report.illustrate_clip, materials, compute, label="Illustrating the clips")
    read = segments.merge(emotion_predictions, on=_KEYS, suffixes=("_label", ""))
    scored = read[read["clip_id"].isin(list(generated_soundtracks))]
    answers = {
        "Mean opinion scores": study_mos,
        "Correlation with the target": study_mos_correlations,
        "Preferences": study_preferences,
    }
    return report.build_report(
        report.ReportContents(
            workspace=workspace,
            metrics=metrics,
            read=read,
            cues=cue_sheet,
            findings=music.kept_findings(quality_gate),
            clips=illustrations,
            rules=report.rules_fired(anfis_model, visual_descriptors.merge(scored[_KEYS], on=_KEYS)),
            figures=report.run_figures(
                metrics, scored, anfis_model, anfis_learning_curve, emotion_embedding, study_preferences
            ),
            answers={title: table for title, table in answers.items() if len(table)},
            runs=runs_table,
            parameters=parameters,
            deviations=deviations(parameters, DEFAULTS),
            versions=report.versions(),
        )
    )


def draw_spectrograms(
    generated_soundtracks: dict, compared_soundtracks: dict, soundtracks: dict, selection: MusicOptions
) -> dict[str, Any]:
    """For each scored clip the spectrograms of its original and of what the systems play to it."""

    def tracks_of(clip_id: str) -> dict[str, Any]:
        rivals = {s: compared_soundtracks.get(f"{s}/{clip_id}") for s in evaluation.COMPARED}
        loaders = {
            "original": soundtracks[clip_id],
            **rivals,
            selection.system: generated_soundtracks[clip_id],
        }
        return {name: load for name, load in loaders.items() if load is not None}

    return {
        clip_id: partial(_spectrograms, clip_id, tracks_of(clip_id))
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


def _spectrograms(clip_id: str, loaders: dict[str, Any]) -> Any:
    return figures.spectrogram_pair(clip_id, {name: load() for name, load in loaders.items()})


def _opened(soundtracks: dict) -> dict[str, AudioFile]:
    return {clip_id: load() for clip_id, load in soundtracks.items()}


def _splits(segments: pd.DataFrame) -> pd.Series:
    """Side of each clip, by its name."""
    return segments.drop_duplicates("clip_id").set_index("clip_id")["split"]
