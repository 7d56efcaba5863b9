"""The visual descriptor: cluster shares (9x1) and the numbers made of them (3x1, and motion).

References
----------
.. [1] G. C. Sergio, M. Lee, "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering 2020, 8478527.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from moodscore.errors import MoodscoreError
from moodscore.vision.clustering import fuzzy_c_means, memberships
from moodscore.vision.hsi import CHANNELS, bin_values
from moodscore.vision.hue import emptiest_hue, unroll

#: Clusters a channel (Sergio & Lee 2020) and the fuzzifier.
N_CLUSTERS = 3
FUZZIFIER = 2.0
#: Motion is scaled to [0, 1] by these percentiles of the training segments.
_SCALE_PERCENTILES = (1, 99)
#: Columns of the 9x1 descriptor.
SHARE_COLUMNS = tuple(f"{channel}_share_{k + 1}" for channel in CHANNELS for k in range(N_CLUSTERS))
#: Measures of one number a segment that no model scales.
KEPT_MEASURES = ("cut_rate", "cut_s", "cut_strength", "chroma")
#: A segment whose pixels carry less chroma than this in all has no hue.
_NO_CHROMA = 1e-6


class DescriptorOptions(BaseModel):
    """Which variant of the descriptor is made.

    Attributes
    ----------
    hue : {"circular", "linear"}
        Whether red and red at the other end of the scale are neighbours.
    shares : {"soft", "hard"}
        Mean membership, or share of the pixels nearest to each centre.
    reduction : {"centroid", "max"}
        What becomes of a channel's three shares: the expected value of the channel, or the largest
        share divided by its training maximum.
    motion : bool
        Whether motion is the fourth number.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hue: Literal["circular", "linear"] = "circular"
    shares: Literal["soft", "hard"] = "soft"
    reduction: Literal["centroid", "max"] = "centroid"
    motion: bool = True


class VisualModel(BaseModel):
    """What was fitted on the training clips; plain numbers, stored as JSON.

    Attributes
    ----------
    options : DescriptorOptions
        The variant.
    centres : dict of channel to list of float
        Three ascending cluster centres a channel, in [0, 1].
    hue_cut : float
        Where the circle of hues is cut open; 0 if hue is linear.
    mean_shares : dict of channel to list of float
        Mean shares of the training segments: what a segment without any hue gets.
    maxima : dict of channel to float
        Largest share of any cluster in any training segment.
    motion_range : tuple of float
        1st and 99th percentile of motion.
    cue_ranges : dict of str to tuple of float
        The same of each further cue (:data:`moodscore.vision.CUES`) that was there to fit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    options: DescriptorOptions
    centres: dict[str, list[float]]
    hue_cut: float
    mean_shares: dict[str, list[float]]
    maxima: dict[str, float]
    motion_range: tuple[float, float]
    cue_ranges: dict[str, tuple[float, float]] = {}

    @property
    def inputs(self) -> list[str]:
        """The descriptor's columns, in order."""
        return [*CHANNELS, "motion"] if self.options.motion else list(CHANNELS)


def fit_visual_model(
    histograms: np.ndarray,
    motion: np.ndarray,
    options: DescriptorOptions | None = None,
    cues: Mapping[str, np.ndarray] | None = None,
) -> VisualModel:
    """Fit centres, hue cut, maxima and scales on training segments.

    Parameters
    ----------
    histograms : np.ndarray [shape=(n, 3, 256)]
        Of the training segments (:class:`moodscore.vision.ClipMeasures`).
    motion : np.ndarray [shape=(n,)]
        Of the training segments.
    options : DescriptorOptions, optional
        The variant.
    cues : Mapping of str to np.ndarray [shape=(n,)], optional
        Further cues of the training segments, as from :func:`moodscore.vision.cues_of`.

    Raises
    ------
    MoodscoreError
        If there is no segment, or a channel has fewer distinct values than clusters, as hue in a corpus
        in black and white.
    """
    options = options or DescriptorOptions()
    if not len(histograms):
        raise MoodscoreError("visual model: there is no training segment; add clips with ratings")
    # A film in black and white has a trace of colour from its encoding: too little to have a hue.
    telling = histograms.sum(axis=2, keepdims=True, dtype=np.float64) > _NO_CHROMA
    pooled = (histograms * telling).sum(axis=0, dtype=np.float64)
    centres, mean_shares, maxima = {}, {}, {}
    for index, channel in enumerate(CHANNELS):
        _validate(pooled[index], channel)
        period = _period(channel, options)
        clusters = fuzzy_c_means(
            bin_values(channel), pooled[index], N_CLUSTERS, FUZZIFIER, period, name=channel
        )
        centres[channel] = clusters.centres.tolist()
        shares = _shares(histograms[:, index], clusters.centres, channel, options)
        mean_shares[channel] = np.nanmean(shares, axis=0).tolist()
        maxima[channel] = float(np.nanmax(shares))
    return VisualModel(
        options=options,
        centres=centres,
        hue_cut=emptiest_hue(pooled[0]) if options.hue == "circular" else 0.0,
        mean_shares=mean_shares,
        maxima=maxima,
        motion_range=_range(motion),
        cue_ranges={name: _range(values) for name, values in (cues or {}).items()},
    )


def describe(
    histograms: np.ndarray,
    motion: np.ndarray,
    model: VisualModel,
    cues: Mapping[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Descriptors of segments by a fitted model.

    Parameters
    ----------
    histograms : np.ndarray [shape=(n, 3, 256)]
        Of any segments.
    motion : np.ndarray [shape=(n,)]
        Of the same segments, unscaled.
    model : VisualModel
        Fitted on training segments.
    cues : Mapping of str to np.ndarray [shape=(n,)], optional
        Further cues of the same segments; those are described that the model was fitted with.

    Returns
    -------
    pd.DataFrame [shape=(n, 13 + number of cues)]
        ``hue, saturation, intensity, motion`` in [0, 1], the nine shares
        ``hue_share_1 .. intensity_share_3``, each channel's three summing to 1, and the cues in [0, 1].
    """
    columns: dict[str, np.ndarray] = {}
    all_shares = []
    for index, channel in enumerate(CHANNELS):
        centres = np.array(model.centres[channel])
        shares = _shares(histograms[:, index], centres, channel, model.options)
        shares = np.where(np.isnan(shares), model.mean_shares[channel], shares)
        columns[channel] = _reduce(shares, channel, model)
        all_shares.append(shares)
    columns["motion"] = _scale(motion, *model.motion_range)
    scaled = {n: _scale(cues[n], *model.cue_ranges[n]) for n in (cues or {}) if n in model.cue_ranges}
    shares = pd.DataFrame(np.hstack(all_shares), columns=list(SHARE_COLUMNS))
    return pd.concat([pd.DataFrame(columns), shares, pd.DataFrame(scaled)], axis=1)


def kept_measures(measures: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """What was measured as one number a segment and is kept beside the descriptor, unscaled.

    Parameters
    ----------
    measures : Mapping of str to np.ndarray
        As :class:`moodscore.vision.ClipMeasures` names them.

    Returns
    -------
    pd.DataFrame [shape=(n, 4)]
        ``cut_rate, cut_s, cut_strength, chroma``.
    """
    return pd.DataFrame({name: measures[name] for name in KEPT_MEASURES})


def _validate(histogram: np.ndarray, channel: str) -> None:
    distinct = np.count_nonzero(histogram)
    if distinct < N_CLUSTERS:
        raise MoodscoreError(
            f"{channel}: all training clips together show only {distinct} distinct value(s), "
            f"{N_CLUSTERS} clusters need at least as many; add training clips that differ in {channel}"
        )


def _period(channel: str, options: DescriptorOptions) -> float | None:
    return 1.0 if channel == "hue" and options.hue == "circular" else None


def _shares(
    histograms: np.ndarray, centres: np.ndarray, channel: str, options: DescriptorOptions
) -> np.ndarray:
    """Cluster shares [shape=(n, 3)]; NaN where a segment has nothing in this channel."""
    period = _period(channel, options)
    belongs = memberships(bin_values(channel), centres, FUZZIFIER, period)
    if options.shares == "hard":
        belongs = np.eye(N_CLUSTERS)[belongs.argmax(axis=1)]
    weights = histograms.astype(np.float64)
    mass = weights.sum(axis=1, keepdims=True)
    # einsum and not BLAS, which may round a row differently beside others: a clip is the same alone.
    return np.where(
        mass > _NO_CHROMA, np.einsum("nb,bk->nk", weights, belongs) / np.maximum(mass, _NO_CHROMA), np.nan
    )


def _reduce(shares: np.ndarray, channel: str, model: VisualModel) -> np.ndarray:
    """One number a segment in [0, 1]."""
    if model.options.reduction == "max":
        return np.minimum(shares.max(axis=1) / model.maxima[channel], 1.0)
    centres = np.array(model.centres[channel])
    if channel == "hue":
        centres = unroll(centres, model.hue_cut)
    return np.einsum("nk,k->n", shares, centres)


def _range(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, _SCALE_PERCENTILES)
    return float(low), float(high)


def _scale(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Linear to [0, 1], clipped; one half where the training range is empty."""
    if high <= low:
        return np.full(len(values), 0.5)
    return np.clip((np.asarray(values) - low) / (high - low), 0.0, 1.0)
