"""What a clip costs in memory does not depend on its length."""

import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest

#: A picture every two seconds: quick to make, and as many moments to look at as in any other film.
SECONDS_PER_PICTURE = 2
LOOK = """
import resource, sys
from moodscore.media import preview_frames, probe_clip
from moodscore.vision import measure_clip

info = probe_clip(sys.argv[1])
assert list(preview_frames(sys.argv[1], start_s=info.start_s, duration_s=info.duration_s))
measures = measure_clip(sys.argv[1], start_s=info.start_s, duration_s=info.duration_s)
print(len(measures.motion), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT)
"""
#: The system counts in bytes or in KiB.
UNIT = 1 if sys.platform == "darwin" else 1024
MIB = 2**20


@pytest.fixture
def make_film(tmp_path):
    def make(minutes):
        path = tmp_path / f"{minutes}.mp4"
        noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
        with av.open(str(path), "w") as out:
            options = {"preset": "ultrafast", "g": "250"}
            video = out.add_stream("libx264", rate=Fraction(1, SECONDS_PER_PICTURE), options=options)
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for number in range(60 * minutes // SECONDS_PER_PICTURE):
                picture = np.roll(noise, number, axis=1)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame.pts, frame.time_base = number, Fraction(SECONDS_PER_PICTURE)
                out.mux(video.encode(frame))
            out.mux(video.encode(None))
        return path

    return make


def test_two_hours_need_no_more_memory_than_a_minute(make_film):
    peaks = []
    for minutes in (1, 120):
        run = subprocess.run(
            [sys.executable, "-c", LOOK.replace("UNIT", str(UNIT)), str(make_film(minutes))],
            capture_output=True,
            text=True,
            check=True,
        )
        n_segments, peak = map(int, run.stdout.split())
        assert n_segments == 60 * minutes
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 200 * MIB
