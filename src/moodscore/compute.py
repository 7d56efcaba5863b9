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
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from moodscore.errors import MoodscoreError
from moodscore.progress import is_told, tell

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Cores that the clip which is worked on may use; 0 is all there are.
_clip_cores: ContextVar[int] = ContextVar("clip_cores", default=0)

#: A Dask scheduler that has not answered after so many seconds is not there.
_ANSWER_S = 5
#: Every connection that opens or closes is not worth a line.
_DASK_LOG_LEVEL = "WARNING"
#: The environment of a worker on this machine. Dask has the C library return memory the moment it is
#: free; pictures come and go, and fetching the memory back took more time than looking at them.
_WORKER_ENVIRONMENT = {
    "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": _DASK_LOG_LEVEL,
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}
#: What must be of one version where tasks are sent and where they run: they travel in it ...
_TRANSPORT = ("python", "dask", "distributed", "cloudpickle")
#: ... and what they compute comes from these.
_NUMBERS = (
    "moodscore",
    "av",
    "librosa",
    "numba",
    "numpy",
    "opencv-python-headless",
    "pandas",
    "scikit-learn",
    "scipy",
    "soundfile",
    "soxr",
)

logger = logging.getLogger(__name__)


class Compute(BaseModel):
    """Where per-clip work runs.

    Attributes
    ----------
    backend : {"serial", "processes", "dask"}
        In this process, in one worker process a core, or on Dask.
    workers : int or None
        Number of worker processes; None is one a core. An existing scheduler has its own number.
    address : str
        The Dask scheduler, ``tcp://host:port``; empty starts a cluster on this machine.
    scratch : str
        Where workers leave files until the catalog takes them over; empty is the system's temporary
        folder. Workers on other machines need one that all of them see.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    backend: Literal["serial", "processes", "dask"] = "processes"
    workers: int | None = Field(default=None, ge=1)
    address: str = ""
    scratch: str = ""

    @field_validator("address")
    @classmethod
    def _is_used(cls, address: str, info: ValidationInfo) -> str:
        if address and info.data.get("backend") != "dask":
            raise ValueError("only backend dask has one; set compute.backend to dask as well")
        return address


@dataclass(frozen=True)
class _Failure:
    """What went wrong with one clip; travels between processes as plain text."""

    reason: str


_DIED = _Failure("its worker process died; is there enough memory?")


def map_clips(
    fn: Callable[[str, Item], Result],
    clips: Mapping[str, Item],
    compute: Compute,
    *,
    label: str,
    tells: bool = True,
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
    tells : bool
        Whether each clip that failed is a line in the log; without, the caller says it at the end.

    Returns
    -------
    results : dict
        ``fn``'s answers in the order of ``clips``, without the clips that failed.
    failures : dict of clip_id to str
        One line for each clip that failed, in the order of ``clips``.

    Raises
    ------
    MoodscoreError
        If the Dask scheduler does not answer, its workers cannot do the work as it would be done
        here (other versions, no common scratch folder), or it goes away.
    """
    outcome: dict[str, Any] = {}
    if clips:
        runner = {"serial": _serial, "processes": _processes, "dask": _dask}[compute.backend]
        cores = _cores_per_clip(len(clips), compute)
        tasks = [_Task(fn, clip_id, item, cores) for clip_id, item in clips.items()]
        outcome.update(_with_progress(runner(tasks, compute), len(tasks), label))
    results = {c: outcome[c] for c in clips if not isinstance(outcome[c], _Failure)}
    failures = {c: outcome[c].reason for c in clips if isinstance(outcome[c], _Failure)}
    for clip_id, reason in failures.items() if tells else ():
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
    """Cores this process may use: those of its affinity mask, within the CPU quota of its control group."""
    from joblib import cpu_count

    return cpu_count()


def clip_cores() -> int:
    """Cores that the clip which is worked on may use."""
    return _clip_cores.get() or available_cores()


class _Task(NamedTuple):
    """The work on one clip; travels to the workers."""

    fn: Callable[[str, Any], Any]
    clip_id: str
    item: Any
    cores: int


def _run_one(task: _Task) -> tuple[str, Any]:
    """One clip; linear algebra gets one thread, so that it rounds alike wherever the clip is worked on."""
    from threadpoolctl import threadpool_limits

    token = _clip_cores.set(task.cores)
    try:
        with threadpool_limits(1):
            return task.clip_id, task.fn(task.clip_id, task.item)
    except MoodscoreError as error:
        return task.clip_id, _Failure(_one_line(error))
    except Exception as error:  # a clip may break a library in ways nobody foresaw
        logger.debug("clip %s", task.clip_id, exc_info=True)
        return task.clip_id, _unexpected(error)
    finally:
        _clip_cores.reset(token)


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
                yield task.clip_id, _DIED


def _dask(tasks: list[_Task], compute: Compute) -> Iterator[tuple[str, Any]]:
    try:
        import dask
        import distributed
    except ImportError as error:
        raise MoodscoreError(
            "compute.backend 'dask': it is not installed; pip install distributed"
        ) from error
    logging.getLogger("distributed").setLevel(_DASK_LOG_LEVEL)
    if compute.address:
        with _existing_scheduler(compute) as client:
            yield from _gather(client, tasks, compute)
    else:
        n_workers = _n_workers(len(tasks), compute)
        with (
            dask.config.set(_WORKER_ENVIRONMENT),
            distributed.LocalCluster(
                n_workers=n_workers,
                threads_per_worker=1,
                dashboard_address=":0",  # a port of the system's choice: two runs may go on at once
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield from _gather(client, tasks, compute)


@contextmanager
def _existing_scheduler(compute: Compute) -> Iterator[Any]:
    """A client of the scheduler at ``compute.address``, once it is known to be of use."""
    from distributed import Client
    from distributed.versions import VersionMismatchWarning

    # What the client has to say of lost connections and of versions is said here, in one line.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            client = Client(compute.address, timeout=_ANSWER_S)
    except Exception as error:  # whatever a program that is no scheduler may have answered
        raise MoodscoreError(
            f"compute.address {compute.address!r}: no Dask scheduler answers there ({_one_line(error)}); "
            "start one with `dask scheduler`, or leave the address empty for a cluster on this machine"
        ) from error
    with client:
        _check_versions(client, compute)
        _check_scratch(client, compute)
        yield client


def _check_versions(client: Any, compute: Compute) -> None:
    """Refuse workers that would not give the results of this machine."""
    found = client.get_versions(packages=_NUMBERS)
    if not found["workers"]:
        logger.warning(
            "compute.address %r: the scheduler has no workers yet, waiting for them; start some with "
            "`dask worker %s --nthreads 1`",
            compute.address,
            compute.address,
        )
    here = _versions(found["client"])
    others = {"the scheduler": (found["scheduler"], _TRANSPORT)}
    others |= {f"worker {name}": (facts, _TRANSPORT + _NUMBERS) for name, facts in found["workers"].items()}
    for who, (facts, packages) in others.items():
        there = _versions(facts)
        for package in packages:
            if there.get(package) != here[package]:
                raise MoodscoreError(
                    f"compute.address {compute.address!r}: {who} has {package} {there.get(package)}, "
                    f"this run has {here[package]}; install the same requirements everywhere"
                )


def _versions(facts: dict[str, Any]) -> dict[str, str | None]:
    """The version of each package; of Python what its byte code depends on, the first two numbers."""
    packages = facts["packages"]
    return packages | {"python": ".".join(packages["python"].split(".")[:2])}


def _check_scratch(client: Any, compute: Compute) -> None:
    """Refuse workers that do not see the files in flight."""
    folder = Path(compute.scratch or tempfile.gettempdir()).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(prefix="moodscore-", dir=folder) as probe:
        for worker, sees_it in client.run(os.path.exists, probe.name, on_error="ignore").items():
            if not sees_it:
                raise MoodscoreError(
                    f"compute.scratch {compute.scratch!r}: worker {worker} does not see {folder}; "
                    "set it to a folder that all machines share"
                )


def _gather(client: Any, tasks: list[_Task], compute: Compute) -> Iterator[tuple[str, Any]]:
    """Outcomes as they come; the scheduler gives the clips of a worker that died to others."""
    suspects = []
    for task, outcome in _submit(client, tasks, compute):
        if outcome is _DIED:
            suspects.append(task)
        else:
            yield task.clip_id, outcome
    if len(suspects) == 1:
        yield suspects[0].clip_id, _DIED
        return
    # The scheduler also blames clips that only waited on a worker when another one took it down, so
    # each is tried by itself.
    for suspect in suspects:
        for task, outcome in _submit(client, [suspect], compute):
            yield task.clip_id, outcome


def _submit(client: Any, tasks: list[_Task], compute: Compute) -> Iterator[tuple[_Task, Any]]:
    """Each task with its outcome, as they come."""
    from distributed import CancelledError, KilledWorker, as_completed

    task_of = dict(zip(client.map(_run_one, tasks, pure=False), tasks, strict=True))
    # Answers are fetched here: as_completed, asked to do it, waits for ever for one whose worker dies
    # after the work is done and whose second try fails.
    for future in as_completed(list(task_of)):
        try:
            _, outcome = future.result()
        except KilledWorker:
            outcome = _DIED
        except CancelledError as error:
            raise MoodscoreError(
                f"compute.address {compute.address!r}: the scheduler went away during the run; "
                "see what it printed, start it and run again"
            ) from error
        except Exception as error:  # an answer that cannot travel, or whose module is not there
            outcome = _unexpected(error)
        yield task_of[future], outcome


def _n_workers(n_clips: int, compute: Compute) -> int:
    return min(compute.workers or available_cores(), n_clips)


def _cores_per_clip(n_clips: int, compute: Compute) -> int:
    """An equal part of the cores for each clip that is worked on at the same time."""
    if compute.backend == "serial":
        return 0
    return 1 if compute.address else max(available_cores() // _n_workers(n_clips, compute), 1)


def _with_progress(outcomes: Iterable[Result], total: int, label: str) -> Iterator[Result]:
    """Pass ``outcomes`` through while a bar shows how many have come, or whoever listens is told."""
    if is_told():  # it has a bar of its own
        for done, outcome in enumerate(outcomes, start=1):
            tell(done / total)
            yield outcome
        return
    from rich.progress import track

    yield from track(outcomes, description=label, total=total)
