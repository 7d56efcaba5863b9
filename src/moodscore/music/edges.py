"""What a join costs depends on how snippets begin and end: their edge frames.

In concatenative synthesis the join cost compares the last frame of one unit with the first of the
next (Hunt & Black 1996 [1]_). A frame here is centred on the edge and so reads a margin outside the
snippet: the margin is what a crossfade makes audible, and of two snippets that are neighbours in
their source the tail frame of one *is* the head frame of the other.

.. [1] A. J. Hunt and A. W. Black, "Unit selection in a concatenative speech synthesis system using a
   large speech database", ICASSP 1996, 373-376.
.. [2] E. Zwicker, "Subdivision of the audible frequency range into critical bands", JASA 33, 1961, 248.
"""

import numpy as np
import pandas as pd

from moodscore.music.sources import read_mirrored
from moodscore.samples import SampleSource

#: Every third edge of the 24 critical bands [2]_: eight bands of three Bark each.
BAND_EDGES_HZ = (0.0, 300.0, 630.0, 1080.0, 1720.0, 2700.0, 4400.0, 7700.0, 15500.0)
N_BANDS = len(BAND_EDGES_HZ) - 1
EDGE_FRAME_S = 0.05
#: Energies below this, in dB re full scale, count as silence.
FLOOR_DB = -80.0

HEAD_COLUMNS = (*(f"head_band_{band}" for band in range(1, N_BANDS + 1)), "head_level_db")
TAIL_COLUMNS = (*(f"tail_band_{band}" for band in range(1, N_BANDS + 1)), "tail_level_db")
EDGE_COLUMNS = (*HEAD_COLUMNS, *TAIL_COLUMNS)


def describe_edges(audio: SampleSource, bounds) -> pd.DataFrame:
    """Describe the frames at both edges of every snippet of a soundtrack.

    Parameters
    ----------
    audio : AudioFile or other SampleSource
        The soundtrack; channels are averaged.
    bounds : array_like of int [shape=(n, 2)]
        First sample and one past the last sample of each snippet.

    Returns
    -------
    pd.DataFrame [shape=(n, 18)]
        ``head_band_1`` … ``head_band_8``, ``head_level_db`` and the same for ``tail``: mean square
        energy in dB re 1, in bands of three critical bands each and over all frequencies, from a
        Hann-windowed frame of 50 ms centred on the edge. Never below -80 dB.
    """
    bounds = np.asarray(bounds, dtype=np.int64).reshape(-1, 2)
    edges, edge_of_bound = np.unique(bounds, return_inverse=True)  # neighbours share an edge
    length = round(EDGE_FRAME_S * audio.sample_rate)
    window = np.hanning(length + 2)[1:-1]
    band_edges = np.searchsorted(np.fft.rfftfreq(length, 1 / audio.sample_rate), BAND_EDGES_HZ)
    energies = np.empty((len(edges), N_BANDS + 1))
    for i, edge in enumerate(edges):
        start = int(edge) - length // 2
        frame = read_mirrored(audio, start, start + length).mean(axis=1, dtype=np.float64)
        energies[i] = _frame_energies(frame, window, band_edges)
    levels = 10 * np.log10(np.maximum(energies, 10 ** (FLOOR_DB / 10)))
    table = levels[edge_of_bound.reshape(-1, 2)].reshape(-1, len(EDGE_COLUMNS))
    return pd.DataFrame(table, columns=list(EDGE_COLUMNS))


def _frame_energies(frame, window, band_edges) -> np.ndarray:
    """Mean square energy of a frame in each band, then over all frequencies [shape=(N_BANDS + 1,)]."""
    # Twice the one-sided power: the bins of a real signal stand for their conjugates too.
    power = 2 * np.abs(np.fft.rfft(frame * window)) ** 2 / (len(frame) * np.sum(window**2))
    cumulated = np.append(0.0, np.cumsum(power))
    bands = np.diff(cumulated[band_edges])
    return np.append(bands, np.average(frame**2, weights=window**2))
