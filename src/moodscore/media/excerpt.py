"""The beginning of a track as a small file in memory, for a page that plays it."""

import io

import av

from moodscore.media.encode import AAC_FRAME, aac_packets, add_aac
from moodscore.samples import SampleSource

#: Bits a second: clear enough to judge joins by ear, a twelfth of the stored sound.
_BIT_RATE = 112_000
_READ_SAMPLES = 256 * AAC_FRAME


def encode_excerpt(track: SampleSource, seconds: float) -> bytes:
    """The first seconds of a track as AAC in an mp4 file; equal input gives equal bytes.

    Parameters
    ----------
    track : SampleSource
        One or two channels.
    seconds : float
        At most; a shorter track is taken whole.

    Returns
    -------
    bytes
        The file.
    """
    n_samples = min(track.n_samples, round(seconds * track.sample_rate))
    buffer = io.BytesIO()
    options = {"fflags": "+bitexact", "movie_timescale": str(track.sample_rate)}
    with av.open(buffer, "w", format="mp4", options=options) as out:
        sound = add_aac(out, track.channels, track.sample_rate)
        sound.bit_rate = _BIT_RATE
        starts = range(0, n_samples, _READ_SAMPLES)
        blocks = (track.read(start, min(start + _READ_SAMPLES, n_samples)) for start in starts)
        out.mux(aac_packets(sound, blocks))
    return buffer.getvalue()
