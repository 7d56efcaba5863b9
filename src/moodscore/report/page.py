"""The page itself: everything a run found, in one file that opens anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import BaseModel

from moodscore.emotion import QUADRANTS
from moodscore.report.clips import ClipIllustration, figure_address
from moodscore.report.timeline import clock, timeline_of
from moodscore.report.words import GOING_ON, METRICS, SYSTEM_WORDS, Metric, headline

if TYPE_CHECKING:
    from jinja2 import Template
    from matplotlib.figure import Figure

#: Of a long cue sheet the page shows the beginning; the whole is in a file.
MAX_CUES = 120
_NOTHING = "–"
_SIDES = {"held_out": "Held-out clips", "seen": "Clips seen in training"}
_READINGS = (
    ("accuracy", "right"),
    ("majority_accuracy", "always the most frequent"),
    ("balanced_accuracy", "balanced"),
    ("macro_f1", "macro F1"),
    ("valence_ccc", "valence (CCC)"),
    ("arousal_ccc", "arousal (CCC)"),
    ("n", "segments"),
)


@dataclass(frozen=True)
class ReportContents:
    """All that goes into the page.

    Attributes
    ----------
    workspace : str
        Name of the run's folder.
    metrics : dict
        As in ``metrics.json``.
    read : pd.DataFrame
        ``clip_id, start_s, end_s, valence, arousal, routed_quadrant, valence_label, arousal_label``.
    cues : pd.DataFrame
        The cue sheets of all clips.
    findings : pd.DataFrame
        ``clip_id, finding`` of the quality gate; empty if all tracks passed.
    clips : Mapping of str to ClipIllustration
        The clips that are shown, in order.
    rules : pd.DataFrame
        From `rules_fired`.
    figures : Mapping of str to (Figure, str)
        Figures of the run by title, each with a text for those who do not see it.
    answers : Mapping of str to pd.DataFrame
        Tables of human ratings by title; empty if nobody was asked.
    runs : pd.DataFrame
        The last runs of this workspace, one a row.
    parameters : Mapping of str to object
        All of the run, groups as mappings or Pydantic models.
    deviations : pd.DataFrame
        ``parameter, value, default`` of those that are not the default.
    versions : Mapping of str to str
        Of Python and packages.
    """

    workspace: str
    metrics: dict[str, Any]
    read: pd.DataFrame
    cues: pd.DataFrame
    findings: pd.DataFrame
    clips: Mapping[str, ClipIllustration]
    rules: pd.DataFrame
    figures: "Mapping[str, tuple[Figure, str]]"
    answers: Mapping[str, pd.DataFrame]
    runs: pd.DataFrame
    parameters: Mapping[str, object]
    deviations: pd.DataFrame
    versions: Mapping[str, str]


def build_report(contents: ReportContents) -> str:
    """The page as HTML: no script it needs, no address outside itself.

    Parameters
    ----------
    contents : ReportContents
        What it shows.

    Returns
    -------
    str
    """
    metrics = contents.metrics
    return _template().render(
        contents=contents,
        headline=headline(metrics),
        corpus=metrics["corpus"],
        labels=[(name, metrics["labels"][name]) for name in QUADRANTS],
        sides={
            title: _systems(metrics["systems"], metrics["original"], side) for side, title in _SIDES.items()
        },
        improvements={title: _improvements(metrics["improvement"], side) for side, title in _SIDES.items()},
        columns=METRICS,
        column_groups=_column_groups(),
        readings=_readings(metrics),
        reading_columns=[heading for _, heading in _READINGS],
        figures=[(title, figure_address(figure), alt) for title, (figure, alt) in contents.figures.items()],
        clips=[_clip(contents, clip_id) for clip_id in contents.clips],
        system_words=SYSTEM_WORDS,
        parameters=_flat(contents.parameters),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("moodscore.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "number": _number}
    return environment.get_template("report.html.j2")


def _number(value: float | None, decimals: int) -> str:
    return _NOTHING if value is None or value != value else f"{value:.{decimals}f}"


def _systems(systems: dict[str, Any], original: dict[str, Any], side: str) -> list[dict[str, Any]]:
    """Rows of a table: system, a cell a metric; the best of the comparable ones stands out.

    The untouched original stands below, of which there are only the joins that nobody made.
    """
    scores = {name: sides[side] for name, sides in systems.items() if sides[side]}
    # Neither takes part: one makes no music, the other knows the answer.
    rivals = {name: own for name, own in scores.items() if name not in ("silence", "oracle")}
    best = {metric.name: _best(rivals, metric) for metric in METRICS}
    if original.get(side):
        scores["original"] = original[side]
    return [
        {
            "name": name,
            "cells": {
                metric.name: (_number(own.get(metric.name), metric.decimals), name in best[metric.name])
                for metric in METRICS
            },
            "n_clips": own.get("n_clips"),
        }
        for name, own in scores.items()
    ]


def _column_groups() -> dict[str, list[Metric]]:
    """The metrics in tables that fit a window: how music suits the film, and how it goes on."""
    going_on = [metric for metric in METRICS if metric.name in GOING_ON]
    suiting = [metric for metric in METRICS if metric.name not in GOING_ON]
    return {"How the music suits the film": suiting, "How the music goes on": going_on}


def _best(scores: dict[str, Any], metric: Metric) -> set[str]:
    values = {name: own[metric.name] for name, own in scores.items() if own.get(metric.name) is not None}
    if metric.better == "neither" or not values:
        return set()
    badness = {
        "higher": lambda value: -value,
        "lower": lambda value: value,
        "half": lambda value: abs(value - 0.5),
    }[metric.better]
    shown = {name: round(badness(value), metric.decimals) for name, value in values.items()}
    return {name for name, value in shown.items() if value == min(shown.values())}


def _improvements(improvement: dict[str, Any], side: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, sides[side]) for name, sides in improvement.items() if sides.get(side)]


def _readings(metrics: dict[str, Any]) -> list[tuple[str, list[str]]]:
    rows = []
    for name, key in (
        ("pictures, by the fuzzy system", "emotion"),
        ("original sound, by the judge", "judge"),
    ):
        for side, title in _SIDES.items():
            scores = metrics[key].get(side)
            if scores:
                cells = [_number(scores.get(c), 0 if c == "n" else 2) for c, _ in _READINGS]
                rows.append((f"{name}: {title.lower()}", cells))
    return rows


def _clip(contents: ReportContents, clip_id: str) -> dict[str, Any]:
    read = contents.read[contents.read["clip_id"] == clip_id].sort_values("start_s")
    cues = contents.cues[contents.cues["clip_id"] == clip_id]
    findings = contents.findings
    return {
        "id": clip_id,
        "illustration": contents.clips[clip_id],
        "timeline": timeline_of(read, cues),
        "duration_s": float(read["end_s"].max()),
        "cues": cues.head(MAX_CUES).to_dict("records"),
        "n_cues": len(cues),
        "findings": findings.loc[findings["clip_id"] == clip_id, "finding"].tolist() if len(findings) else [],
    }


def _flat(parameters: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in parameters.items():
        if isinstance(value, BaseModel):
            value = value.model_dump()
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, value))
    return rows
