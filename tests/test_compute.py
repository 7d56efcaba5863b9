import gc
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from moodscore import compute as compute_module
from moodscore.compute import Compute, available_cores, clip_cores, map_clips
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
    return os.getpid(), clip_cores()


def environment(clip_id, name):
    return os.environ.get(name)


def fall(clip_id, number):
    if number == 1:
        os._exit(13)
    return number


def fall_twice(clip_id, number):
    if number in (1, 3):
        os._exit(13)
    return number


def take_turns(clip_id, number, *, folder):
    """Leaves a note of who works on what before the work begins."""
    (folder / f"{clip_id}-{os.getpid()}").touch()
    time.sleep(0.3)
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
    assert set(results.values()) == {(os.getpid(), available_cores())}


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
    assert clip_cores() == available_cores()


def test_a_clip_that_kills_its_worker_is_left_out():
    results, failures = map_clips(fall, CLIPS, Compute(workers=2), label="Working")
    assert results == {"clip_e": 0, "clip_a": 2, "clip_b": 3, "clip_d": 4}
    assert failures == {"clip_c": "its worker process died; is there enough memory?"}


class Cluster:
    """A scheduler and its workers as separate programs, the way people start them."""

    def __init__(self, folder):
        self._folder = folder
        self._programs = []

    def start_scheduler(self, **environment):
        about = self._folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--scheduler-file", str(about), **environment
        )
        self.address = json.loads(self._read(about))["address"]

    def start_worker(self):
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny")

    def stop(self):
        # Workers first, and all at once: each takes a moment to say goodbye to the scheduler.
        scheduler, *workers = self._programs
        for programs in (workers, [scheduler]):
            for program in programs:
                program.terminate()
            for program in programs:
                try:
                    program.wait(10)
                except subprocess.TimeoutExpired:
                    program.kill()
                    program.wait()

    def _start(self, what, *options, **environment):
        command = [sys.executable, "-m", "dask", what, *options, "--host", "127.0.0.1", "--no-dashboard"]
        log = (self._folder / f"{what}-{len(self._programs)}.log").open("w")
        with log:
            program = subprocess.Popen(
                command,
                cwd=Path(__file__).parents[1],  # these tests' own functions travel by name
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        self._programs.append(program)
        return program

    @staticmethod
    def _read(path):
        deadline = time.monotonic() + 30
        while not (path.exists() and (text := path.read_text())):
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.05)
        return text


@pytest.fixture
def cluster(tmp_path):
    pytest.importorskip("distributed")
    cluster = Cluster(tmp_path)
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.mark.slow
def test_local_dask_workers_keep_their_memory():
    pytest.importorskip("distributed")
    compute = Compute(backend="dask", workers=1)
    names = {"trim": "MALLOC_TRIM_THRESHOLD_", "threads": "OMP_NUM_THREADS"}
    results, _ = map_clips(environment, names, compute, label="Working")
    assert results == {"trim": os.environ.get("MALLOC_TRIM_THRESHOLD_"), "threads": "1"}


@pytest.mark.slow
def test_a_cluster_of_separate_programs_gives_the_same_and_outlives_a_worker(cluster, tmp_path, capfd):
    cluster.start_scheduler()
    doomed, _ = cluster.start_worker(), cluster.start_worker()
    compute = Compute(backend="dask", address=cluster.address)
    results, failures = map_clips(work, CLIPS, compute, label="Working")
    expected = map_clips(work, CLIPS, Compute(backend="serial"), label="Working")
    np.testing.assert_equal((results, failures), expected)
    assert (list(results), list(failures)) == (list(expected[0]), list(expected[1]))

    where_from, _ = map_clips(where, {str(k): k for k in range(8)}, compute, label="Working")
    assert len({process for process, _ in where_from.values()}) == 2
    assert {threads for _, threads in where_from.values()} == {1}

    notes = tmp_path / "notes"
    notes.mkdir()
    clips = {f"{k:02d}": k for k in range(12)}
    killing = threading.Thread(target=kill_at_work, args=(doomed, notes))
    killing.start()
    results, failures = map_clips(partial(take_turns, folder=notes), clips, compute, label="Working")
    killing.join()
    assert results == clips
    assert list(results) == list(clips)
    assert not failures
    begun = [note.name.split("-") for note in notes.iterdir()]
    assert str(doomed.pid) in {process for _, process in begun}
    assert len(begun) > len(clips)  # what the dead worker had begun was begun again
    assert capfd.readouterr().err == ""


def kill_at_work(worker, notes):
    """Kill a worker in the middle of a clip."""
    deadline = time.monotonic() + 20
    while not list(notes.glob(f"*-{worker.pid}")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    worker.kill()


@pytest.mark.slow
def test_clips_that_kill_workers_are_left_out_and_their_neighbours_are_not(cluster):
    # Blames every clip a worker holds for its death, at once; four deaths are to come.
    cluster.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    for _ in range(5):
        cluster.start_worker()
    compute = Compute(backend="dask", address=cluster.address)
    clips = {f"{k:02d}": k for k in range(20)}  # several a worker, so that some wait on one that dies
    results, failures = map_clips(fall_twice, clips, compute, label="Working")
    assert results == {clip_id: k for clip_id, k in clips.items() if k not in (1, 3)}
    died = "its worker process died; is there enough memory?"
    assert failures == {"01": died, "03": died}


@pytest.mark.slow
def test_a_scheduler_without_workers_is_waited_for_and_may_go_away(cluster, caplog):
    cluster.start_scheduler()
    compute = Compute(backend="dask", address=cluster.address)
    stopping = threading.Timer(1, cluster.scheduler.kill)
    stopping.start()
    with pytest.raises(MoodscoreError, match=r"compute\.address 'tcp://.*: the scheduler went away"):
        map_clips(work, CLIPS, compute, label="Working")
    stopping.join()
    (warned,) = [record.getMessage() for record in caplog.records if record.name == "moodscore.compute"]
    assert "the scheduler has no workers yet" in warned
    assert f"dask worker {cluster.address} --nthreads 1" in warned


def facts(**versions):
    return {"packages": {"python": "3.11.7.final.0", "dask": "1", "numpy": "2.0", "librosa": None} | versions}


class FakeClient:
    """What a scheduler with one worker says of versions and of files."""

    def __init__(self, scheduler, worker, sees_files=True):
        self._versions = {"client": facts(), "scheduler": scheduler, "workers": {"tcp://w:1": worker}}
        self._sees_files = sees_files

    def get_versions(self, packages):
        names = {"distributed", "cloudpickle", *packages}
        everyone = [
            self._versions["client"],
            self._versions["scheduler"],
            *self._versions["workers"].values(),
        ]
        for one in everyone:
            one["packages"] = dict.fromkeys(names) | one["packages"]
        return self._versions

    def run(self, function, path, on_error):
        assert function(path)
        return {"tcp://w:1": self._sees_files}


DASK = Compute(backend="dask", address="tcp://s:8786")


@pytest.mark.parametrize(
    ("scheduler", "worker", "wrong"),
    [
        (facts(dask="2"), facts(), "the scheduler has dask 2, this run has 1"),
        (facts(), facts(numpy="1.9"), "worker tcp://w:1 has numpy 1.9, this run has 2.0"),
        (facts(), facts(librosa="0.10"), "worker tcp://w:1 has librosa 0.10, this run has None"),
        (facts(), facts(python="3.12.1.final.0"), "worker tcp://w:1 has python 3.12, this run has 3.11"),
        (facts(numpy="1.9"), facts(), None),
        (facts(), facts(python="3.11.9.final.0"), None),
    ],
)
def test_other_versions_are_refused_in_one_line(scheduler, worker, wrong):
    client = FakeClient(scheduler, worker)
    if wrong is None:
        compute_module._check_versions(client, DASK)
        return
    with pytest.raises(MoodscoreError) as refused:
        compute_module._check_versions(client, DASK)
    assert str(refused.value) == (
        f"compute.address 'tcp://s:8786': {wrong}; install the same requirements everywhere"
    )


def test_workers_that_do_not_see_the_scratch_folder_are_refused(tmp_path):
    compute = DASK.model_copy(update={"scratch": str(tmp_path / "new")})
    compute_module._check_scratch(FakeClient(facts(), facts()), compute)
    assert list((tmp_path / "new").iterdir()) == []
    with pytest.raises(MoodscoreError, match=r"compute\.scratch '.*new': worker tcp://w:1 does not see "):
        compute_module._check_scratch(FakeClient(facts(), facts(), sees_files=False), compute)


@contextmanager
def listening(answer):
    """A program that is no Dask scheduler."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.sendall(answer)
                connection.recv(1 << 16)

        serving = threading.Thread(target=serve)
        serving.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        serving.join()


def refusal(address):
    begin = time.monotonic()
    with pytest.raises(MoodscoreError) as refused:
        map_clips(work, CLIPS, Compute(backend="dask", address=address), label="Working")
    assert time.monotonic() - begin < 15
    return str(refused.value)


def test_an_address_without_a_dask_scheduler_is_refused_in_one_line(monkeypatch, capfd):
    pytest.importorskip("distributed")
    monkeypatch.setattr(compute_module, "_ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as web:
        answers = {address: refusal(address) for address in (web, free, "localhost", "foo://x:1")}
    for address, line in answers.items():
        assert line.startswith(f"compute.address '{address}': no Dask scheduler answers there (")
        assert "\n" not in line
    gc.collect()
    assert capfd.readouterr().err == ""


def test_the_program_can_be_interrupted():
    def interrupted(clip_id, number):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        map_clips(interrupted, {"a": 1}, Compute(backend="serial"), label="Working")
    assert clip_cores() == available_cores()


@pytest.mark.parametrize("compute", BACKENDS)
def test_the_bar_says_what_goes_on_and_leaves_stderr_alone(compute, capfd):
    map_clips(work, {"a": 1, "b": 4}, compute, label="Reading tea leaves")
    out, err = capfd.readouterr()
    assert "Reading tea leaves" in out
    assert err == ""


def test_options_are_checked():
    assert Compute() == Compute(backend="processes", workers=None, address="")
    address = "tcp://host:8786"
    assert Compute(backend="dask", address=address).address == address
    for wrong in ({"backend": "threads"}, {"workers": 0}, {"wrokers": 2}, {"address": address}):
        with pytest.raises(ValidationError):
            Compute(**wrong)


def test_available_cores():
    assert 1 <= available_cores() <= os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity masks")
def test_cores_outside_the_affinity_mask_do_not_count():
    code = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
        "from moodscore.compute import available_cores; print(available_cores())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]


@pytest.mark.parametrize(("quota", "cores"), [("50000 100000", 1), ("max 100000", available_cores())])
def test_a_cpu_quota_counts(monkeypatch, tmp_path, quota, cores):
    """Containers get shares of cores through their control group."""
    (tmp_path / "cpu.max").write_text(quota)
    limits = Path("/sys/fs/cgroup/cpu.max")
    exists, read = os.path.exists, open

    def moved(path):
        return tmp_path / "cpu.max" if str(path) == str(limits) else path

    monkeypatch.setattr("os.path.exists", lambda path: exists(moved(path)))
    monkeypatch.setattr("builtins.open", lambda path, *rest, **options: read(moved(path), *rest, **options))
    assert available_cores() == cores
