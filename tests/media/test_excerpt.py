import io

import av
import numpy as np
import pytest

from moodscore.media import encode_excerpt
from moodscore.samples import ArraySource

RATE = 44_100


def decoded(content):
    with av.open(io.BytesIO(content)) as container:
        track = container.streams.audio[0]
        blocks = [frame.to_ndarray() for frame in container.decode(track)]
        return np.hstack(blocks).T, float(track.duration * track.time_base)


@pytest.mark.parametrize("channels", [1, 2])
def test_it_is_the_beginning_of_the_track(channels, chirp, lag_of):
    samples = chirp(3.0, channels=channels)
    heard, seconds = decoded(encode_excerpt(ArraySource(samples, RATE), 2.0))
    assert seconds == pytest.approx(2.0, abs=1e-3)
    assert heard.shape[1] == channels
    assert abs(lag_of(heard[:, 0], samples[: 2 * RATE, 0])) <= 1
    assert np.abs(heard[1000:80_000, 0] - samples[1000:80_000, 0]).max() < 0.1


def test_a_short_track_is_taken_whole(chirp):
    _, seconds = decoded(encode_excerpt(ArraySource(chirp(0.5), RATE), 60.0))
    assert seconds == pytest.approx(0.5, abs=1e-3)


def test_equal_input_gives_equal_bytes(chirp):
    source = ArraySource(chirp(1.0), RATE)
    assert encode_excerpt(source, 60.0) == encode_excerpt(source, 60.0)


def test_it_is_small(chirp):
    assert len(encode_excerpt(ArraySource(chirp(10.0, channels=2), RATE), 60.0)) < 200_000
