"""``kedro score`` as a person meets it: from the command to the files, by the models of `make run`."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np

from moodscore.media import write_clip

TITLE = "kedro score, 720p, seconds (reference: the clip's own length; memory: 1536 MiB)"
_PROJECT = Path(__file__).parents[1]
FPS, RATE, MINUTE_S = 30, 44_100, 60
LONG = 10
MEMORY_MIB = 1536


def measure():
    """Yield name, seconds, reference seconds, ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film, long_film = folder / "minute.mp4", folder / "ten.mp4"
        write_clip(film, _pictures(), FPS, _tone(), RATE)
        _repeat(film, long_film, LONG)
        minute, _ = _score(film)
        yield "a minute, in all", minute, MINUTE_S, minute / MINUTE_S
        again, _ = _score(film, "--emotion", "0-30:pos_low")
        yield "again, with another emotion", again, MINUTE_S, again / MINUTE_S
        ten, memory = _score(long_film)
        yield "ten minutes, in all", ten, LONG * MINUTE_S, ten / (LONG * MINUTE_S)
        yield "memory for ten minutes, MiB", memory, MEMORY_MIB, memory / MEMORY_MIB


def _score(film, *options):
    """Seconds and MiB that the command takes."""
    command = [sys.executable, "-m", "kedro", "score", str(film), *options]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=_PROJECT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("benchmarks: kedro score failed; type `make run` first")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def _pictures():
    """Drifting stripes with grain, lively and calm by turns."""
    rng = np.random.default_rng(0)
    grain = rng.integers(0, 12, (8, 720, 1280, 1), dtype=np.uint8)
    place = np.linspace(0, 12, 1280)[None, :, None]
    for number in range(FPS * MINUTE_S):
        pace = 0.5 if number // (10 * FPS) % 2 else 0.02
        stripes = 120 + 100 * np.sin(place + pace * number + np.arange(3))
        yield np.broadcast_to(stripes, (720, 1280, 3)).astype(np.uint8) + grain[number % 8]


def _tone():
    tone = 0.1 * np.sin(2 * np.pi * 220 * np.arange(RATE * MINUTE_S) / RATE)
    return np.column_stack([tone, tone]).astype(np.float32)


def _repeat(film, out, times):
    """The picture of a film several times over, copied."""
    with av.open(str(out), "w") as longer:
        copied = None
        for turn in range(times):
            with av.open(str(film)) as container:
                video = container.streams.video[0]
                copied = copied or longer.add_stream_from_template(video)
                for packet in container.demux(video):
                    if packet.size:
                        later = round(turn * MINUTE_S / packet.time_base)
                        packet.pts, packet.dts, packet.stream = packet.pts + later, packet.dts + later, copied
                        longer.mux(packet)
