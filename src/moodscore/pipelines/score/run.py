"""Running the score pipeline for one job after the other.

The pipeline's tables stay in memory, and what it makes is put beside the video that is wanted. The models
are read once; the picture is drawn beside the music; of a job's results only what is told of outlives it.
"""

import importlib
import logging
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner
from threadpoolctl import threadpool_limits

import moodscore
from moodscore import media, music, scoring
from moodscore.errors import MoodscoreError, causes
from moodscore.home import Home
from moodscore.pipelines.score.models import MODELS, Models
from moodscore.pipelines.score.parameters import ScoreOptions
from moodscore.pipelines.score.pipeline import create_pipeline
from moodscore.pipelines.score.progress import Bar
from moodscore.pipelines.score.request import Job, Request, outputs_of
from moodscore.progress import told
from moodscore.vocabulary import COMPOSED

logger = logging.getLogger(__name__)

#: What looking imports, and what later steps do and what takes its time.
_LOOKING_IMPORTS = ("cv2", "moodscore.vision.measure", "moodscore.media.frames")
_SLOW_IMPORTS = ("moodscore.music.assembly", "moodscore.music.systems", "moodscore.figures.scored")
#: Where the picture lies until all is finished.
_EMOTION = "emotion.png"
#: The step that is done beside the others.
_DRAWING = "draw_score"
_LOOKING = "look_at_video"
_CHOOSING = "choose_score"
#: What is told of a job when it is done.
TOLD = (
    "score_facts",
    "score_loudness",
    "score_container",
    "score_findings",
    "score_cue_sheet",
    "score_descriptors",
    "explanation",
)


class _Result(MemoryDataset):
    """Kept when the last step has read it: drawing and telling come later."""

    def __init__(self) -> None:
        super().__init__(copy_mode="assign")

    def _release(self) -> None:
        pass


class Studio:
    """One request: the models it takes, and the pipeline they are used in.

    Parameters
    ----------
    home : Home
        Where the workspace lies.
    request : Request
        What is wanted.
    began : float
        When it was asked for, by `time.perf_counter`.

    Attributes
    ----------
    models : Models
        What is read from.
    startup_s : float
        Seconds that went into getting ready rather than into a video.
    """

    def __init__(self, home: Home, request: Request, began: float):
        self.request = request
        self.models = Models(home, request)
        self._spans = scoring.parse_cues(request.emotion) if request.emotion else []
        everything = create_pipeline()
        self._looking = everything.only_nodes(_LOOKING)
        self._choosing = everything.to_nodes(_CHOOSING) - self._looking
        self._drawing = everything.only_nodes(_DRAWING)
        self._playing = everything - self._looking - self._choosing - self._drawing
        self._outputs = everything.all_outputs()
        if request.songs:
            _ = self.models.songs
        self._is_warm = False
        # Two threads that begin to import one package can meet half of it: this one first.
        for module in _LOOKING_IMPORTS:
            importlib.import_module(module)
        self.startup_s = time.perf_counter() - began

    @property
    def records(self) -> Path:
        """Where it is kept what was asked for."""
        return self.models.load("score_cache") / "finished"

    def fingerprint_of(self, job: Job) -> str:
        """Fingerprint of everything the files of a job depend on."""
        models, request = self.models, self.request
        return scoring.fingerprint(
            moodscore.__version__,
            scoring.sampled_key(job.video),
            models.versions,
            [models.parameter(name).model_dump() for name in ("anfis", "retrieval")],
            models.parameter("seed"),
            models.parameter("segment_s"),
            sorted(models.songs["clip_id"].unique()) if request.songs else None,
            [str(span) for span in self._spans],
            [job.take, request.keep_audio_db, request.flac, request.stems],
        )

    def score(self, job: Job, folder: Path, bar: Bar) -> dict[str, Any]:
        """Run the pipeline for a job; all its results by name. Files are left in ``folder``."""
        own = self._datasets(job, folder)
        with ThreadPoolExecutor(1) as beside, told(bar.within):
            warm = beside.submit(self._warm_up)
            with threadpool_limits(1):
                self._run(self._looking, own, bar)
            warm.result()
            # Once more, of what was loaded meanwhile. Two threads that multiply matrices at once, each with
            # more threads, can wait for ever in OpenBLAS.
            with threadpool_limits(1):
                self._run(self._choosing, own, bar)
                drawn = beside.submit(self._draw, own, folder)
                self._run(self._playing, own, bar)
                drawn.result()
        results = {name: own[name].load() for name in self._outputs if own[name].exists()}
        if self.request.explain:
            results["explanation"] = scoring.explain(
                results["score_emotion"],
                results["score_descriptors"],
                results["score_cue_sheet"],
                self.models.load("anfis_model"),
            )
        return results

    def _warm_up(self) -> None:
        """Read the models and import what the later steps need, beside looking at the first video."""
        if not self._is_warm:
            for name in MODELS:
                self.models.load(name)
            for module in _SLOW_IMPORTS:
                importlib.import_module(module)
            self._is_warm = True

    def _datasets(self, job: Job, folder: Path) -> dict[str, AbstractDataset]:
        """What is of this job alone: its options and its results."""
        options = ScoreOptions(
            video=str(job.video),
            emotion=self.request.emotion,
            keep_audio_db=self.request.keep_audio_db,
            take=job.take,
        )
        compute = self.models.parameter("compute").model_copy(update={"scratch": str(folder)})
        given = {"params:score": MemoryDataset(options), "params:compute": MemoryDataset(compute)}
        return given | {name: _Result() for name in self._outputs}

    def _run(self, steps: Pipeline, own: Mapping[str, AbstractDataset], bar: Bar | None = None) -> None:
        datasets = {name: own.get(name) or self.models.dataset(name) for name in steps.datasets()}
        SequentialRunner().run(steps, DataCatalog(datasets), bar.hooks if bar else None)

    def _draw(self, own: Mapping[str, AbstractDataset], folder: Path) -> None:
        self._run(self._drawing, own)
        own["score_figure"].load().savefig(folder / _EMOTION)


def score_all(studio: Studio, jobs: Sequence[Job], *, keep: Collection[str] = TOLD) -> None:
    """Do the jobs one after the other; one that cannot be done never takes the others down.

    Parameters
    ----------
    studio : Studio
        Of the request.
    jobs : sequence of Job
        What there is to do; what became of each is noted in it.
    keep : collection of str
        The results that are kept in ``Job.made``.
    """
    taken: dict[Path, Path] = {}
    for job in (job for job in jobs if job.error is None):
        try:
            _score(studio, job, taken, keep)
        except Exception as error:
            reason = _refusal(error)
            if reason is None and len(jobs) == 1:
                raise
            job.error = reason or f"{job.video}: unexpected {type(error).__name__}: {error}"


def _score(studio: Studio, job: Job, taken: dict[Path, Path], keep: Collection[str]) -> None:
    request = studio.request
    scoring.check_is_film(job.video)
    job.outputs = outputs_of(job, request, studio.records)
    job.outputs.check([job.video], library=request.songs)
    other = taken.setdefault(job.outputs.video.resolve(), job.video)
    if other != job.video:
        raise MoodscoreError(f"{job.video}: its score would replace that of {other}; name a folder for each")
    asked = studio.fingerprint_of(job)
    finished = None if request.force or request.explain else job.outputs.finished(asked)
    if finished is not None:
        job.path, job.is_kept = finished, True
        return
    _ask_about_own_music(job.video, request)
    began = time.perf_counter()
    name = job.video.name + (f" (take {job.take + 1})" if job.take else "")
    with job.outputs.staging() as folder, Bar(name) as bar:
        results = studio.score(job, folder, bar)
        files = _files(job, results, folder) | _parts(studio, job, results, folder)
        job.path = job.outputs.deliver(files, asked)
    job.made = {name: results[name] for name in keep if name in results}
    job.seconds = time.perf_counter() - began


def _ask_about_own_music(video: Path, request: Request) -> None:
    """Ask whoever sits there what is to become of the music a film has; say it where nobody does."""
    heard = "" if request.replace else scoring.own_music(video)
    if not heard:
        return
    if request.keep_audio_db is not None:
        logger.warning("%s: %s; it is kept, and the new music plays with it", video, heard)
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        question = f"{video} {heard}. Put the new music in its place?"
        if not click.confirm(question, default=True, err=True):
            raise MoodscoreError(f"{video}: {heard}; --keep-audio -6 keeps its sound under the new music")
        return
    logger.warning("%s: %s, which the new music replaces; --keep-audio -6 keeps its sound", video, heard)


def _files(job: Job, results: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """The finished files of a job in its staging folder, by the names of `Outputs.files`."""
    (track,) = results["score_soundtrack"].values()
    (video,) = results["scored_video"].values()
    soundtrack = track.path
    if job.outputs.lossless != soundtrack.suffix:
        soundtrack = media.write_stem(track, folder / f"soundtrack{job.outputs.lossless}").path
    cues = folder / "cues.csv"
    results["score_cue_sheet"].to_csv(cues, index=False)
    return {"soundtrack": soundtrack, "cues": cues, "emotion": folder / _EMOTION, "video": video}


def _parts(studio: Studio, job: Job, results: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """The notes of a composed score, and its groups of instruments if they are wanted."""
    notes, cues = results["score_notes"], results["score_cue_sheet"]
    if not len(notes):
        return {}
    (track,) = results["score_soundtrack"].values()
    arranged = music.Arrangement(
        str(cues["clip_id"].iloc[0]),
        COMPOSED,
        cues,
        {},
        track.n_samples,
        track.sample_rate,
        notes=notes,
        soundfont=studio.models.parameter("retrieval").soundfont,
    )
    parts = {"mid": scoring.write_midi(arranged, folder / "score.mid")}
    if studio.request.stems:
        parts |= scoring.write_stems(arranged, track, folder, job.outputs.lossless)
    return parts


def _refusal(error: BaseException) -> str | None:
    """What a person can mend."""
    return next((str(cause) for cause in causes(error) if isinstance(cause, MoodscoreError)), None)
