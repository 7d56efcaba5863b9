"""Per-clip work on more and more workers: what is measured here, and what that lets expect of a cluster."""

import heapq
import pickle
import statistics
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dask
import numpy as np
import yaml
from distributed import LocalCluster

from moodscore.compute import Compute, map_clips
from moodscore.demo import ensure_corpus
from moodscore.media import decode_soundtrack, list_clips, probe_clip
from moodscore.sound import sound_features
from moodscore.vision import measure_clip

TITLE = "decoding and measuring 12 demo clips, seconds (reference: one after the other in this process)"
_PROJECT = Path(__file__).parents[1]
_N_CLIPS, _N_WARM_UP, _N_RUNS = 12, 4, 3
_N_EMPTY_TASKS = 300
#: As docs/scaling.md has it for the workers of a cluster.
_DASK = {"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None}
#: The corpus of the simulation: lengths of music videos and film scenes, in seconds.
_SIMULATED_CLIPS, _MEDIAN_S, _SPREAD, _SHORTEST_S, _LONGEST_S = 1000, 60, 0.6, 10, 600


@dataclass(frozen=True)
class _Costs:
    """What the simulation rests on, in seconds.

    Attributes
    ----------
    work : list of float
        Processor time of each clip, so that others who use this machine do not count.
    task : float
        Of sending one clip out and its answer back; the scheduler does one at a time.
    serial : float
        Before the first clip is sent: connecting, comparing versions, looking for the scratch folder.
    """

    work: list[float]
    task: float
    serial: float


def measure():
    """Yield name, ours, reference, ratio; rows that say so are simulated."""
    clips = _demo_clips()
    with tempfile.TemporaryDirectory() as scratch:
        work = partial(_work, scratch=Path(scratch))
        serial, _ = _timed(work, clips, Compute(backend="serial"))
        seconds, _ = _timed(work, clips, Compute(backend="processes", workers=2))
        yield "processes, 2 workers", seconds, serial, seconds / serial
        on_dask = {workers: _on_dask(work, clips, workers) for workers in (1, 2)}
    for workers, (seconds, _, _) in on_dask.items():
        yield f"Dask, {workers} worker{'s' * (workers > 1)}", seconds, serial, seconds / serial
    _, costs, sizes = on_dask[1]
    measured, simulated = on_dask[2][0], _simulate(costs, 2)
    yield "Dask, 2 workers, simulated (reference: measured)", simulated, measured, simulated / measured
    per_clip = statistics.mean(costs.work)
    yield "Dask, what sending a clip costs (reference: its work)", costs.task, per_clip, costs.task / per_clip
    yield "Dask, before the first clip (reference: a clip)", costs.serial, per_clip, costs.serial / per_clip
    on_disk = statistics.mean(clip.path.stat().st_size for clip, _ in clips.values())
    for name, size in sizes.items():
        yield f"bytes a clip, {name} (reference: its file)", f"{size:.0f}", f"{on_disk:.0f}", size / on_disk
    yield from _projection(costs, sum(duration_s for _, duration_s in clips.values()))


def _projection(costs, measured_s):
    """Many clips of the demo's picture size on many workers; no such cluster is at hand."""
    drawn = np.random.default_rng(0).lognormal(np.log(_MEDIAN_S), _SPREAD, _SIMULATED_CLIPS)
    lengths_s = np.clip(drawn, _SHORTEST_S, _LONGEST_S)
    work = (lengths_s * (sum(costs.work) / measured_s)).tolist()
    costs = _Costs(work, costs.task, costs.serial)
    for workers in (10, 100):
        seconds = _simulate(costs, workers)
        name = f"{_SIMULATED_CLIPS} clips, {workers} workers, simulated (reference: work alone)"
        yield name, seconds, sum(work), seconds / sum(work)


def _simulate(costs, workers):
    """List scheduling: clips in their order, each to whoever is free first, sent one at a time."""
    free_at = [costs.serial] * workers
    sent_at = costs.serial
    for seconds in costs.work:
        sent_at += costs.task
        heapq.heappush(free_at, max(heapq.heappop(free_at), sent_at) + seconds)
    return max(free_at)


def _on_dask(work, clips, workers):
    """Seconds of the whole, the costs it is made of, and the bytes that travel for a clip."""
    with (
        dask.config.set(_DASK),
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster,
    ):
        compute = Compute(backend="dask", address=cluster.scheduler_address)
        seconds, results = _timed(work, clips, compute)
        empty = {str(number): number for number in range(_N_EMPTY_TASKS)}
        one, _ = _timed(_nothing, {"0": 0}, compute)
        all_of_them, _ = _timed(_nothing, empty, compute)
    spent = [spent for spent, _ in results.values()]
    costs = _Costs(spent, (all_of_them - one) / (_N_EMPTY_TASKS - 1), one)
    clip_id, clip = next(iter(clips.items()))
    sizes = {
        "out": len(pickle.dumps((work, clip_id, clip))),
        "back": statistics.mean(len(pickle.dumps(found)) for _, found in results.values()),
    }
    return seconds, costs, sizes


def _timed(work, clips, compute):
    """The least seconds of several runs, once workers have imported what they need, and the results."""
    map_clips(work, dict(list(clips.items())[:_N_WARM_UP]), compute, label="Warming up")
    seconds = []
    for _ in range(_N_RUNS):
        begin = time.perf_counter()
        results, failures = map_clips(work, clips, compute, label="Measuring")
        seconds.append(time.perf_counter() - begin)
        if failures:
            raise SystemExit(f"benchmarks: {failures}")
    return min(seconds), results


def _work(clip_id, item, *, scratch):
    """What a run does with a clip before anything is learnt, and the processor time it took."""
    clip, _ = item
    begin = time.process_time()
    info = probe_clip(clip.path)
    span = {"start_s": info.start_s, "duration_s": info.duration_s}
    soundtrack = decode_soundtrack(clip.path, scratch / f"{clip_id}.flac", **span)
    seen = measure_clip(clip.path, **span)
    heard = sound_features(soundtrack.read(), soundtrack.sample_rate, n_segments=len(seen.motion))
    return time.process_time() - begin, (info, soundtrack, seen, heard)


def _nothing(clip_id, item):
    return item


def _demo_clips():
    """Clips of the demo corpus with their lengths, by name; made first where there are none yet."""
    seed = yaml.safe_load((_PROJECT / "conf/base/globals.yml").read_text())["seed"]
    folder = ensure_corpus(_PROJECT / "data/01_raw/demo", seed=seed, compute=Compute())
    clips = list_clips(folder / "clips")[:_N_CLIPS]
    return {clip.clip_id: (clip, probe_clip(clip.path).duration_s) for clip in clips}
