"""Per-clip work, on one machine or many.

Every step that opens media files goes through :func:`map_clips`. Workers get a path, open the file
themselves and return small tables; order and results are the same on every backend.
"""

import atexit
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from moodscore.errors import MoodscoreError

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Threads a decoder may use for the clip that is worked on; 0 is one a core.
clip_threads: ContextVar[int] = ContextVar("clip_threads", default=0)

logger = logging.getLogger(__name__)


class Compute(BaseModel):
    """Where per-clip work runs.

    Attributes
    ----------
    backend : {"serial", "processes", "dask"}
        In this process, in one worker process a core, or on a Dask scheduler.
    workers : int or None
        Number of worker processes; None is one a core. An existing scheduler has its own number.
    address : str
        The Dask scheduler, ``tcp://host:port``; empty starts a local cluster.
    scratch : str
        Where workers leave files until the catalog takes them over; empty is the system's temporary
        folder. Workers on other machines need one that all of them see.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    backend: Literal["serial", "processes", "dask"] = "processes"
    workers: int | None = Field(default=None, ge=1)
    address: str = ""
    scratch: str = ""


@dataclass(frozen=True)
class _Failure:
    """What went wrong with one clip; travels between processes as plain text."""

    reason: str


def map_clips(
    fn: Callable[[str, Item], Result], clips: Mapping[str, Item], compute: Compute, *, label: str
) -> tuple[dict[str, Result], dict[str, str]]:
    """Apply ``fn(clip_id, item)`` to every clip; one bad clip never takes the others down.

    Parameters
    ----------
    fn : callable
        Picklable; opens its own files and returns something small.
    clips : mapping of clip_id to item
        What ``fn`` gets for each clip.
    compute : Compute
        Backend, workers, scheduler.
    label : str
        What the progress bar says.

    Returns
    -------
    results : dict
        ``fn``'s answers in the order of ``clips``, without the clips that failed.
    failures : dict of clip_id to str
        One line for each clip that failed, in the order of ``clips``.
    """
    outcome: dict[str, Any] = {}
    if clips:
        runner = {"serial": _serial, "processes": _processes, "dask": _dask}[compute.backend]
        threads = _threads_per_clip(len(clips), compute)
        tasks = [_Task(fn, clip_id, item, threads) for clip_id, item in clips.items()]
        outcome.update(_with_progress(runner(tasks, compute), len(tasks), label))
    results = {c: outcome[c] for c in clips if not isinstance(outcome[c], _Failure)}
    failures = {c: outcome[c].reason for c in clips if isinstance(outcome[c], _Failure)}
    for clip_id, reason in failures.items():
        logger.warning("%s: clip %s is left out: %s", label, clip_id, reason)
    return results, failures


def scratch_folder(compute: Compute) -> Path:
    """A new folder for files in flight; gone when this process ends."""
    if compute.scratch:
        Path(compute.scratch).mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="moodscore-", dir=compute.scratch or None)).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def available_cores() -> int:
    """Cores this process may use (a container or a batch job may own fewer than the machine has)."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


class _Task(NamedTuple):
    """The work on one clip; travels to the workers."""

    fn: Callable[[str, Any], Any]
    clip_id: str
    item: Any
    threads: int


def _run_one(task: _Task) -> tuple[str, Any]:
    """One clip; linear algebra gets one thread, so that it rounds alike wherever the clip is worked on."""
    from threadpoolctl import threadpool_limits

    token = clip_threads.set(task.threads)
    try:
        with threadpool_limits(1):
            return task.clip_id, task.fn(task.clip_id, task.item)
    except MoodscoreError as error:
        return task.clip_id, _Failure(_one_line(error))
    except Exception as error:  # a clip may break a library in ways nobody foresaw
        logger.debug("clip %s", task.clip_id, exc_info=True)
        return task.clip_id, _unexpected(error)
    finally:
        clip_threads.reset(token)


def _unexpected(error: BaseException) -> _Failure:
    return _Failure(f"unexpected {type(error).__name__}: {_one_line(error)}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


def _serial(tasks: list[_Task], compute: Compute) -> Iterator[tuple[str, Any]]:
    return map(_run_one, tasks)


def _processes(tasks: list[_Task], compute: Compute) -> Iterator[tuple[str, Any]]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import BrokenProcessPool

    # loky starts fresh interpreters (a forked copy of a process that holds TensorFlow's threads may
    # hang), does not import our main program again, and keeps the workers for the next step.
    n_jobs = _n_workers(len(tasks), compute)
    pool = Parallel(n_jobs=n_jobs, backend="loky", return_as="generator_unordered", max_nbytes=None)
    waiting = {task.clip_id: task for task in tasks}
    try:
        with warnings.catch_warnings():
            # loky replaces a worker whose memory has grown, and warns of the pause; nothing is lost.
            warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
            for clip_id, result in pool(delayed(_run_one)(task) for task in tasks):
                del waiting[clip_id]
                yield clip_id, result
    except BrokenProcessPool:
        # A clip took its worker down (a crash in a decoder, no memory) and thereby the whole pool. Who
        # it was nobody knows, so each of the rest is tried by itself. (One job would run in here.)
        for task in waiting.values():
            try:
                yield from Parallel(n_jobs=2, backend="loky", max_nbytes=None)([delayed(_run_one)(task)])
            except BrokenProcessPool:
                yield task.clip_id, _Failure("its worker process died; is there enough memory?")


def _dask(tasks: list[_Task], compute: Compute) -> Iterator[tuple[str, Any]]:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise MoodscoreError(
            "compute.backend 'dask': it is not installed; pip install distributed"
        ) from error
    if compute.address:
        with Client(compute.address) as client:
            yield from _gather(client, tasks)
    else:
        n_workers = _n_workers(len(tasks), compute)
        with (
            LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield from _gather(client, tasks)


def _gather(client: Any, tasks: list[_Task]) -> Iterator[tuple[str, Any]]:
    from distributed import as_completed

    clip_of = dict(zip(client.map(_run_one, tasks, pure=False), (t.clip_id for t in tasks), strict=True))
    for future, result in as_completed(list(clip_of), with_results=True, raise_errors=False):
        # A worker that died has no answer; the scheduler tried others before it gave up.
        yield (clip_of[future], _unexpected(result[1])) if future.status == "error" else result


def _n_workers(n_clips: int, compute: Compute) -> int:
    return min(compute.workers or available_cores(), n_clips)


def _threads_per_clip(n_clips: int, compute: Compute) -> int:
    """An equal part of the cores for each clip that is worked on at the same time."""
    if compute.backend == "serial":
        return 0
    return 1 if compute.address else max(available_cores() // _n_workers(n_clips, compute), 1)


def _with_progress(outcomes: Iterable[Result], total: int, label: str) -> Iterator[Result]:
    """Pass ``outcomes`` through while a bar shows how many have come."""
    from rich.progress import track

    return track(outcomes, description=label, total=total)
