"""Segments: the unit of time in every table, keyed ``(clip_id, segment)``.

Segment ``k`` of a clip spans ``[k * segment_s, (k + 1) * segment_s)`` seconds from the first
picture. The last partial segment is kept if it is at least half as long as a whole one.
"""

import numpy as np

#: Clock tolerance: durations come from time stamps with a resolution of 1/90000 s at best.
_TOLERANCE_S = 1e-3


def segment_bounds(duration_s: float, segment_s: float = 1.0) -> np.ndarray:
    """Start and end of every segment of a clip.

    Parameters
    ----------
    duration_s : float
        Length of the clip in seconds.
    segment_s : float
        Length of a whole segment in seconds.

    Returns
    -------
    np.ndarray [shape=(n, 2)]
        Start and end in seconds; the last end never exceeds ``duration_s`` by more than a clock
        tick. Empty if the clip is shorter than half a segment.

    Examples
    --------
    >>> segment_bounds(2.6).tolist()
    [[0.0, 1.0], [1.0, 2.0], [2.0, 2.6]]
    >>> len(segment_bounds(2.4))
    2
    """
    whole = int((duration_s + _TOLERANCE_S) // segment_s)
    starts = np.arange(whole + 1) * segment_s
    ends = starts + segment_s
    ends[-1] = duration_s
    rest = duration_s - whole * segment_s
    keep = whole + 1 if rest + _TOLERANCE_S >= segment_s / 2 else whole
    return np.column_stack([starts, ends])[:keep]


def sample_bounds(n_segments: int, segment_s: float, sample_rate: int, n_samples: int) -> np.ndarray:
    """The same segments as sample numbers ``[start, stop)`` of a soundtrack.

    Returns
    -------
    np.ndarray of int [shape=(n_segments, 2)]
        Contiguous: each segment starts where the one before stops; clipped to ``n_samples``.
    """
    edges = np.rint(np.arange(n_segments + 1) * segment_s * sample_rate).astype(np.int64)
    edges = np.minimum(edges, n_samples)
    return np.column_stack([edges[:-1], edges[1:]])
