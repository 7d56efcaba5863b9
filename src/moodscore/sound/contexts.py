"""The seconds around a segment that tempo, key and onset rate need to be heard in."""

import numpy as np


def context_bounds(
    n_frames: int, frame_rate: float, first_s: float, context_s: float, segment_s: float, n_segments: int
) -> np.ndarray:
    """Frames of the context centred on each segment.

    At the ends of a track the context is moved inwards rather than shortened; a track shorter than one
    context is its own.

    Parameters
    ----------
    n_frames : int
        Frames of the whole track.
    frame_rate : float
        Frames a second.
    first_s : float
        Time of the first frame in seconds.
    context_s, segment_s : float
        Lengths of a context and of a segment in seconds.
    n_segments : int
        How many segments, from the start of the track.

    Returns
    -------
    np.ndarray of int [shape=(n_segments, 2)]
        Frames ``[start, stop)``, all of one length.
    """
    length = min(n_frames, round(context_s * frame_rate))
    centres_s = (np.arange(n_segments) + 0.5) * segment_s
    starts = np.rint((centres_s - context_s / 2 - first_s) * frame_rate).astype(np.int64)
    starts = np.clip(starts, 0, n_frames - length)
    return np.column_stack([starts, starts + length])
