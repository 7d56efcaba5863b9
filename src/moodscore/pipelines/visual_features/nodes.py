"""Nodes of the visual_features pipeline."""

from dataclasses import fields
from functools import partial

import numpy as np
import pandas as pd

from moodscore import vision
from moodscore.compute import Compute, map_clips
from moodscore.errors import MoodscoreError
from moodscore.media import Clip
from moodscore.vision import DescriptorOptions, MeasureOptions


def measure_pictures(
    clips: list, clip_manifest: pd.DataFrame, compute: Compute, segment_s: float, options: MeasureOptions
) -> dict[str, np.ndarray]:
    """Histograms, colours, motion and cuts of every segment (:func:`moodscore.vision.measure_clip`).

    Returns
    -------
    dict of str to np.ndarray
        ``clip_id``, ``segment`` and, row by row, what :class:`moodscore.vision.ClipMeasures` names.
    """
    used = clip_manifest[clip_manifest["status"] == "used"].set_index("clip_id")
    by_id = {
        clip.clip_id: (clip, used.loc[clip.clip_id, "start_s"], used.loc[clip.clip_id, "duration_s"])
        for clip in clips
        if clip.clip_id in used.index
    }
    measure = partial(_measure, segment_s=segment_s, options=options)
    measures, failures = map_clips(measure, by_id, compute, label="Looking at the pictures")
    if not measures:
        raise MoodscoreError(f"clips: none can be decoded; {next(iter(failures.values()))}")
    stacked = {
        field.name: np.concatenate([getattr(m, field.name) for m in measures.values()])
        for field in fields(vision.ClipMeasures)
    }
    lengths = [len(m.motion) for m in measures.values()]
    keys = {
        "clip_id": np.repeat(np.array(list(measures), dtype=str), lengths),
        "segment": np.concatenate([np.arange(n) for n in lengths]),
    }
    return keys | stacked


def fit_clusters(
    visual_measures: dict, segments: pd.DataFrame, options: DescriptorOptions
) -> dict[str, object]:
    """Centres, hue cut, maxima and scales of the training segments, as plain numbers."""
    placed = _keys(visual_measures).merge(segments, how="left", on=["clip_id", "segment"])
    rows = (placed["split"] == "train").to_numpy(dtype=bool)
    training = {name: values[rows] for name, values in visual_measures.items()}
    model = vision.fit_visual_model(
        training["histograms"], training["motion"], options, vision.cues_of(training)
    )
    return model.model_dump()


def describe_pictures(visual_measures: dict, cluster_centres: dict) -> pd.DataFrame:
    """The descriptor of every segment: ``hue, saturation, intensity, motion``, shares, further cues, cuts."""
    model = vision.VisualModel.model_validate(cluster_centres)
    described = vision.describe(
        visual_measures["histograms"], visual_measures["motion"], model, vision.cues_of(visual_measures)
    )
    return pd.concat([_keys(visual_measures), described, vision.kept_measures(visual_measures)], axis=1)


def keep_distribution(visual_descriptors: pd.DataFrame, segments: pd.DataFrame) -> dict[str, list[float]]:
    """Quantiles of the descriptor over the training segments (:func:`moodscore.vision.distribution_of`)."""
    keys = ["clip_id", "segment"]
    training = segments.loc[segments["split"] == "train", keys]
    return vision.distribution_of(visual_descriptors.merge(training, on=keys))


def _measure(
    clip_id: str, item: tuple[Clip, float, float], *, segment_s: float, options: MeasureOptions
) -> vision.ClipMeasures:
    clip, start_s, duration_s = item
    return vision.measure_clip(
        clip.path, start_s=start_s, duration_s=duration_s, segment_s=segment_s, options=options
    )


def _keys(visual_measures: dict) -> pd.DataFrame:
    return pd.DataFrame({name: visual_measures[name] for name in ("clip_id", "segment")})
