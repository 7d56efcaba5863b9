"""Cutting a signal that comes in blocks: overlapping frames, and the splices of segments."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from moodscore.segments import sample_bounds
from moodscore.sound.constants import SPLICE_S

#: Segments are cut as soon as this many seconds of them have been heard.
GROUP_S = 5.0


class Framer:
    """Overlapping frames of a signal that comes in blocks; frame ``t`` starts at sample ``t * hop``.

    Only frames that lie wholly inside the signal: padding would put an onset at its edges.

    Parameters
    ----------
    length, hop : int
        Samples of a frame, and from one frame to the next.
    """

    def __init__(self, length: int, hop: int):
        self._length, self._hop = length, hop
        self._held = np.zeros(0, dtype=np.float32)

    def cut(self, block: np.ndarray) -> np.ndarray:
        """The frames that the next samples complete.

        Parameters
        ----------
        block : np.ndarray [shape=(m,)]

        Returns
        -------
        np.ndarray [shape=(frames, length)]
            A read-only view.
        """
        held = np.concatenate([self._held, block])
        if len(held) < self._length:
            self._held = held
            return np.zeros((0, self._length), dtype=held.dtype)
        frames = sliding_window_view(held, self._length)[:: self._hop]
        self._held = held[len(frames) * self._hop :]
        return frames


class Splicer:
    """The splices of every segment of a signal that comes in blocks, some segments at a time.

    A segment is cut from its start into whole splices; a rest shorter than a splice is left out.
    A segment too short for any gives one, completed with silence.

    Parameters
    ----------
    rate : int
        Samples a second.
    n_samples : int
        Length of the signal; what lies beyond is silence.
    segment_s : float
        Length of a segment in seconds.
    n_segments : int
        How many segments, counted from the start.
    """

    def __init__(self, rate: int, n_samples: int, segment_s: float, n_segments: int):
        self._splice = round(SPLICE_S * rate)
        bounds = sample_bounds(n_segments, segment_s, rate, n_samples)
        at_once = max(1, round(GROUP_S / segment_s))
        self._groups = [bounds[first : first + at_once] for first in range(0, n_segments, at_once)]
        self._groups.reverse()
        self._next_segment = 0
        self._held = np.zeros(0, dtype=np.float32)

    def cut(self, block: np.ndarray) -> list[tuple[slice, np.ndarray, np.ndarray]]:
        """The segments that the next samples complete, group by group.

        Parameters
        ----------
        block : np.ndarray [shape=(m,)]

        Returns
        -------
        segments : slice
            Which segments these are.
        splices : np.ndarray [shape=(n, splice_samples)]
            Their splices, a copy.
        counts : np.ndarray of int
            How many of them each segment has, in order.
        """
        self._held = np.concatenate([self._held, block]) if len(self._held) else block
        ready = []
        while self._groups and self._groups[-1][-1, 1] - self._groups[-1][0, 0] <= len(self._held):
            ready.append(self._cut_group(self._groups.pop()))
        return ready

    def _cut_group(self, group: np.ndarray) -> tuple[slice, np.ndarray, np.ndarray]:
        length = group[-1, 1] - group[0, 0]
        piece, self._held = self._held[:length], self._held[length:]
        counts = np.maximum(1, (group[:, 1] - group[:, 0]) // self._splice)
        order = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        starts = np.repeat(group[:, 0] - group[0, 0], counts) + order * self._splice
        beyond = max(0, starts[-1] + self._splice - length)
        windows = sliding_window_view(np.pad(piece, (0, beyond)) if beyond else piece, self._splice)
        segments = slice(self._next_segment, self._next_segment + len(group))
        self._next_segment = segments.stop
        return segments, windows[starts], counts


def segment_means(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Mean over the splices of each segment.

    Parameters
    ----------
    values : np.ndarray [shape=(m, ...)]
        One entry a splice.
    counts : np.ndarray of int [shape=(n,)]
        How many splices each segment has, at least one.

    Returns
    -------
    np.ndarray [shape=(n, ...)]
    """
    sums = np.add.reduceat(values, np.cumsum(counts) - counts, axis=0)
    return sums / counts.reshape(-1, *(1,) * (values.ndim - 1))
