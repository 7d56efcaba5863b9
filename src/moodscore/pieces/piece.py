"""The description of a piece, and its storage."""

from dataclasses import dataclass, fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from moodscore.errors import MoodscoreError
from moodscore.files import replacing

#: Predecessors that are kept of each beat, the best ones.
JUMPS_KEPT = 20
#: No jump is shorter (beats).
MIN_JUMP_BEATS = 8
#: The place in the bar where there is no bar, and the predecessor where there is none.
UNKNOWN = -1
#: How a piece may end: with a real ending, fading out, or broken off.
ENDINGS = ("ends", "fades", "stops")

_CANNOT_READ = (OSError, ValueError, KeyError, EOFError, BadZipFile)


@dataclass(frozen=True)
class Piece:
    """What is known of a piece of music with n beats.

    Attributes
    ----------
    duration_s : float
        Length of the sound.
    beats_s : np.ndarray [shape=(n + 1,)]
        When each beat begins, and when the last one ends; strictly ascending. The beats reach to within a
        beat of both ends of the sound.
    bar_position : np.ndarray of int [shape=(n,)]
        Place of each beat in its bar, 0 is the downbeat; all `UNKNOWN` where the bar is not known.
    metre : int
        Beats a bar, 4 or 3; 0 where it is not known.
    beat_strength : float
        How clear the beat is, from 0.
    has_beat : bool
        Whether it is clear enough to keep time with. If not, ``beats_s`` is a grid of half seconds.
    sections : np.ndarray of int [shape=(k,)]
        Beats with which a section begins, ascending; never the first.
    begins_s, ends_s : float
        When something is first and last heard.
    ending : str
        One of `ENDINGS`.
    jump_from : np.ndarray of int32 [shape=(n, 20)]
        For each beat j the beats i after which it is best to go on with j, that is, to leave at
        ``beats_s[i + 1]``; best first, `UNKNOWN` where there are no more.
    jump_distance : np.ndarray of float32 [shape=(n, 20)]
        How little such a jump is like playing on: 0 cannot be told from it, 1 is an arbitrary jump;
        infinite where there is none.
    """

    duration_s: float
    beats_s: np.ndarray
    bar_position: np.ndarray
    metre: int
    beat_strength: float
    has_beat: bool
    sections: np.ndarray
    begins_s: float
    ends_s: float
    ending: str
    jump_from: np.ndarray
    jump_distance: np.ndarray

    @property
    def n_beats(self) -> int:
        """Number of beats."""
        return len(self.bar_position)

    def store(self, path: str | Path) -> None:
        """Write the description as named arrays (``.npz``), whole or not at all."""
        with replacing(path) as part, part.open("wb") as file:
            np.savez_compressed(file, **{f.name: np.asarray(getattr(self, f.name)) for f in fields(self)})

    @classmethod
    def load(cls, path: str | Path) -> "Piece":
        """Read what `store` wrote; nothing pickled is ever loaded.

        Raises
        ------
        MoodscoreError
            If the file is missing or not the description of a piece.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                known = {f.name: archive[f.name] for f in fields(cls)}
        except _CANNOT_READ as error:
            raise MoodscoreError(
                f"{path}: is not the description of a piece; remove it and run again"
            ) from error
        # What is no array came back as one without dimensions.
        return cls(**{name: value if value.ndim else value.item() for name, value in known.items()})
