import logging
import os
import time

import numpy as np
import pytest
from pydantic import ValidationError

from moodscore.compute import Compute, available_cores, clip_threads, map_clips
from moodscore.errors import MoodscoreError

BACKENDS = [
    pytest.param(Compute(backend="serial"), id="serial"),
    pytest.param(Compute(backend="processes", workers=2), id="processes"),
    pytest.param(
        Compute(backend="dask", workers=2),
        id="dask",
        marks=pytest.mark.slow,
    ),
]
BOTH = BACKENDS[:2]


def work(clip_id, number):
    """Fails for some; the first takes longest, so that answers come out of order."""
    if number == 0:
        time.sleep(0.2)
    if number == 2:
        raise MoodscoreError(f"{clip_id}: cannot be used; use another")
    if number == 3:
        raise KeyError("nobody\n  foresaw this")
    rng = np.random.default_rng(number)
    matrix = rng.normal(size=(60, 60))
    return np.linalg.inv(matrix @ matrix.T + np.eye(60))


def where(clip_id, number):
    time.sleep(0.2)
    return os.getpid(), clip_threads.get()


def fall(clip_id, number):
    if number == 1:
        os._exit(13)
    return number


CLIPS = {f"clip_{letter}": number for number, letter in enumerate("ecabd")}


@pytest.mark.parametrize("compute", BACKENDS)
def test_results_order_and_failures_are_the_same_everywhere(compute, caplog):
    with caplog.at_level(logging.WARNING, logger="moodscore.compute"):
        results, failures = map_clips(work, CLIPS, compute, label="Working")
    assert list(results) == ["clip_e", "clip_c", "clip_d"]
    assert failures == {
        "clip_a": "clip_a: cannot be used; use another",
        "clip_b": "unexpected KeyError: 'nobody\\n foresaw this'",
    }
    assert list(failures) == ["clip_a", "clip_b"]
    expected, _ = map_clips(work, CLIPS, Compute(backend="serial"), label="Working")
    for clip_id, result in results.items():
        np.testing.assert_array_equal(result, expected[clip_id])
    warned = [r.getMessage() for r in caplog.records if r.name == "moodscore.compute"]
    assert warned[:2] == [f"Working: clip {c} is left out: {reason}" for c, reason in failures.items()]


@pytest.mark.parametrize("compute", BOTH)
def test_nothing_to_do(compute):
    assert map_clips(work, {}, compute, label="Working") == ({}, {})


def test_several_lines_become_one():
    def talk(clip_id, number):
        raise MoodscoreError("one\n  two\nthree")

    _, failures = map_clips(talk, {"a": 1}, Compute(backend="serial"), label="Working")
    assert failures == {"a": "one two three"}


def test_the_serial_backend_stays_in_this_process():
    results, _ = map_clips(where, CLIPS, Compute(backend="serial"), label="Working")
    assert set(results.values()) == {(os.getpid(), 0)}


@pytest.mark.parametrize("workers", [2, 3])
def test_as_many_workers_as_asked_for(workers):
    clips = {str(k): k for k in range(9)}
    results, _ = map_clips(where, clips, Compute(workers=workers), label="Working")
    processes = {process for process, _ in results.values()}
    assert 1 < len(processes) <= workers
    assert os.getpid() not in processes


def test_the_cores_are_shared_between_the_clips():
    results, _ = map_clips(where, CLIPS, Compute(workers=2), label="Working")
    assert {threads for _, threads in results.values()} == {max(available_cores() // 2, 1)}
    assert clip_threads.get() == 0


def test_a_clip_that_kills_its_worker_is_left_out():
    results, failures = map_clips(fall, CLIPS, Compute(workers=2), label="Working")
    assert results == {"clip_e": 0, "clip_a": 2, "clip_b": 3, "clip_d": 4}
    assert failures == {"clip_c": "its worker process died; is there enough memory?"}


@pytest.mark.slow
def test_an_existing_dask_scheduler():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        compute = Compute(backend="dask", address=cluster.scheduler_address)
        results, failures = map_clips(where, CLIPS, compute, label="Working")
        assert len({process for process, _ in results.values()}) == 2
        assert {threads for _, threads in results.values()} == {1}
        assert not failures
        results, failures = map_clips(fall, CLIPS, compute, label="Working")
    assert results == {"clip_e": 0, "clip_a": 2, "clip_b": 3, "clip_d": 4}
    assert "KilledWorker" in failures["clip_c"]


def test_the_program_can_be_interrupted():
    def interrupted(clip_id, number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        map_clips(interrupted, {"a": 1}, Compute(backend="serial"), label="Working")
    assert clip_threads.get() == 0


@pytest.mark.parametrize("compute", BACKENDS)
def test_the_bar_says_what_goes_on_and_leaves_stderr_alone(compute, capfd):
    map_clips(work, {"a": 1, "b": 4}, compute, label="Reading tea leaves")
    out, err = capfd.readouterr()
    assert "Reading tea leaves" in out
    assert err == ""


def test_options_are_checked():
    assert Compute() == Compute(backend="processes", workers=None, address="")
    for wrong in ({"backend": "threads"}, {"workers": 0}, {"wrokers": 2}):
        with pytest.raises(ValidationError):
            Compute(**wrong)


def test_available_cores():
    assert 1 <= available_cores() <= os.cpu_count()
