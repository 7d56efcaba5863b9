"""Which quadrant's network serves a quadrant with too little material of its own."""

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
