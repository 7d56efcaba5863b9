"""Per-clip work, on one machine or many.

Every step that opens media files goes through :func:`map_clips`. Workers get a path, open the file
themselves and return small tables; order and results are the same on every backend.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from moodscore.errors import MoodscoreError

Item = TypeVar("Item")
Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class Compute(BaseModel):
    """Where per-clip work runs.

    Attributes
    ----------
    backend : {"serial", "processes", "dask"}
        In this process, in one worker process a core, or on a Dask scheduler.
    workers : int or None
        Number of worker processes; None is one a core.
    address : str
        The Dask scheduler, ``tcp://host:port``; empty starts a local cluster.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    backend: Literal["serial", "processes", "dask"] = "processes"
    workers: int | None = Field(default=None, ge=1)
    address: str = ""


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
        tasks = [(fn, clip_id, item) for clip_id, item in clips.items()]
        outcome.update(_with_progress(runner(tasks, compute), len(tasks), label))
    results = {c: outcome[c] for c in clips if not isinstance(outcome[c], _Failure)}
    failures = {c: outcome[c].reason for c in clips if isinstance(outcome[c], _Failure)}
    for clip_id, reason in failures.items():
        logger.warning("%s: clip %s is left out: %s", label, clip_id, reason)
    return results, failures


def available_cores() -> int:
    """Cores this process may use (a container or a batch job may own fewer than the machine has)."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _run_one(task: tuple[Callable, str, Any]) -> tuple[str, Any]:
    """One clip, with one thread: linear algebra then rounds alike wherever the clip is worked on."""
    from threadpoolctl import threadpool_limits

    fn, clip_id, item = task
    try:
        with threadpool_limits(1):
            return clip_id, fn(clip_id, item)
    except MoodscoreError as error:
        return clip_id, _Failure(str(error))
    except Exception as error:  # a clip may break a library in ways nobody foresaw
        logger.debug("clip %s", clip_id, exc_info=True)
        return clip_id, _Failure(f"unexpected {type(error).__name__}: {error}")


def _serial(tasks: list, compute: Compute) -> Iterator[tuple[str, Any]]:
    return map(_run_one, tasks)


def _processes(tasks: list, compute: Compute) -> Iterator[tuple[str, Any]]:
    from joblib import Parallel, delayed

    workers = min(compute.workers or available_cores(), len(tasks))
    # loky starts fresh interpreters (a forked copy of a process that holds TensorFlow's threads may
    # hang), does not import our main program again, and keeps the workers for the next step.
    pool = Parallel(n_jobs=workers, backend="loky", return_as="generator_unordered", max_nbytes=None)
    return pool(delayed(_run_one)(task) for task in tasks)


def _dask(tasks: list, compute: Compute) -> Iterator[tuple[str, Any]]:
    try:
        from distributed import Client, LocalCluster, as_completed as dask_as_completed  # noqa: I001
    except ImportError as error:
        raise MoodscoreError(
            "compute.backend 'dask': install it with pip install 'moodscore[dask]'"
        ) from error
    workers = min(compute.workers or available_cores(), len(tasks))
    if compute.address:
        with Client(compute.address) as client:
            yield from _gather(client, dask_as_completed, tasks)
    else:
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield from _gather(client, dask_as_completed, tasks)


def _gather(client: Any, as_they_come: Callable, tasks: list) -> Iterator[tuple[str, Any]]:
    futures = client.map(_run_one, tasks, pure=False)
    for _, result in as_they_come(futures, with_results=True):
        yield result


def _with_progress(outcomes: Iterable[Result], total: int, label: str) -> Iterator[Result]:
    """Pass ``outcomes`` through while a bar shows how many have come."""
    from rich.progress import track

    return track(outcomes, description=label, total=total)
