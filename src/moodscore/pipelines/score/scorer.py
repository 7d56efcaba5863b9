"""Scoring from Python, as the command does it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.home import find_home
from moodscore.pipelines.score.command import quiet_kedro
from moodscore.pipelines.score.request import Request, jobs_of
from moodscore.pipelines.score.run import TOLD, Studio, score_all

#: Tables and facts that are handed over, by their names in the catalog.
_HANDED = (*TOLD, "score_emotion", "score_audio_features")
_PATHS = ("library", "output", "soundfont")


@dataclass(frozen=True)
class Scored:
    """One video with its score.

    Attributes
    ----------
    video : Path
        The scored video.
    files : dict of str to Path
        All files: ``soundtrack``, ``cues``, ``emotion`` (the picture) and ``video``.
    reader : str
        Whose reading of the pictures it was: ``own``, ``films`` or ``demo``.
    is_kept : bool
        Whether it was finished before; there are then no ``tables`` but that of the cues.
    tables : dict of str to object
        Results by their names in the catalog, such as ``score_emotion`` (a row a segment) and
        ``score_loudness``.
    """

    video: Path
    files: Mapping[str, Path]
    reader: str
    is_kept: bool
    tables: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def cues(self) -> pd.DataFrame:
        """What sounds when, from which file and why (:func:`moodscore.music.cue_sheet`)."""
        return pd.read_csv(self.files["cues"], keep_default_na=False)


class Scorer:
    """Gives videos a score; what ``kedro score`` and ``moodscore score`` do.

    Parameters
    ----------
    project : str or Path, optional
        A project of moodscore. Without it the one in the current folder or above it is used; where there is
        none, a folder of the user's own.
    env : str, optional
        The environment whose workspace is used.

    Examples
    --------
    >>> scored = Scorer().score("my.mp4", library="songs")  # doctest: +SKIP
    >>> scored.video, scored.cues[["start_s", "source_file"]]  # doctest: +SKIP
    """

    def __init__(self, project: str | Path | None = None, *, env: str | None = None):
        self._home = find_home(project)
        self._env = env

    def score(self, video: str | Path, **options: Any) -> Scored:
        """Score one video.

        Parameters
        ----------
        video : str or Path
            The file.
        **options
            The fields of `moodscore.pipelines.score.request.Request`, such as ``library``, ``output``,
            ``emotion``, ``reader``, ``seed`` and ``force``.

        Returns
        -------
        Scored

        Raises
        ------
        MoodscoreError
            If the video or an option cannot be used, or there are no models or no music.
        TypeError
            If there is no such option.
        """
        began = time.perf_counter()
        options |= {name: Path(options[name]) for name in _PATHS if options.get(name) is not None}
        request = Request(videos=[str(video)], env=self._env, **options)
        with quiet_kedro():
            jobs = jobs_of(request)
            if len(jobs) != 1:
                raise MoodscoreError(f"{video}: comes to {len(jobs)} scores; ask for one video and one take")
            (job,) = jobs
            if job.error is None:
                studio = Studio(self._home, request, began)
                score_all(studio, jobs, keep=_HANDED)
        if job.path is None or job.outputs is None:
            raise MoodscoreError(job.error or f"{video}: is not scored")
        files = job.outputs.files | {"video": job.path}
        return Scored(job.path, files, studio.models.reader, job.is_kept, job.made)
