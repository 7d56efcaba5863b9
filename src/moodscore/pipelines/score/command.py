"""``kedro score``: the score pipeline, run for each of some videos by the models of one workspace.

The pipeline's tables stay in memory here, and what it makes is put beside the video that is wanted. The
models are loaded once, and not before a video has been looked at that needs them; the picture is drawn
beside the music.
"""

import contextlib
import importlib
import logging
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import click
from kedro.framework.context import KedroContext
from kedro.framework.session import KedroSession
from kedro.io import AbstractDataset, DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner
from rich import get_console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from threadpoolctl import threadpool_limits

import moodscore
from moodscore import media, scoring
from moodscore.emotion import QUADRANTS
from moodscore.errors import MoodscoreError, causes
from moodscore.pipelines.score.parameters import ScoreOptions
from moodscore.pipelines.score.pipeline import create_pipeline
from moodscore.progress import told
from moodscore.scoring.scenes import clock

_NETWORKS = tuple(f"{quadrant}.lstm_model" for quadrant in QUADRANTS)
#: What a run leaves that scoring needs, and what a library of songs needs besides.
_MODELS = ("cluster_centres", "audio_scaler", "anfis_model", *_NETWORKS, "snippet_index")
_LIBRARY_MODELS = ("emotion_judge",)
#: The four networks are trained together: none is older than another.
_MADE_WITH = {
    "anfis_model": ["cluster_centres"],
    "snippet_index": ["audio_scaler"],
    **{network: ["cluster_centres", "audio_scaler", *_NETWORKS] for network in _NETWORKS},
}
#: What each step is called while it runs, and about which share of the time it takes.
_STEPS = {
    "look_at_video": ("looking at the pictures", 40),
    "describe_video": ("describing them", 1),
    "read_video": ("reading the emotion", 1),
    "predict_score": ("asking the networks", 3),
    "choose_score": ("choosing the music", 5),
    "draw_score": ("drawing", 5),
    "play_score": ("playing and levelling it", 30),
    "put_to_picture": ("putting it to the picture", 15),
}
#: What later steps import and what takes its time.
_SLOW_IMPORTS = ("moodscore.music.assembly", "moodscore.figures.scored")
#: Nothing of a workspace is saved here, but Kedro wants all versions to be saved as one.
_NO_VERSION = "never"
_LOADING = "loading the models"
#: Where the picture lies until all is finished.
_EMOTION = "emotion.png"
#: Status of a process ended by a signal.
_TERMINATED = 128 + signal.SIGTERM


@dataclass(frozen=True)
class Request:
    """What a person typed.

    Attributes
    ----------
    videos : sequence of str
        Files and folders.
    output : Path or None
        The file to write, or the folder.
    library : Path or None
        A folder of songs the music comes from alone.
    emotion : str
        See `moodscore.scoring.parse_cues`.
    keep_audio_db : float or None
        Level of the original sound.
    replace : bool
        Leave the original sound out, also if there is music in it.
    preset : str or None
        The system that makes the music; None is the workspace's.
    seed : int or None
        None is the workspace's.
    env : str or None
        The environment.
    force : bool
        Make again what is finished.
    flac : bool
        FLAC in place of WAV.
    takes : int
        How many different scores.
    explain : bool
        Say why, in words.
    """

    videos: Sequence[str]
    output: Path | None = None
    library: Path | None = None
    emotion: str = ""
    keep_audio_db: float | None = None
    replace: bool = False
    preset: str | None = None
    seed: int | None = None
    env: str | None = None
    force: bool = False
    flac: bool = False
    takes: int = 1
    explain: bool = False


@dataclass
class Job:
    """One video and one take, and what became of it."""

    video: Path
    take: int
    outputs: scoring.Outputs | None = None
    path: Path | None = None
    error: str | None = None
    is_kept: bool = False
    seconds: float = 0.0
    made: dict[str, Any] = field(default_factory=dict)


def score_videos(project: Path, request: Request, *, began: float) -> bool:
    """Score the videos, say on standard error how it went, name the results on standard output.

    Parameters
    ----------
    project : Path
        The Kedro project.
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
    with _ended_by_sigterm(), _quiet_kedro(), contextlib.redirect_stdout(sys.stderr):
        jobs = _jobs(request)
        studio = Studio(project, request, began)
        _score_all(studio, jobs, request)
        _report(studio, jobs)
    for job in jobs:
        if job.path is not None:
            for line in job.made.get("explanation", []):
                click.echo(line)
    for job in jobs:
        if job.path is not None:
            click.echo(job.path)
    return all(job.error is None for job in jobs)


class Studio:
    """The models of a workspace, loaded when first needed, and the pipeline they are used in."""

    def __init__(self, project: Path, request: Request, began: float):
        self._request = request
        with KedroSession.create(project_path=project, save_on_close=False, env=request.env) as session:
            context = session.load_context()
        self._catalog = context.catalog
        self.workspace = context.config_loader["globals"]["workspace"]
        self._versions = self._choose_run(context)
        self._pipeline: Pipeline = create_pipeline()
        self._stored: dict[str, AbstractDataset] = {}
        self._loaded = False
        #: Seconds that went into getting ready rather than into a video.
        self.startup_s = time.perf_counter() - began

    def prepare(self) -> None:
        """Read the options that are of no one video: what is wrong with them is said first."""
        _ = self._spans
        if self._request.library:
            _ = self._songs

    def request_of(self, job: Job) -> str:
        """Fingerprint of everything the files of a job depend on."""
        return scoring.fingerprint(
            moodscore.__version__,
            scoring.content_key(job.video),
            self._versions,
            [self._parameter(name).model_dump() for name in ("anfis", "retrieval")],
            self._parameter("seed"),
            self._parameter("segment_s"),
            sorted(self._songs["clip_id"].unique()) if self._request.library else None,
            [str(span) for span in self._spans],
            [job.take, self._request.keep_audio_db, self._request.flac],
        )

    def score(self, job: Job, folder: Path, bar: "_Bar") -> dict[str, Any]:
        """Run the pipeline for a job; all its results by name. Files are left in ``folder``."""
        own: dict[str, AbstractDataset] = {
            "params:score": MemoryDataset(
                ScoreOptions(
                    video=str(job.video),
                    emotion=self._request.emotion,
                    keep_audio_db=self._request.keep_audio_db,
                    take=job.take,
                )
            ),
            "params:compute": MemoryDataset(
                self._parameter("compute").model_copy(update={"scratch": str(folder)})
            ),
        }
        for name in self._pipeline.all_outputs():
            own[name] = MemoryDataset(copy_mode="assign")
        # Two threads that multiply matrices at once, each with more threads, can wait for ever in OpenBLAS.
        with threadpool_limits(1), ThreadPoolExecutor(1) as beside:
            drawn = None
            for step in _STEPS:
                if step == "read_video":
                    self._load_models(bar)
                bar.begin(step)
                if step == "draw_score":
                    drawn = beside.submit(self._draw, own, folder)
                else:
                    with told(bar.within):
                        self._run(step, own)
            drawn.result()
        results = {name: dataset.load() for name, dataset in own.items() if not name.startswith("params:")}
        if self._request.explain:
            results["explanation"] = scoring.explain(
                results["score_emotion"],
                results["score_descriptors"],
                results["score_cue_sheet"],
                self._dataset("anfis_model").load(),
            )
        return results

    def _run(self, step: str, own: Mapping[str, AbstractDataset]) -> None:
        node = self._pipeline.only_nodes(step)
        datasets = {name: own.get(name) or self._dataset(name) for name in node.datasets()}
        SequentialRunner().run(node, DataCatalog(datasets))

    def _draw(self, own: Mapping[str, AbstractDataset], folder: Path) -> None:
        self._run("draw_score", own)
        own["score_figure"].load().savefig(folder / _EMOTION)

    def _choose_run(self, context: KedroContext) -> dict[str, str]:
        needed = (*_MODELS, *(_LIBRARY_MODELS if self._request.library else ()))
        available = {name: _versions_of(Path(self._config(name)["filepath"])) for name in needed}
        return scoring.newest_versions(
            available,
            _MADE_WITH,
            workspace=self.workspace,
            remedy=f"kedro run --env={self._request.env}" if self._request.env else "make run",
        )

    def _config(self, name: str) -> dict[str, Any]:
        return self._catalog.config_resolver.resolve_pattern(name)

    def _parameter(self, name: str) -> Any:
        """A parameter of the workspace, as the options change it."""
        value = self._catalog.load(f"params:{name}")
        if name == "retrieval":
            changes: dict[str, Any] = {"system": self._request.preset} if self._request.preset else {}
            changes |= {"music": "library"} if self._request.library else {}
            value = value.model_copy(update=changes)
        if name == "seed" and self._request.seed is not None:
            value = self._request.seed
        return value

    def _dataset(self, name: str) -> AbstractDataset:
        """A dataset of the workspace; a model is read from its file once."""
        if name not in self._stored:
            self._stored[name] = self._opened(name)
        return self._stored[name]

    def _opened(self, name: str) -> AbstractDataset:
        if name == "library_index" and self._request.library:
            return MemoryDataset(self._songs, copy_mode="assign")
        if name == "params:visual_features.measure":
            return MemoryDataset(self._parameter("visual_features.measure"))
        if name.startswith("params:"):
            return MemoryDataset(self._parameter(name.removeprefix("params:")))
        config = dict(self._config(name))
        if not config.pop("versioned", False):
            return self._catalog[name]
        cached = {"type": "CachedDataset", "versioned": True, "copy_mode": "assign", "dataset": config}
        load_version = self._versions.get(name)
        return AbstractDataset.from_config(name, cached, load_version, save_version=_NO_VERSION)

    def _load_models(self, bar: "_Bar") -> None:
        if not self._loaded:
            bar.say(_LOADING)
            began = time.perf_counter()
            for name in _MODELS:
                self._dataset(name).load()
            for module in _SLOW_IMPORTS:
                importlib.import_module(module)
            self._loaded = True
            self.startup_s += time.perf_counter() - began

    @cached_property
    def _songs(self) -> Any:
        """The snippets of the library."""
        return scoring.index_songs(
            self._request.library,
            self._dataset("library_cache").load(),
            judge=self._dataset("emotion_judge").load(),
            scaler=self._dataset("audio_scaler").load(),
            segment_s=self._parameter("segment_s"),
            compute=self._parameter("compute"),
        )

    @property
    def songs_left_out(self) -> list[list[str]]:
        """File and reason of each song of the library that cannot be used."""
        return self._songs.attrs.get("left_out", []) if self._request.library else []

    @cached_property
    def _spans(self) -> list[scoring.EmotionSpan]:
        return scoring.parse_cues(self._request.emotion) if self._request.emotion else []

    @property
    def records(self) -> Path:
        """Where it is kept what was asked for."""
        return self._dataset("score_cache").load() / "finished"


def _jobs(request: Request) -> list[Job]:
    """What there is to do; refuses options that contradict each other."""
    videos: dict[Path, str | None] = {}
    for name in request.videos:
        try:
            videos |= dict.fromkeys(scoring.list_videos(name))
        except MoodscoreError as error:
            videos[Path(name)] = str(error)
    into_folder = request.output is not None and request.output.is_dir()
    if len(videos) > 1 and request.output is not None and not into_folder:
        raise MoodscoreError(f"-o {request.output}: is no folder, and there are {len(videos)} videos")
    if len(videos) > 1 and request.emotion:
        raise MoodscoreError(f"--emotion: is of one video, and there are {len(videos)}; score it by itself")
    if request.library is not None and not request.library.is_dir():
        raise MoodscoreError(f"--library {request.library}: there is no such folder")
    takes = range(request.takes)
    return [Job(video, take, error=error) for video, error in videos.items() for take in takes]


def _outputs_of(job: Job, request: Request, records: Path) -> scoring.Outputs:
    """Where the files of a job go."""
    target = scoring.default_output(job.video)
    if request.output is not None:
        target = request.output / target.name if request.output.is_dir() else request.output
    if request.takes > 1:
        target = target.with_name(f"{target.stem}.{job.take + 1}{target.suffix}")
    return scoring.Outputs(target, records, ".flac" if request.flac else ".wav")


def _score_all(studio: Studio, jobs: Sequence[Job], request: Request) -> None:
    """Do the jobs one after the other; one that cannot be done never takes the others down."""
    studio.prepare()
    taken: dict[Path, Path] = {}
    for job in (job for job in jobs if job.error is None):
        try:
            _score(studio, job, request, taken)
        except Exception as error:
            reason = _refusal(error)
            if reason is None and len(jobs) == 1:
                raise
            job.error = reason or f"{job.video}: unexpected {type(error).__name__}: {error}"


def _score(studio: Studio, job: Job, request: Request, taken: dict[Path, Path]) -> None:
    scoring.check_is_film(job.video)
    job.outputs = _outputs_of(job, request, studio.records)
    job.outputs.check([job.video], library=request.library)
    other = taken.setdefault(job.outputs.video.resolve(), job.video)
    if other != job.video:
        raise MoodscoreError(f"{job.video}: its score would replace that of {other}; name a folder for each")
    asked = studio.request_of(job)
    finished = None if request.force or request.explain else job.outputs.finished(asked)
    if finished is not None:
        job.path, job.is_kept = finished, True
        return
    if not request.replace:
        scoring.check_own_music(job.video, is_kept=request.keep_audio_db is not None)
    began, startup_s = time.perf_counter(), studio.startup_s
    with job.outputs.staging() as folder, _Bar(job) as bar:
        job.made = studio.score(job, folder, bar)
        job.path = job.outputs.deliver(_files(job, folder), asked)
    job.seconds = time.perf_counter() - began - (studio.startup_s - startup_s)


def _files(job: Job, folder: Path) -> dict[str, Path]:
    """The finished files of a job in its staging folder, by the names of `Outputs.files`."""
    (track,) = job.made["score_soundtrack"].values()
    (video,) = job.made["scored_video"].values()
    soundtrack = track.path
    if job.outputs.lossless != soundtrack.suffix:
        soundtrack = media.write_stem(track, folder / f"soundtrack{job.outputs.lossless}").path
    cues = folder / "cues.csv"
    job.made["score_cue_sheet"].to_csv(cues, index=False)
    return {"soundtrack": soundtrack, "cues": cues, "emotion": folder / _EMOTION, "video": video}


def _report(studio: Studio, jobs: Sequence[Job]) -> None:
    """A table of what was made, and a line for each video that failed."""
    if any(job.error is None for job in jobs):
        table = Table("video", "scored", "length", "took", "loudness", "peak", "remarks", box=None)
        for job in jobs:
            table.add_row(*_row(job))
        get_console().print(table)
        get_console().print(f"start-up {studio.startup_s:.1f} s", highlight=False)
    if studio.songs_left_out:
        table = Table("song left out", "reason", box=None)
        for file, reason in studio.songs_left_out:
            table.add_row(Text(file), Text(reason))
        get_console().print(table)
    for job in jobs:
        if job.error is not None:
            click.echo(f"Error: {job.error}", err=True)


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


class _Bar:
    """The progress of one video: a bar, and what is being done."""

    def __init__(self, job: Job):
        self._progress = Progress(
            TextColumn("{task.fields[name]}", markup=False),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=get_console(),
            transient=True,
            disable=not get_console().is_terminal,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        name = job.video.name + (f" (take {job.take + 1})" if job.take else "")
        total = sum(share for _, share in _STEPS.values())
        self._task = self._progress.add_task("", total=total, name=name)
        self._share = self._done = 0

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, step: str) -> None:
        """A step of the pipeline begins, so the one before is done."""
        self._done += self._share
        words, self._share = _STEPS[step]
        self._progress.update(self._task, completed=self._done)
        self.say(words)

    def within(self, share: float) -> None:
        """Say which share of the step is done."""
        self._progress.update(self._task, completed=self._done + share * self._share)

    def say(self, words: str) -> None:
        """What is being done."""
        self._progress.update(self._task, description=words)


def _versions_of(path: Path) -> list[str]:
    """Versions of a versioned dataset that are whole enough to have their file."""
    return [file.parent.name for file in path.glob(f"*/{path.name}")]


def _refusal(error: BaseException) -> str | None:
    """What a person can mend."""
    return next((str(cause) for cause in causes(error) if isinstance(cause, MoodscoreError)), None)


@contextlib.contextmanager
def _quiet_kedro() -> Iterator[None]:
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
