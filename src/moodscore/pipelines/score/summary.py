"""What is said when all is done: a table of what was made, and a line for each video that failed."""

from collections.abc import Mapping, Sequence
from typing import Any

import click
import pandas as pd
from rich import get_console
from rich.table import Table
from rich.text import Text

from moodscore.music import going_on
from moodscore.pipelines.score.models import OWN
from moodscore.pipelines.score.request import Job
from moodscore.pipelines.score.run import Studio
from moodscore.scoring.scenes import clock


def report(studio: Studio, jobs: Sequence[Job]) -> None:
    """Print it.

    Parameters
    ----------
    studio : Studio
        What did the jobs.
    jobs : sequence of Job
        All of them.
    """
    if any(job.error is None for job in jobs):
        table = Table("video", "scored", "length", "took", "loudness", "peak", "remarks", box=None)
        for job in jobs:
            table.add_row(*_row(job))
        get_console().print(table)
        for job in jobs:
            if job.made:
                heard = _music(job.made["score_cue_sheet"], job.made["score_descriptors"])
                get_console().print(f"{job.path.name}: {heard}", markup=False, highlight=False)
        get_console().print(f"read by {_reader(studio)}; start-up {studio.startup_s:.1f} s", highlight=False)
    if studio.models.songs_left_out:
        table = Table("song left out", "reason", box=None)
        for file, reason in studio.models.songs_left_out:
            table.add_row(Text(file), Text(reason))
        get_console().print(table)
    for job in jobs:
        if job.error is not None:
            click.echo(f"Error: {job.error}", err=True)


def _reader(studio: Studio) -> str:
    reader, workspace = studio.models.reader, studio.models.workspace
    return f"reader {OWN} (workspace {workspace})" if reader == OWN else f"reader {reader}"


def _row(job: Job) -> list[str]:
    if job.error is not None:
        return [job.video.name, "failed", "", "", "", "", ""]
    scored = job.path.name
    if job.is_kept:
        return [job.video.name, scored, "", "", "", "", "was finished; --force makes it again"]
    loudness = job.made["score_loudness"]
    return [
        job.video.name,
        scored,
        clock(job.made["score_facts"]["duration_s"]),
        f"{job.seconds:.1f} s",
        _decibels(loudness["lufs"], "LUFS"),
        _decibels(loudness["dbtp"], "dBTP"),
        _remarks(job.made),
    ]


def _music(cues: pd.DataFrame, descriptors: pd.DataFrame) -> str:
    """Pieces, jumps and changes, and how many picture cuts fall on beats."""
    heard = going_on(cues, descriptors["cut_s"].dropna().to_numpy())
    words = [_counted(heard["pieces"], "piece")]
    words += [_counted(heard[kind], kind.removesuffix("s")) for kind in ("jumps", "changes") if heard[kind]]
    if heard["cuts"]:
        words.append(f"{heard['cuts_on_beats']} of {_counted(heard['cuts'], 'cut')} on a beat")
    return ", ".join(words)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _decibels(value: float | None, unit: str) -> str:
    return "not defined" if value is None else f"{value:.1f} {unit}"


def _remarks(made: Mapping[str, Any]) -> str:
    container, findings = made["score_container"], made["score_findings"]
    remarks = [container["reason"]] if container["reason"] else []
    if container["left_out"]:
        remarks.append("left out: " + ", ".join(container["left_out"]))
    if len(findings):
        first, more = findings.iloc[0], len(findings) - 1
        remarks.append(
            f"at {clock(first['at_s'])} {first['finding']}" + (f", and {more} more" if more else "")
        )
    return "; ".join(remarks)
