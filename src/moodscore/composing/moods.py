"""What mood sets: the cues of emotion in music, each one line of a table.

Emotion research finds that the cues to the emotion of music add up, mode and tempo first, with next to
no interaction [1]_ [2]_; generative systems that follow such tables are recognised by listeners [3]_. So
a cue is linear in valence and arousal and clipped to what is musical. Tempo, loudness and rhythm are
not here: networks say them (`plain_targets` has what the literature says, where there is no network).

Valence and arousal are on the *emotion plane*: 0 is neutral, ±1 the ends of the raters' scale.

References
----------
.. [1] A. Gabrielsson, E. Lindström, "The role of structure in the musical expression of emotions",
   Handbook of Music and Emotion, 367-400, 2010.
.. [2] T. Eerola, A. Friberg, R. Bresin, "Emotional expression in music: contribution, linearity, and
   additivity of primary musical cues", Frontiers in Psychology 4:487, 2013.
.. [3] S. R. Livingstone et al., "Changing musical emotion: a computational rule system for modifying
   score and performance", Computer Music Journal 34(1), 41-64, 2010.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

NEUTRAL, HALF_SCALE = 5.0, 4.0


class Cue(NamedTuple):
    """A cue: ``clip(base + by_valence v + by_arousal a, low, high)``; ``neutral`` where nothing is felt."""

    base: float
    by_valence: float
    by_arousal: float
    low: float
    high: float
    neutral: float

    def at(self, valence: float, arousal: float) -> float:
        """The cue at a point of the emotion plane."""
        value = self.base + self.by_valence * valence + self.by_arousal * arousal
        return float(np.clip(value, self.low, self.high))


#: base, by valence, by arousal, lowest, highest, neutral.
CUES = {
    # which mode: see `harmony.MODES`, from phrygian (-1) to lydian (1)
    "mode": Cue(0.0, 1.0, 0.0, -1, 1, 0.06),
    # share of chords with a seventh, a ninth or a suspension
    "complexity": Cue(0.32, -0.12, -0.12, 0.05, 0.6, 0.45),
    # share of bars in which a second grinds against the chord
    "dissonance": Cue(0.0, -0.4, 0.25, 0, 0.5, 0.0),
    # height of the melody in semitones, 0 = middle
    "register": Cue(0.0, 5.0, 2.0, -8, 8, 0.0),
    # the part of a note's time that it sounds: detached to legato
    "gate": Cue(0.8, 0.0, -0.32, 0.42, 1.0, 0.95),
    # harmonics that sound: dull to bright
    "brightness": Cue(0.6, 0.1, 0.25, 0.05, 1.0, 0.45),
    # how much percussion; below .15 there is none
    "percussion": Cue(0.1, 0.05, 0.95, 0, 1.0, 0.0),
    # layers beside melody, chords and bass
    "fullness": Cue(0.5, 0.05, 0.5, 0.0, 1.0, 0.1),
}
#: Tempo, loudness and rhythm in [0, 1] where no network says them.
PLAIN_TARGETS = {
    "tempo": Cue(0.45, 0.08, 0.45, 0, 1, 0.4),
    "loudness": Cue(0.5, 0.0, 0.45, 0, 1, 0.35),
    "rhythm": Cue(0.48, 0.05, 0.45, 0, 1, 0.25),
}


@dataclass(frozen=True)
class Mood:
    """Where a scene lies on the emotion plane, and the cues that follow.

    Attributes
    ----------
    valence, arousal : float
        -1..1.
    is_neutral : bool
        Whether the cues are those of no mood: modal, sparse, middle register.
    mode, complexity, dissonance, register, gate, brightness, percussion, fullness : float
        As in `CUES`.
    """

    valence: float
    arousal: float
    is_neutral: bool
    mode: float
    complexity: float
    dissonance: float
    register: float
    gate: float
    brightness: float
    percussion: float
    fullness: float

    @classmethod
    def of(cls, valence: float, arousal: float, *, is_neutral: bool = False) -> "Mood":
        """The mood of ratings 1..9."""
        v, a = np.clip((np.array([valence, arousal], dtype=float) - NEUTRAL) / HALF_SCALE, -1, 1).tolist()
        cues = {name: cue.neutral if is_neutral else cue.at(v, a) for name, cue in CUES.items()}
        return cls(v, a, is_neutral, **cues)

    @property
    def name(self) -> str:
        """``neutral`` or the quadrant: scenes of one name share their instruments."""
        if self.is_neutral:
            return "neutral"
        return f"{'pos' if self.valence > 0 else 'neg'}_{'high' if self.arousal > 0 else 'low'}"


def plain_targets(valence: float, arousal: float, n_segments: int) -> pd.DataFrame:
    """Targets of one mood without a network: what the literature finds (tempo, loudness, rhythm).

    Parameters
    ----------
    valence, arousal : float
        1..9.
    n_segments : int
        Rows.

    Returns
    -------
    pd.DataFrame
        ``tempo, loudness, rhythm`` in [0, 1]; ``valence, arousal`` as given.
    """
    v, a = (valence - NEUTRAL) / HALF_SCALE, (arousal - NEUTRAL) / HALF_SCALE
    row = {name: cue.at(v, a) for name, cue in PLAIN_TARGETS.items()}
    return pd.DataFrame([row | {"valence": valence, "arousal": arousal}] * n_segments)
