"""How each instrument of the built-in synthesis speaks: numbers only.

Two families. *Held* tones are sums of harmonics, each widened into a narrow band, as many players or a bow
widen it [1]_; they go on for as long as they are wanted. *Struck* tones are sums of partials that decay, each
at its own rate, the high ones sooner [2]_.

References
----------
.. [1] N. O. Paul, "PADsynth algorithm", 2006.
.. [2] N. H. Fletcher, T. D. Rossing, "The Physics of Musical Instruments", 2nd edition, 1998.
"""

from typing import NamedTuple


class Held(NamedTuple):
    """A held tone.

    Attributes
    ----------
    slope : float
        Amplitude of harmonic k is ``k^-slope``, before brightness and formants.
    even : float
        Factor of the even harmonics.
    width_cents : float
        Standard deviation of each harmonic's band.
    formants : tuple of (Hz, octaves, gain)
        Resonances: centre, width, how much louder.
    attack_s, release_s : float
        Raised-cosine ramps.
    breath : float
        Level of noise around the harmonics.
    vibrato : tuple of float
        Rate (Hz), depth (cents), onset (s); depth 0 for sections.
    stereo : float
        How different the two sides are, 0..1.
    reach : float
        Number of the harmonic at which a tone of middle brightness has fallen by e.
    """

    slope: float
    even: float
    width_cents: float
    formants: tuple[tuple[float, float, float], ...]
    attack_s: float
    release_s: float
    breath: float
    vibrato: tuple[float, float, float]
    stereo: float
    reach: float
    tremolo: float = 0.0


class Struck(NamedTuple):
    """A struck or plucked tone.

    Attributes
    ----------
    ratios : tuple of float
        Frequencies of the partials over the first; empty: harmonics, stretched by `stiffness`.
    stiffness : float
        Inharmonicity B: partial k lies at ``k sqrt(1 + B k²)``.
    place : float
        Where the string is struck, as a part of its length: partials with a node there are weak.
    slope : float
        As of a held tone.
    decay_s : float
        Time in which the first partial of middle C falls by e; an octave up it is ``pitch_decay`` of it.
    pitch_decay : float
        As said.
    high_decay : float
        How much sooner the partials die, for every one above the first.
    attack_s, release_s : float
        Ramps.
    knock : float
        Level of the noise of the stroke.
    strings : float
        Detuning (cents) of the two strings of a tone.
    reach : float
        As of a held tone.
    stereo : float
        How different the two sides are, 0..1.
    """

    ratios: tuple[float, ...]
    stiffness: float
    place: float
    slope: float
    decay_s: float
    pitch_decay: float
    high_decay: float
    attack_s: float
    release_s: float
    knock: float
    strings: float
    reach: float
    stereo: float


_BODY = ((280, 0.5, 0.5), (460, 0.4, 0.4), (2600, 0.8, 0.35))
_AH = ((650, 0.35, 2.5), (1080, 0.3, 1.6), (2650, 0.4, 0.8), (3300, 0.3, 0.5))

HELD = {
    "strings": Held(0.95, 1.0, 7.0, _BODY, 0.14, 0.32, 0.012, (0, 0, 0), 0.55, 9.0),
    "tremolo strings": Held(0.95, 1.0, 8.0, _BODY, 0.08, 0.30, 0.02, (0, 0, 0), 0.55, 10.0, 0.5),
    "cello": Held(0.9, 0.9, 3.0, _BODY, 0.06, 0.25, 0.012, (5.2, 6.0, 0.35), 0.25, 8.0),
    "pad": Held(1.25, 0.9, 5.0, ((500, 1.2, 0.4),), 0.32, 0.9, 0.003, (0, 0, 0), 0.7, 5.0),
    "choir": Held(1.0, 1.0, 5.0, _AH, 0.14, 0.5, 0.02, (0, 0, 0), 0.6, 12.0),
    "trumpet": Held(0.5, 1.0, 2.5, ((1200, 0.9, 1.2),), 0.035, 0.12, 0.006, (5.4, 5.0, 0.4), 0.15, 6.0),
    "brass": Held(0.6, 1.0, 4.0, ((900, 1.0, 1.0),), 0.05, 0.18, 0.006, (0, 0, 0), 0.5, 6.0),
    "horn": Held(0.8, 1.0, 3.0, ((450, 0.8, 1.2),), 0.06, 0.22, 0.006, (0, 0, 0), 0.35, 4.5),
    "oboe": Held(
        0.45, 0.9, 2.0, ((1100, 0.5, 1.8), (2700, 0.4, 0.8)), 0.03, 0.1, 0.006, (5.3, 5.0, 0.3), 0.12, 7.0
    ),
    "clarinet": Held(0.7, 0.12, 2.0, ((1500, 0.9, 0.5),), 0.04, 0.12, 0.006, (5.0, 3.0, 0.4), 0.12, 8.0),
    "flute": Held(1.5, 0.9, 2.5, ((800, 1.0, 0.4),), 0.06, 0.14, 0.05, (5.1, 5.0, 0.3), 0.15, 5.0),
}
STRUCK = {
    "piano": Struck((), 3.5e-4, 0.12, 0.85, 1.7, 0.66, 0.16, 0.0025, 0.18, 0.05, 0.8, 6.0, 0.45),
    "harp": Struck((), 5e-5, 0.35, 0.9, 1.1, 0.62, 0.30, 0.002, 0.5, 0.02, 0.0, 5.0, 0.3),
    "guitar": Struck((), 8e-5, 0.22, 0.8, 0.75, 0.75, 0.28, 0.002, 0.15, 0.03, 0.0, 6.0, 0.2),
    "pizzicato": Struck((), 5e-5, 0.3, 0.7, 0.16, 0.75, 0.35, 0.003, 0.12, 0.05, 5.0, 5.0, 0.4),
    "celesta": Struck(
        (1.0, 2.0, 3.02, 4.1, 6.4), 0, 0.0, 1.3, 0.8, 0.7, 0.5, 0.0015, 0.4, 0.02, 0.4, 4.0, 0.3
    ),
    "vibraphone": Struck((1.0, 3.99, 9.8), 0, 0.0, 1.4, 1.8, 0.75, 0.7, 0.002, 0.3, 0.02, 0.5, 5.0, 0.3),
    "marimba": Struck((1.0, 3.93, 9.2), 0, 0.0, 1.1, 0.30, 0.62, 0.8, 0.0015, 0.1, 0.06, 0.0, 5.0, 0.2),
    "double bass": Struck((), 1e-4, 0.25, 0.7, 0.45, 0.8, 0.35, 0.006, 0.12, 0.02, 0.0, 5.0, 0.05),
    "bass guitar": Struck((), 6e-5, 0.14, 0.75, 0.6, 0.8, 0.30, 0.004, 0.09, 0.02, 0.0, 6.0, 0.0),
    "timpani": Struck(
        (1.0, 1.504, 1.742, 2.0, 2.245), 0, 0.0, 0.8, 0.9, 0.7, 0.4, 0.003, 0.5, 0.1, 0.0, 3.0, 0.2
    ),
}

#: Level of a note in the mix, by role; what a player's own tone needs besides.
ROLE_GAIN = {"lead": 1.0, "chords": 0.34, "figure": 0.52, "inner": 0.50, "bass": 0.6, "percussion": 1.0}
PLAYER_GAIN = {
    "pad": 1.05,
    "brass": 0.85,
    "celesta": 0.8,
    "tremolo strings": 0.85,
    "trumpet": 0.85,
    "flute": 0.95,
}
#: How much of each role goes into the hall.
ROLE_HALL = {
    "lead": 0.42,
    "chords": 0.5,
    "figure": 0.38,
    "inner": 0.5,
    "bass": 0.12,
    "percussion": 0.2,
}
#: Brightness is played in this many layers.
N_LAYERS = 4
