"""``kedro score``: videos to scored videos, told on the terminal."""

import contextlib
import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from moodscore.home import find_home
from moodscore.pipelines.score.request import Request, jobs_of
from moodscore.pipelines.score.run import Studio, score_all
from moodscore.pipelines.score.summary import report

#: Status of a process ended by a signal.
_TERMINATED = 128 + signal.SIGTERM


def score_videos(project: Path | None, request: Request, *, began: float) -> bool:
    """Score the videos, say on standard error how it went, name the results on standard output.

    Parameters
    ----------
    project : Path or None
        The Kedro project; None is the one somebody stands in, or else a folder of the user's.
    request : Request
        What is wanted.
    began : float
        When the command began, by `time.perf_counter`.

    Returns
    -------
    bool
        Whether all of them are scored.

    Raises
    ------
    MoodscoreError
        If nothing can be scored, whatever the video: no models, a bad option, a bad library.
    """
    # Standard output is for results alone; bars and messages of all rooms go where errors go.
    with _ended_by_sigterm(), quiet_kedro(), contextlib.redirect_stdout(sys.stderr):
        jobs = jobs_of(request)
        studio = Studio(find_home(project), request, began)
        score_all(studio, jobs)
        report(studio, jobs)
    for job in jobs:
        if job.path is not None:
            for line in job.made.get("explanation", []):
                click.echo(line)
    for job in jobs:
        if job.path is not None:
            click.echo(job.path)
    return all(job.error is None for job in jobs)


@contextlib.contextmanager
def quiet_kedro() -> Iterator[None]:
    """Keep the runner's log of every node out of sight; warnings of ours are still said."""
    loggers = {logging.getLogger("kedro"): logging.CRITICAL, logging.getLogger("moodscore"): logging.WARNING}
    before = {logger: logger.level for logger in loggers}
    for logger, level in loggers.items():
        logger.setLevel(level)
    try:
        yield
    finally:
        for logger, level in before.items():
            logger.setLevel(level)


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the work like an exception, so that hidden folders go with it."""

    def unwind(*_: object) -> None:
        raise SystemExit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, unwind)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
