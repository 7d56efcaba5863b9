"""What the demo library holds: eight songs whose beats, bars, sections and endings are known.

They are what finding beats, bars and sections can be checked against, and music for the demo run: two in each
quadrant of the emotion plane, in metres 4 and 3, from 60 to 150 bpm, all of the form intro, A, B, A, ending.
Six keep time as people do, drifting by a few per cent; one is free in its tempo and one has no beat at all.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from moodscore.demo.recipe import _ANCHORS, Cues

#: Silence before the first note (s), and how long the last one may ring (s).
LEAD_IN_S = 0.4
RING_S = 3.5
#: A fade takes so long (s).
FADE_S = 12.0
#: The tempo of a song that keeps time wanders so much (standard deviation, share) …
DRIFT = 0.012
#: … and that of a free one so much; phrases end slower still.
FREEDOM = 0.16
_PHRASE_BARS, _PHRASE_END = 4, 0.75


class Part(NamedTuple):
    """A section of a song: its name (``intro``, ``A``, ``B``, ``ending``) and its length in bars."""

    name: str
    n_bars: int


@dataclass(frozen=True)
class Song:
    """All that a song is made from.

    Attributes
    ----------
    name : str
        Stem of the file.
    valence, arousal : float
        On the emotion plane, where the centres of the quadrants are at ±1.
    metre : int
        Beats a bar.
    tempo_bpm : float
        Beats a minute, on average.
    groove : str
        How it is accompanied; see `moodscore.demo.song_score`.
    parts : tuple of Part
        Its form.
    pulse : {"steady", "free", "none"}
        Whether it keeps time.
    ending : {"ends", "fades"}
        On a cadence that rings out, or fading while it plays on.
    seed : tuple of int
        Seeds this song alone.
    """

    name: str
    valence: float
    arousal: float
    metre: int
    tempo_bpm: float
    groove: str
    parts: tuple[Part, ...]
    pulse: str = "steady"
    ending: str = "ends"
    seed: tuple[int, ...] = ()

    @property
    def n_bars(self) -> int:
        """Length in bars."""
        return sum(part.n_bars for part in self.parts)

    @property
    def cues(self) -> Cues:
        """What follows from its emotion, without noise, at its own tempo."""
        values = {name: anchor.at(self.valence, self.arousal) for name, anchor in _ANCHORS.items()}
        return replace(Cues(**values), tempo_bpm=self.tempo_bpm)


def _form(*lengths: int) -> tuple[Part, ...]:
    return tuple(Part(name, n) for name, n in zip(("intro", "A", "B", "A", "ending"), lengths, strict=True))


_SONGS = (
    Song("parade", 1.0, 1.0, 4, 132, "rock", _form(4, 12, 12, 12, 3)),
    Song("carousel", 0.8, 0.6, 3, 150, "waltz", _form(8, 24, 16, 24, 4)),
    Song("meadow", 1.0, -0.8, 4, 76, "broken", _form(2, 8, 8, 8, 2)),
    Song("cradle", 0.6, -1.0, 3, 92, "lilt", _form(4, 12, 12, 12, 3)),
    Song("pursuit", -1.0, 1.0, 4, 144, "drive", _form(4, 16, 12, 16, 8), ending="fades"),
    Song("vigil", -0.9, -0.4, 4, 60, "slow", _form(2, 7, 6, 7, 2)),
    Song("letter", -0.5, -0.9, 4, 68, "broken", _form(2, 8, 6, 8, 2), pulse="free"),
    Song("harbour", -0.8, -1.1, 4, 54, "drone", _form(2, 6, 6, 6, 2), pulse="none"),
)


def plan_library(seed: int) -> list[Song]:
    """Plan all songs of the library.

    Parameters
    ----------
    seed : int
        Not negative; the same seed gives the same songs.

    Returns
    -------
    list of Song
    """
    return [replace(song, seed=(seed, 9, number)) for number, song in enumerate(_SONGS, start=1)]


def beat_times(song: Song) -> np.ndarray:
    """When each beat of a song begins, and when the last one ends.

    Returns
    -------
    np.ndarray [shape=(n_bars * metre + 1,)]
        Seconds, from `LEAD_IN_S`.
    """
    n = song.n_bars * song.metre
    rng = np.random.default_rng([*song.seed, 1])
    if song.pulse == "free":
        # Every beat its own length, and a phrase slows down towards its end.
        wander = FREEDOM * _wandering(n, 3, rng)
        place = np.arange(n) % (_PHRASE_BARS * song.metre) / (_PHRASE_BARS * song.metre)
        speed = np.exp(wander) * (1 - (1 - _PHRASE_END) * place**3)
    else:
        speed = np.exp(DRIFT * _wandering(n, 24, rng))
    return LEAD_IN_S + np.concatenate([[0.0], np.cumsum(60 / song.tempo_bpm / speed)])


def _wandering(n: int, smoothness: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of unit variance [shape=(n,)]."""
    kernel = np.hanning(2 * smoothness + 1)[1:-1]
    noise = np.convolve(rng.standard_normal(n + len(kernel) - 1), kernel, "valid")
    return noise / np.sqrt(np.sum(kernel**2))
