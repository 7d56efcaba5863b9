"""Timing two things in turn, so that a machine that slows down slows both."""

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def paired_ratio(ours: Work, reference: Work, runs: int = 5) -> tuple[float, float, float]:
    """Median seconds of both, and the median of their ratio run by run (after one warm-up each)."""
    ours(), reference()
    pairs = [(_seconds(ours), _seconds(reference)) for _ in range(runs)]
    ratio = statistics.median(a / b for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio


def _seconds(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
