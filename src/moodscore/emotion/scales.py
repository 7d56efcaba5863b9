"""The scales on which people were asked, and the suspicion that it was another than was said.

Scores run from 1 to 9 here. What was asked from ``low`` to ``high`` is moved there in a straight line:

    score = 1 + 8 (x - low) / (high - low)
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from moodscore.emotion.quadrants import HIGHEST_SCORE, LOWEST_SCORE
from moodscore.errors import MoodscoreError

#: Nothing is suspected of fewer ratings, or of fewer clips.
_MIN_RATINGS, _MIN_CLIPS = 12, 3
#: Scales that end below 9, and usual ones of all kinds, the narrowest first.
_SHORTER = (5.0, 7.0)
_USUAL = (
    (0, 1),
    (-1, 1),
    (-2, 2),
    (-3, 3),
    (0, 6),
    (-4, 4),
    (1, 10),
    (0, 10),
    (0, 100),
    (-50, 50),
    (-100, 100),
)
_SCORES = ("valence", "arousal")


@dataclass(frozen=True)
class Scale:
    """What raters were asked: from the most negative or calm to the most positive or excited."""

    low: float
    high: float

    def score(self, value: float) -> float:
        """The same opinion from 1 to 9."""
        if (self.low, self.high) == (LOWEST_SCORE, HIGHEST_SCORE):
            return value
        share = (value - self.low) / (self.high - self.low)
        return LOWEST_SCORE + (HIGHEST_SCORE - LOWEST_SCORE) * share


STANDARD = Scale(LOWEST_SCORE, HIGHEST_SCORE)


def scales_of(given: Sequence[float] | Mapping[str, Sequence[float]] | None) -> dict[str, Scale]:
    """The scale of valence and of arousal, as the catalog says it.

    Parameters
    ----------
    given : two numbers, or a mapping of ``valence`` and ``arousal`` to two numbers, or None
        The lowest and the highest value a rater could choose; None is 1 to 9.

    Raises
    ------
    MoodscoreError
        If it is something else.
    """
    if given is None:
        return dict.fromkeys(_SCORES, STANDARD)
    if isinstance(given, Mapping) and set(given) == set(_SCORES):
        return {name: _scale_of(given[name]) for name in _SCORES}
    return dict.fromkeys(_SCORES, _scale_of(given))


def _scale_of(given: object) -> Scale:
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        low = high = math.nan
    if not -math.inf < low < high < math.inf:
        raise MoodscoreError(
            f"scale: {given!r} is none; write the lowest and the highest value of the answers, as [1, 5]"
        )
    return Scale(low, high)


def suspicion(ratings: pd.DataFrame) -> str:
    """Why the scores seem to be on a shorter scale than from 1 to 9, and what to set; empty if they do not.

    Parameters
    ----------
    ratings : pd.DataFrame
        ``clip_id, valence, arousal`` as they stand in the file.
    """
    n_clips = ratings["clip_id"].nunique()
    if len(ratings) < _MIN_RATINGS or n_clips < _MIN_CLIPS:
        return ""
    highest = float(ratings[list(_SCORES)].max().max())
    end = next((end for end in _SHORTER if highest <= end), None)
    if end is None:
        return ""
    return (
        f"no score is above {end:g} in {len(ratings)} ratings of {n_clips} clips, so that they come out "
        f"negative or calm; if raters could choose from 1 to {end:g}, set scale: [1, {end:g}]"
    )


def fitting(values: Sequence[float]) -> str:
    """What to set if so many values beyond 1 to 9 are no slips of the pen; empty if they may be."""
    known = [value for value in values if math.isfinite(value)]
    beyond = [value for value in known if not LOWEST_SCORE <= value <= HIGHEST_SCORE]
    if len(beyond) < _MIN_CLIPS:
        return ""
    fits = [(low, high) for low, high in _USUAL if low <= min(known) and max(known) <= high]
    if not fits:
        return "; if raters were asked on another scale, set scale: [lowest, highest]"
    return (
        f"; if raters could choose from {fits[0][0]} to {fits[0][1]}, set scale: [{fits[0][0]}, {fits[0][1]}]"
    )
