"""What a rater is shown, and in which order: drawn for each rater, and the same whenever it is drawn again.

The page draws with a generator small enough to be written twice, in its own script and here, so that
what raters saw can be replayed from the key alone:

1. a 32-bit seed: FNV-1a [1]_ of the UTF-8 text ``study_id|seed|rater``;
2. mulberry32 [2]_, whose output ``u`` (32 bits) becomes a number below ``n`` as ``floor(u n / 2^32)``;
3. the videos, shuffled from the last place down (Fisher and Yates; Durstenfeld's form [3]_);
4. a list ``0, 1, 0, 1, …`` as long, shuffled likewise: which of a video's two files, in the order of
   their names, is called A. So each comes first in half of the videos.

References
----------
.. [1] G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, "The FNV Non-Cryptographic Hash Algorithm", 2012.
.. [2] T. Ettinger, "mulberry32", 2017: a 32-bit generator, public domain.
.. [3] R. Durstenfeld, "Algorithm 235: random permutation", Communications of the ACM 7(7), 1964.
"""

from collections.abc import Callable
from dataclasses import dataclass

from moodscore.study.key import StudyKey, Video

_WORD = 0xFFFFFFFF
_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193
_MULBERRY_STEP = 0x6D2B79F5


@dataclass(frozen=True)
class Presentation:
    """One video as a rater meets it.

    Attributes
    ----------
    position : int
        1 for the video that is shown first.
    item : int
        The video's number in the key's list, counted from 1.
    files : tuple of str
        The blinded names of A and B, or of A alone.
    """

    position: int
    item: int
    files: tuple[str, ...]


def assignment(key: StudyKey, rater: str) -> list[Presentation]:
    """What the page shows to a rater, in order.

    Parameters
    ----------
    key : StudyKey
        The study.
    rater : str
        The name or code, as it stands in the rater's answers.
    """
    draw = _mulberry32(_fnv1a(f"{key.study_id}|{key.seed}|{rater}"))
    items = _shuffled(list(range(1, len(key.videos) + 1)), draw)
    firsts = _shuffled([place % 2 for place in range(len(items))], draw)
    return [
        Presentation(position, item, _lettered(files_of(key.videos[item - 1]), first))
        for position, (item, first) in enumerate(zip(items, firsts, strict=True), start=1)
    ]


def files_of(video: Video) -> list[str]:
    """The blinded names of a video's versions, in an order that says nothing."""
    return sorted(version.file for version in video.versions)


def _lettered(files: list[str], first: int) -> tuple[str, ...]:
    return tuple(files[::-1] if first else files)


def _fnv1a(text: str) -> int:
    state = _FNV_OFFSET
    for byte in text.encode():
        state = (state ^ byte) * _FNV_PRIME & _WORD
    return state


def _mulberry32(state: int) -> Callable[[int], int]:
    """A function that draws a number below its argument."""

    def below(n: int) -> int:
        nonlocal state
        state = (state + _MULBERRY_STEP) & _WORD
        word = (state ^ state >> 15) * (state | 1) & _WORD
        word ^= (word + (word ^ word >> 7) * (word | 61)) & _WORD
        return (word ^ word >> 14) * n >> 32

    return below


def _shuffled(values: list[int], draw: Callable[[int], int]) -> list[int]:
    for last in range(len(values) - 1, 0, -1):
        other = draw(last + 1)
        values[last], values[other] = values[other], values[last]
    return values
