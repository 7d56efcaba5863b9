"""Measuring a clip: one histogram a segment and channel, its motion and its cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from moodscore.media import PICTURE_SIDE, preview_frames, sampled_frames
from moodscore.progress import tell
from moodscore.segments import segment_bounds
from moodscore.vision.dynamics import cut_rate, intensity_difference, is_cut, motion
from moodscore.vision.hsi import CHANNELS, MAX_LEVEL, N_BINS, HSICounts, hsi_bins, hsi_counts
from moodscore.vision.letterbox import BarFinder, Crop

#: Pictures looked at in each segment (Sergio & Lee 2020).
FRAMES_PER_SEGMENT = 7


class MeasureOptions(BaseModel):
    """How pictures are measured.

    Attributes
    ----------
    hue_weight : {"chroma", "none"}
        Whether a pixel counts in the hue histogram by its chroma (a grey pixel has no hue) or
        wholly, as in the paper.
    crop_bars : bool
        Whether letterbox and pillarbox bars are left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hue_weight: Literal["chroma", "none"] = "chroma"
    crop_bars: bool = True


@dataclass(frozen=True)
class ClipMeasures:
    """What was seen in each segment of one clip.

    Attributes
    ----------
    histograms : np.ndarray of float32 [shape=(n, 3, 256)]
        Share of the pixels in each bin of hue, saturation, intensity. Saturation and intensity sum
        to 1; hue sums to the mean chroma (to 1 if unweighted).
    motion : np.ndarray [shape=(n,)]
        Median absolute intensity difference of successive pictures, in [0, 1].
    cut_rate : np.ndarray [shape=(n,)]
        Cuts a second over 8 s.
    chroma : np.ndarray [shape=(n,)]
        Mean chroma, in [0, 1].
    """

    histograms: np.ndarray
    motion: np.ndarray
    cut_rate: np.ndarray
    chroma: np.ndarray


def measure_clip(
    path: str | Path,
    *,
    start_s: float,
    duration_s: float,
    segment_s: float = 1.0,
    options: MeasureOptions | None = None,
) -> ClipMeasures:
    """Measure every segment of a clip.

    The pictures on screen at seven moments a segment, evenly spaced in its time span, are looked at.
    One that is on screen at several moments counts as often in the histograms; motion and cuts are
    between a picture and the next one. Which rows and columns are bars is known for sure only after
    the last picture; a preview guesses it, and a clip whose preview guessed wrong is measured once
    more.

    Parameters
    ----------
    path : str or Path
        The video file.
    start_s, duration_s : float
        First picture and length of the clip (:class:`moodscore.media.ClipInfo`).
    segment_s : float
        Length of a segment in seconds.
    options : MeasureOptions, optional
        Weighting of hue, treatment of bars.

    Raises
    ------
    MoodscoreError
        If the file cannot be decoded.
    """
    options = options or MeasureOptions()
    bounds = segment_bounds(duration_s, segment_s)
    whole = Crop(0, PICTURE_SIDE, 0, PICTURE_SIDE)
    if not options.crop_bars:
        return _measure(path, bounds, start_s, whole, options)[0]
    finder = BarFinder(PICTURE_SIDE, PICTURE_SIDE)
    for picture in preview_frames(path, start_s=start_s, duration_s=duration_s):
        finder.see(picture)
    guess = finder.crop()
    measures, true = _measure(path, bounds, start_s, guess, options)
    return measures if guess.is_near(true) else _measure(path, bounds, start_s, true, options)[0]


class _Look(NamedTuple):
    """What is kept of one picture."""

    counts: HSICounts
    level_sum: np.ndarray


def _measure(
    path: str | Path, bounds: np.ndarray, start_s: float, crop: Crop, options: MeasureOptions
) -> tuple[ClipMeasures, Crop]:
    """Measures inside ``crop``, and the crop the pictures really have."""
    n = len(bounds)
    histograms = np.zeros((n, len(CHANNELS), N_BINS), dtype=np.float32)
    chroma, moved = np.zeros(n), np.zeros(n)
    cuts_s: list[float] = []
    finder = BarFinder(PICTURE_SIDE, PICTURE_SIDE)
    moments = _moments(bounds)
    pictures = sampled_frames(path, moments.ravel(), start_s=start_s)
    shown = look = None
    for segment in range(n):
        looks, differences, are_cuts = [], [], []
        seven = islice(pictures, FRAMES_PER_SEGMENT)
        for moment, picture in zip(moments[segment], seven, strict=True):
            if picture is not shown:
                finder.see(picture)
                shown, before, look = picture, look, _look(crop.of(picture))
                if before is not None:
                    differences.append(intensity_difference(before.level_sum, look.level_sum))
                    are_cuts.append(is_cut(before.counts.intensity, look.counts.intensity))
                    if are_cuts[-1]:
                        cuts_s.append(moment)
            looks.append(look.counts)
        histograms[segment], chroma[segment] = _histograms(looks, options)
        moved[segment] = motion(np.array(differences), np.array(are_cuts, dtype=bool))
        tell((segment + 1) / n)
    rates = cut_rate(np.array(cuts_s), bounds) if n else np.zeros(0)
    return ClipMeasures(histograms, moved, rates, chroma), finder.crop()


def _moments(bounds: np.ndarray) -> np.ndarray:
    """The middle of each of seven equal parts of every segment, in seconds [shape=(n, 7)]."""
    parts = (np.arange(FRAMES_PER_SEGMENT) + 0.5) / FRAMES_PER_SEGMENT
    return bounds[:, :1] + (bounds[:, 1:] - bounds[:, :1]) * parts


def _look(picture: np.ndarray) -> _Look:
    bins = hsi_bins(picture)
    return _Look(hsi_counts(bins), bins.level_sum)


def _histograms(looks: Sequence[HSICounts], options: MeasureOptions) -> tuple[np.ndarray, float]:
    """Histograms [shape=(3, 256)] and mean chroma of all pixels of some pictures."""
    counts = HSICounts(*np.sum(looks, axis=0, dtype=np.float64))
    n_pixels = counts.intensity.sum()
    weighted = counts.chroma / MAX_LEVEL
    hue = weighted if options.hue_weight == "chroma" else counts.hue
    return np.stack([hue, counts.saturation, counts.intensity]) / n_pixels, weighted.sum() / n_pixels
