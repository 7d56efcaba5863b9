"""Measuring a clip: one histogram a segment and channel, its motion and its cuts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from moodscore.media import PICTURE_SIDE, preview_frames, sampled_frames
from moodscore.segments import segment_bounds
from moodscore.vision.dynamics import cut_rate, is_cut, motion
from moodscore.vision.hsi import CHANNELS, N_BINS, hsi_bins
from moodscore.vision.letterbox import BarFinder, Crop

#: Pictures looked at in each segment (Sergio & Lee 2020).
FRAMES_PER_SEGMENT = 7
#: Red + green + blue of white.
_MAX_TOTAL = 3 * 255


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

    Seven pictures a segment, evenly spaced in its time span, are looked at. Which rows and columns
    are bars is known for sure only after the last picture; a preview guesses it, and a clip whose
    preview guessed wrong is measured once more.

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


def _measure(
    path: str | Path, bounds: np.ndarray, start_s: float, crop: Crop, options: MeasureOptions
) -> tuple[ClipMeasures, Crop]:
    """Measures inside ``crop``, and the crop the pictures really have."""
    n = len(bounds)
    histograms = np.zeros((n, len(CHANNELS), N_BINS))
    chroma, moved = np.zeros(n), np.zeros(n)
    cuts: list[float] = []
    finder = BarFinder(PICTURE_SIDE, PICTURE_SIDE)
    moments = _moments(bounds)
    pictures = sampled_frames(path, moments.ravel(), start_s=start_s)
    before = None
    for segment in range(n):
        differences = []
        for moment, picture in zip(moments[segment], pictures, strict=False):
            finder.see(picture)
            inside = crop.of(picture)
            histogram, mean_chroma = _histogram(inside, options)
            histograms[segment] += histogram / FRAMES_PER_SEGMENT
            chroma[segment] += mean_chroma / FRAMES_PER_SEGMENT
            intensity = _total(inside)
            if before is not None:
                differences.append(np.abs(intensity - before[0]).mean() / _MAX_TOTAL)
                if is_cut(before[1], histogram[2]):
                    cuts.append(moment)
            before = intensity, histogram[2]
        moved[segment] = motion(np.array(differences))
    rates = cut_rate(np.array(cuts), bounds) if n else np.zeros(0)
    return ClipMeasures(histograms.astype(np.float32), moved, rates, chroma), finder.crop()


def _moments(bounds: np.ndarray) -> np.ndarray:
    """The middle of each of seven equal parts of every segment, in seconds [shape=(n, 7)]."""
    parts = (np.arange(FRAMES_PER_SEGMENT) + 0.5) / FRAMES_PER_SEGMENT
    return bounds[:, :1] + (bounds[:, 1:] - bounds[:, :1]) * parts


def _total(picture: np.ndarray) -> np.ndarray:
    """Red + green + blue, three times the intensity [shape=(h, w)]."""
    red, green, blue = np.moveaxis(picture.astype(np.int16), -1, 0)  # a plain sum over axis 2 is slow
    return red + green + blue


def _histogram(picture: np.ndarray, options: MeasureOptions) -> tuple[np.ndarray, float]:
    """Histograms [shape=(3, 256)] and mean chroma of one picture."""
    bins, chroma = hsi_bins(picture)
    hue_weight = chroma if options.hue_weight == "chroma" else None
    counts = [
        np.bincount(bins[0], hue_weight, minlength=N_BINS),
        np.bincount(bins[1], minlength=N_BINS),
        np.bincount(bins[2], minlength=N_BINS),
    ]
    return np.stack(counts) / bins.shape[1], float(chroma.mean(dtype=np.float64))
