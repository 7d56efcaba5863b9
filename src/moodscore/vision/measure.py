"""Measuring a clip: one histogram a segment and channel, its colours, its motion and its cuts."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from moodscore.media import PICTURE_SIDE, Sample, preview_frames, watched_frames
from moodscore.progress import tell
from moodscore.segments import segment_bounds
from moodscore.vision.colour import ColourCues, colour_cues
from moodscore.vision.dynamics import (
    CUT_THRESHOLD,
    cut_rate,
    intensity_difference,
    moment_of_cut,
    motion,
    strongest_cuts,
    total_variation,
)
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
        Whether letterbox and pillarbox bars are left out, shot by shot.
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
    cut_s : np.ndarray [shape=(n,)]
        When the strongest cut of the segment is, in seconds from the first picture, exact to a picture;
        NaN where there is none.
    cut_strength : np.ndarray [shape=(n,)]
        The total variation of that cut, above .35; 0 where there is none.
    chroma : np.ndarray [shape=(n,)]
        Mean chroma, in [0, 1].
    vividness : np.ndarray [shape=(n,)]
        Root of the mean over all pixels of chroma times intensity, in [0, 1].
    colourfulness : np.ndarray [shape=(n,)]
        Mean of the pictures' (:func:`moodscore.vision.colour_cues`).
    """

    histograms: np.ndarray
    motion: np.ndarray
    cut_rate: np.ndarray
    cut_s: np.ndarray
    cut_strength: np.ndarray
    chroma: np.ndarray
    vividness: np.ndarray
    colourfulness: np.ndarray


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
    between a picture and the next one. Which rows and columns are bars in a shot is known for sure only
    after its last picture; a preview guesses it, and a clip whose preview guessed wrong, or which mixes
    formats, is measured once more.

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
        return _measure(path, bounds, start_s, lambda _: whole, options)[0]
    finder = BarFinder(PICTURE_SIDE, PICTURE_SIDE)
    for picture in preview_frames(path, start_s=start_s, duration_s=duration_s):
        finder.see(picture)
    guess = finder.crop()
    measures, shots = _measure(path, bounds, start_s, lambda _: guess, options)
    crops = _crops(shots)
    if all(guess.is_near(crop) for crop in crops):
        return measures
    firsts = [shot.first for shot in shots]
    return _measure(path, bounds, start_s, lambda n: crops[bisect_right(firsts, n) - 1], options)[0]


class _Shot(NamedTuple):
    """Pictures between two cuts: the number of the first one, and what was black in all of them."""

    first: int
    finder: BarFinder


def _crops(shots: Sequence[_Shot]) -> list[Crop]:
    """The crop of each shot: by its own bars, or by the clip's where a shot does not show them clearly."""
    overall = BarFinder(PICTURE_SIDE, PICTURE_SIDE)
    for shot in shots:
        overall.join(shot.finder)
    common = overall.crop()
    crops = (shot.finder.crop() if shot.finder.has_bars() else common for shot in shots)
    return [common if crop.is_near(common) else crop for crop in crops]


class _Look(NamedTuple):
    """What is kept of one picture."""

    crop: Crop
    counts: HSICounts
    level_sum: np.ndarray
    colours: ColourCues


class _Step(NamedTuple):
    """From one picture to the next: how far they differ, and the cut between them if there is one."""

    difference: float
    cut_s: float | None
    strength: float


class _Watcher:
    """Looks at one picture after the other, and remembers cuts and shots."""

    def __init__(self, crop_of: Callable[[int], Crop]):
        self._crop_of = crop_of
        self._sample: Sample | None = None
        self._n_seen = 0
        self.look: _Look | None = None
        self.cuts: list[_Step] = []
        self.shots: list[_Shot] = []

    def see(self, sample: Sample) -> _Step | None:
        """Take the next sample into account; the step to it if it is another picture than the one before."""
        if sample is self._sample:
            return None
        before, self.look = self.look, _look(sample.picture, self._crop_of(self._n_seen))
        step = None if before is None else self._step(before, self.look, sample)
        if step is not None and step.cut_s is not None:
            self.cuts.append(step)
        if step is None or step.cut_s is not None:
            self.shots.append(_Shot(self._n_seen, BarFinder(PICTURE_SIDE, PICTURE_SIDE)))
        self.shots[-1].finder.see(sample.picture)
        self._sample, self._n_seen = sample, self._n_seen + 1
        return step

    def _step(self, before: _Look, after: _Look, sample: Sample) -> _Step:
        strength = total_variation(before.counts.intensity, after.counts.intensity)
        is_cut = strength > CUT_THRESHOLD
        return _Step(
            _difference(before, after),
            moment_of_cut([self._sample.glimpses[-1], *sample.glimpses]) if is_cut else None,
            strength,
        )


def _measure(
    path: str | Path,
    bounds: np.ndarray,
    start_s: float,
    crop_of: Callable[[int], Crop],
    options: MeasureOptions,
) -> tuple[ClipMeasures, list[_Shot]]:
    """Measures inside the crop of each picture, by its number, and the shots of the clip."""
    n = len(bounds)
    histograms = np.zeros((n, len(CHANNELS), N_BINS), dtype=np.float32)
    chroma, vividness, colourfulness, moved = np.zeros((4, n))
    watcher = _Watcher(crop_of)
    samples = watched_frames(path, _moments(bounds).ravel(), start_s=start_s)
    for segment in range(n):
        looks, steps = [], []
        for sample in islice(samples, FRAMES_PER_SEGMENT):
            step = watcher.see(sample)
            steps += [] if step is None else [step]
            looks.append(watcher.look)
        histograms[segment], chroma[segment] = _histograms([look.counts for look in looks], options)
        lit_chroma, colourfulness[segment] = np.mean([look.colours for look in looks], axis=0)
        vividness[segment] = np.sqrt(lit_chroma)
        moved[segment] = motion(
            np.array([step.difference for step in steps]),
            np.array([step.cut_s is not None for step in steps], dtype=bool),
        )
        tell((segment + 1) / n)
    cuts_s = np.array([cut.cut_s for cut in watcher.cuts])
    rates = cut_rate(cuts_s, bounds) if n else np.zeros(0)
    strongest = strongest_cuts(cuts_s, np.array([cut.strength for cut in watcher.cuts]), bounds)
    measures = ClipMeasures(histograms, moved, rates, *strongest, chroma, vividness, colourfulness)
    return measures, watcher.shots


def _moments(bounds: np.ndarray) -> np.ndarray:
    """The middle of each of seven equal parts of every segment, in seconds [shape=(n, 7)]."""
    parts = (np.arange(FRAMES_PER_SEGMENT) + 0.5) / FRAMES_PER_SEGMENT
    return bounds[:, :1] + (bounds[:, 1:] - bounds[:, :1]) * parts


def _look(picture: np.ndarray, crop: Crop) -> _Look:
    inside = crop.of(picture)
    bins = hsi_bins(inside)
    return _Look(crop, hsi_counts(bins), bins.level_sum, colour_cues(inside))


def _difference(before: _Look, after: _Look) -> float:
    """Mean difference of intensity where both pictures are inside their bars."""
    if before.crop == after.crop:
        return intensity_difference(before.level_sum, after.level_sum)
    common = before.crop.common(after.crop)
    return intensity_difference(
        *(np.ascontiguousarray(common.within(look.crop).of(look.level_sum)) for look in (before, after))
    )


def _histograms(looks: Sequence[HSICounts], options: MeasureOptions) -> tuple[np.ndarray, float]:
    """Histograms [shape=(3, 256)] and mean chroma of all pixels of some pictures."""
    counts = HSICounts(*np.sum(looks, axis=0, dtype=np.float64))
    n_pixels = counts.intensity.sum()
    weighted = counts.chroma / MAX_LEVEL
    hue = weighted if options.hue_weight == "chroma" else counts.hue
    return np.stack([hue, counts.saturation, counts.intensity]) / n_pixels, weighted.sum() / n_pixels
