"""The soundtracks snippets point into, and how to read past their ends."""

import numpy as np

from moodscore.samples import SampleSource


def read_mirrored(source: SampleSource, start: int, stop: int) -> np.ndarray:
    """Samples ``[start, stop)``; before the first and after the last sample the sound is mirrored.

    A join needs a few milliseconds from beyond a snippet's edges. At the ends of a file there are
    none; silence in their place would click, a mirror image goes on from the same sample.

    Returns
    -------
    np.ndarray of float32 [shape=(stop - start, channels)]
        Empty if ``stop <= start``; the range must touch or overlap the source.
    """
    first, last = max(start, 0), min(stop, source.n_samples)
    before, after = first - start, stop - last
    if before == after == 0:
        return source.read(start, stop)
    # A margin's mirror image may reach further in than the part asked for.
    reach_first = max(first - after, 0)
    reach_last = min(last + before, source.n_samples)
    samples = np.pad(source.read(reach_first, reach_last), ((before, after), (0, 0)), mode="symmetric")
    return samples[start - (reach_first - before) :][: stop - start]
