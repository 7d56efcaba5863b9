"""Scenes, and why they got the music they got, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from moodscore.emotion import shown_moods
from moodscore.figures.style import QUADRANT_NAMES
from moodscore.fuzzy import rule_table

if TYPE_CHECKING:
    from moodscore.fuzzy import ANFISRegressor

_FEATURES = ("tempo", "loudness", "rhythm")
#: A rule that answers for less of a scene, and all after so many, are not worth a reader's time.
_LEAST_SHARE = 0.05
_MOST_RULES = 4
#: Of a scene that is called neutral, at least this share of the segments is.
_MOSTLY = 0.5
_MOST_SOURCES = 3


@dataclass(frozen=True)
class Scene:
    """A part of a video in which the music follows one quadrant.

    Attributes
    ----------
    start_s, end_s : float
        From the first picture.
    quadrant : str
        The quadrant that is followed.
    rows : slice
        Its segments.
    """

    start_s: float
    end_s: float
    quadrant: str
    rows: slice


def scenes_of(emotion: pd.DataFrame) -> list[Scene]:
    """The unbroken runs of one quadrant.

    Parameters
    ----------
    emotion : pd.DataFrame
        One row a segment, in order of time: ``start_s, end_s, routed_quadrant``.
    """
    quadrants = emotion["routed_quadrant"].to_numpy()
    heads = np.flatnonzero(np.append(True, quadrants[1:] != quadrants[:-1]))
    ends = np.append(heads[1:], len(emotion))
    return [
        Scene(
            float(emotion["start_s"].iloc[head]),
            float(emotion["end_s"].iloc[end - 1]),
            quadrants[head],
            slice(int(head), int(end)),
        )
        for head, end in zip(heads, ends, strict=True)
    ]


def explain(
    emotion: pd.DataFrame, descriptors: pd.DataFrame, cues: pd.DataFrame, model: "ANFISRegressor"
) -> list[str]:
    """For each scene its emotion, the rules that fired, what was asked of the music, and whose it is.

    Parameters
    ----------
    emotion : pd.DataFrame
        One row a segment: ``start_s, end_s, valence, arousal, confidence, routed_quadrant, is_given``.
    descriptors : pd.DataFrame
        The model's inputs, row for row.
    cues : pd.DataFrame
        The cue sheet.
    model : ANFISRegressor
        What read the pictures.

    Returns
    -------
    list of str
        Lines.
    """
    rules = rule_table(model)
    inputs = list(model.input_names_)
    lines = []
    for scene in scenes_of(emotion):
        own, seen = emotion.iloc[scene.rows], descriptors.iloc[scene.rows][inputs]
        lines.append(_headline(scene, own))
        if own["is_given"].all():
            lines.append("  the emotion is the one you gave")
        else:
            lines.append("  pictures: " + _values(seen.mean()))
            lines += _rules_fired(model, rules, seen)
            lines.append("  decided by: " + _deciding(model, seen.mean()))
        lines.append(_music(_during(cues, scene)))
    return lines


def clock(seconds: float) -> str:
    """Time as players show it, ``1:05`` or ``1:02:03``."""
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _headline(scene: Scene, own: pd.DataFrame) -> str:
    valence, arousal, confidence = own[["valence", "arousal", "confidence"]].mean()
    moods = shown_moods(own)
    is_neutral = (moods != own["routed_quadrant"].to_numpy()).mean() > _MOSTLY
    return (
        f"{clock(scene.start_s)}-{clock(scene.end_s)} {'neutral, nearest to ' if is_neutral else ''}"
        f"{QUADRANT_NAMES[scene.quadrant]} ({scene.quadrant}): "
        f"valence {valence:.1f}, arousal {arousal:.1f}, {confidence:.1f} from neutral"
    )


def _rules_fired(model: "ANFISRegressor", rules: pd.DataFrame, seen: pd.DataFrame) -> list[str]:
    """The strongest rules, and what each says of the scene's mean picture."""
    shares = model.rule_coverage(seen)
    strongest = [k for k in np.argsort(-shares, kind="stable")[:_MOST_RULES] if shares[k] >= _LEAST_SHARE]
    return [
        f"  rule {rules['rule'].iloc[k]} ({100 * shares[k]:.0f} %): {_premise(rules['premise'].iloc[k])} "
        + ", ".join(
            f"{output} {_concluded(rules.iloc[k], output, seen.mean()):.1f}" for output in model.output_names_
        )
        for k in strongest
    ]


def _deciding(model: "ANFISRegressor", picture: pd.Series) -> str:
    """By how much each cue moved each answer away from what its middle value would have given, most first."""
    middles = dict(zip(model.input_names_, model.input_range_.mean(axis=1), strict=True))
    others = pd.DataFrame([picture.to_dict() | {name: middle} for name, middle in middles.items()])
    answers = np.atleast_2d(model.predict(pd.concat([picture.to_frame().T, others])).T).T
    moved = answers[0] - answers[1:]
    order = np.argsort(-np.abs(moved).max(axis=1), kind="stable")
    return "; ".join(
        f"{model.input_names_[k]} {picture.iloc[k]:.2f} "
        + "("
        + ", ".join(f"{output} {moved[k, o]:+.1f}" for o, output in enumerate(model.output_names_))
        + ")"
        for k in order
    )


def _premise(premise: str) -> str:
    return f"if {premise.replace(' AND ', ' and ')} then" if premise else "always"


def _concluded(rule: pd.Series, output: str, picture: pd.Series) -> float:
    """The linear conclusion of a rule for one picture."""
    terms = (rule[f"{output}_per_{name}"] * value for name, value in picture.items())
    return rule[f"{output}_constant"] + sum(terms)


def _values(numbers: pd.Series) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in numbers.items())


def _during(cues: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    """The cues of a scene, as far as they sound in it."""
    own = cues[(cues["start_s"] < scene.end_s) & (cues["end_s"] > scene.start_s)]
    return own.assign(
        start_s=own["start_s"].clip(lower=scene.start_s), end_s=own["end_s"].clip(upper=scene.end_s)
    )


def _music(cues: pd.DataFrame) -> str:
    seconds = cues["end_s"] - cues["start_s"]
    predicted = cues[[f"predicted_{name}" for name in _FEATURES]]
    asked = (predicted.mul(seconds, axis=0).sum() / seconds.sum()).set_axis(_FEATURES)
    return f"  music asked for: {_values(asked)} (0-1); found in {_listed(_sources(cues))}"


def _sources(cues: pd.DataFrame) -> list[str]:
    """The files that sound, those that sound longest first."""
    seconds = (cues["end_s"] - cues["start_s"]).groupby(cues["source_file"], sort=False).sum()
    ranked = seconds.sort_values(ascending=False, kind="stable")
    return [f"{PurePosixPath(file).name} ({lasts:.0f} s)" for file, lasts in ranked.items()]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_SOURCES
    return ", ".join(names[:_MOST_SOURCES]) + (f" and {more} more" if more > 0 else "")
