"""Cues of mood beside the descriptor: what a whole segment shows as one number each."""

from collections.abc import Mapping

import numpy as np

from moodscore.vision.hsi import bin_values

#: In the order of the tables.
CUES = ("vividness", "colourfulness", "dark", "log_motion", "log_cut_rate")
#: Pixels below this intensity are dark.
_DARK = 0.15
#: What keeps the logarithm of a still, and of a film without cuts, within reach of the others.
_LEAST_MOTION = 0.002
_LEAST_CUT_RATE = 0.1


def cues_of(measures: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The cues of segments, unscaled.

    Parameters
    ----------
    measures : Mapping of str to np.ndarray
        As :class:`moodscore.vision.ClipMeasures` names them.

    Returns
    -------
    dict of str to np.ndarray [shape=(n,)]
        ``vividness`` (root of the mean of chroma times intensity), ``colourfulness``, ``dark`` (share of the
        pixels below an intensity of .15), ``log_motion`` and ``log_cut_rate``: people feel the ratio of two
        speeds, and a few very fast scenes must not outweigh all others.
    """
    intensity = measures["histograms"][:, 2].astype(np.float64)
    is_dark = bin_values("intensity") < _DARK
    return {
        "vividness": measures["vividness"],
        "colourfulness": measures["colourfulness"],
        # einsum and not BLAS, which may round a row differently beside others: a clip is the same alone.
        "dark": np.einsum("nb,b->n", intensity, is_dark.astype(np.float64)),
        "log_motion": np.log(measures["motion"] + _LEAST_MOTION),
        "log_cut_rate": np.log(measures["cut_rate"] + _LEAST_CUT_RATE),
    }
