"""Which quadrant's network serves a quadrant with too little material of its own, and what is too little."""

from collections.abc import Mapping

from moodscore.errors import MoodscoreError

#: Every part of the valence-arousal plane that can have a network, and whom it borrows from, nearest
#: first: the same valence, then the same arousal, then the opposite. Below the four quadrants, the
#: two halves that networks split by valence alone have.
LENDERS: dict[str, tuple[str, ...]] = {
    "pos_high": ("pos_low", "neg_high", "neg_low"),
    "pos_low": ("pos_high", "neg_low", "neg_high"),
    "neg_high": ("neg_low", "pos_high", "pos_low"),
    "neg_low": ("neg_high", "pos_low", "pos_high"),
    "positive": ("negative",),
    "negative": ("positive",),
}
#: With material of a single mood no network can answer differently from any other.
FEWEST_QUADRANTS = 2


def check_material(counts: Mapping[str, int], min_segments: int) -> None:
    """See that moods can be told apart by what there is to learn from.

    Parameters
    ----------
    counts : Mapping[str, int]
        Training segments of each quadrant; one that is absent has none.
    min_segments : int
        Training segments that a network of its own takes.

    Raises
    ------
    MoodscoreError
        If fewer than two quadrants have enough.
    """
    quadrants = ("pos_high", *LENDERS["pos_high"])
    able = [quadrant for quadrant in quadrants if counts.get(quadrant, 0) >= min_segments]
    if len(able) < FEWEST_QUADRANTS:
        found = ", ".join(f"{quadrant} {counts.get(quadrant, 0)}" for quadrant in quadrants)
        raise MoodscoreError(
            f"ratings: {len(able) or 'none'} of four quadrants has the {min_segments} training segments that "
            f"a network takes, {FEWEST_QUADRANTS} are needed ({found}); add clips rated in other quadrants, "
            "or lower the parameter lstm_x4.min_segments"
        )


def lender(quadrant: str, counts: Mapping[str, int], min_segments: int) -> str:
    """Name the quadrant whose network serves ``quadrant``.

    Parameters
    ----------
    quadrant : str
        A key of :data:`LENDERS`.
    counts : Mapping[str, int]
        Training segments of each quadrant; one that is absent has none.
    min_segments : int
        Training segments that a network of its own takes.

    Returns
    -------
    str
        ``quadrant`` itself if it has enough, else the nearest one that has: valence before arousal
        before the opposite.

    Raises
    ------
    MoodscoreError
        If no quadrant has enough.

    Examples
    --------
    >>> lender("neg_low", {"pos_high": 80, "neg_high": 7, "pos_low": 30}, min_segments=20)
    'pos_low'
    """
    candidates = (quadrant, *LENDERS[quadrant])
    for candidate in candidates:
        if counts.get(candidate, 0) >= min_segments:
            return candidate
    found = ", ".join(f"{candidate} {counts.get(candidate, 0)}" for candidate in candidates)
    raise MoodscoreError(
        f"no network can be trained: no quadrant has {min_segments} training segments ({found}); "
        "add rated clips or lower the parameter 'min_segments'"
    )
