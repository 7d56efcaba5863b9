"""What is to be made: the hidden emotion of every scene and the cues that follow from it.

A scene has a valence and an arousal. Every cue of its music and its picture has an anchor in each
quadrant and is interpolated between the four; what the ear and the eye get is noisy, because each
cue is read off at its own blurred point of the emotion plane. The cues are therefore additive, each
of them fallible, as emotion research finds them in real music [1]_ [2]_ and in colour [3]_. A quarter
of the scenes carry one cue of the opposite quadrant.

Emotions are measured on the scale of the raters, 1..9 with 5 as neutral; on the *emotion plane*
neutral is 0 and the centres of the quadrants are at ±1.

References
----------
.. [1] P. N. Juslin, P. Laukka, "Expression, perception, and induction of musical emotions", Journal
   of New Music Research 33(3), 217-238, 2004.
.. [2] T. Eerola, A. Friberg, R. Bresin, "Emotional expression in music: contribution, linearity, and
   additivity of primary musical cues", Frontiers in Psychology 4:487, 2013.
.. [3] P. Valdez, A. Mehrabian, "Effects of color on emotions", Journal of Experimental Psychology:
   General 123(4), 394-409, 1994.
"""

import math
from dataclasses import dataclass
from itertools import pairwise, permutations, product
from statistics import NormalDist

import numpy as np

BEATS_PER_BAR = 4
FRAMES_PER_S = 15

NEUTRAL = 5.0
#: Distance of a quadrant's centre from neutral on each axis: 2.7 and 7.3 on the raters' scale.
CENTRE_DISTANCE = 2.3
_DISTANCE_SD = 0.8
#: The nearest and the farthest a scene may be from neutral on each axis.
_DISTANCE_RANGE = (0.9, 3.7)

#: Signs of valence and arousal.
QUADRANTS = {"pos_high": (1, 1), "pos_low": (1, -1), "neg_high": (-1, 1), "neg_low": (-1, -1)}

#: Clips of one mood in each quadrant; those that change mood are one for every ordered pair.
_STEADY_CLIPS = 6
_CLIP_RANGE_S = (12.0, 16.0)
_CLIP_TARGET_S = 14.0
_MAIN_SHARE, _LEAST_MAIN_SHARE = 0.6, 0.55
#: No shot is shorter; what a shot's length may be as a share of what the cues ask for.
_LEAST_SHOT_S, _SHOT_RANGE = 0.65, (0.8, 1.25)
_ONE_SCENE_IN = 4  # carries a cue of the opposite quadrant

#: How far cues are extrapolated beyond the centres of the quadrants.
_PLANE_LIMIT = 1.2


@dataclass(frozen=True)
class _Anchor:
    """One cue: its value at the centre of each quadrant and the blur it is read with.

    ``noise`` is the standard deviation on the emotion plane. A ``logarithmic`` cue is interpolated
    by ratio, a ``circular`` one (degrees) by direction.
    """

    pos_high: float
    pos_low: float
    neg_high: float
    neg_low: float
    noise: float
    logarithmic: bool = False
    circular: bool = False

    def at(self, valence: float, arousal: float) -> float:
        """Value at a point of the emotion plane, bilinear between the anchors."""
        v, a = np.clip([valence, arousal], -_PLANE_LIMIT, _PLANE_LIMIT)
        weights = np.array([(1 + sv * v) * (1 + sa * a) / 4 for sv, sa in QUADRANTS.values()])
        values = np.array([getattr(self, quadrant) for quadrant in QUADRANTS])
        if self.logarithmic:
            return float(np.exp(weights @ np.log(values)))
        if self.circular:
            return float(np.degrees(np.angle(weights @ np.exp(1j * np.radians(values)))) % 360)
        return float(weights @ values)


@dataclass(frozen=True)
class Cues:
    """What a scene sounds and looks like.

    Attributes
    ----------
    tempo_bpm : float
        Beats a minute.
    gate : float
        Articulation: the part of a note's time that it sounds, from detached to legato.
    level_db : float
        Level of the music, dB RMS below full scale.
    brightness : float
        Number of the harmonic at which a tone has fallen by the factor e.
    mode : float
        From -1 (minor) to 1 (major).
    register : float
        Height of the melody in semitones, 0 = middle.
    dissonance : float
        Share of the chords that carry a grinding second.
    activity : float
        Density of the rhythm, 0..1.
    hue, saturation, intensity : float
        Mean colour of the picture in HSI; hue in degrees, the others in 0..1.
    motion : float
        Mean absolute difference of intensity over a seventh of a second.
    shot_s : float
        Length of a shot in seconds.
    """

    tempo_bpm: float
    gate: float
    level_db: float
    brightness: float
    mode: float
    register: float
    dissonance: float
    activity: float
    hue: float
    saturation: float
    intensity: float
    motion: float
    shot_s: float


#: In the order of `Cues`; the numbers are pos_high, pos_low, neg_high, neg_low, noise.
_ANCHORS = {
    "tempo_bpm": _Anchor(134, 72, 150, 59, 0.25, logarithmic=True),
    "gate": _Anchor(0.5, 0.95, 0.55, 1.0, 0.3),
    "level_db": _Anchor(-16, -26, -15, -28, 0.35),
    "brightness": _Anchor(4.5, 2.2, 4.0, 1.2, 0.3, logarithmic=True),
    "mode": _Anchor(1, 1, -1, -1, 0.35),
    "register": _Anchor(6, 4, -4, -6, 0.3),
    "dissonance": _Anchor(0.0, 0.0, 0.7, 0.15, 0.2),
    "activity": _Anchor(0.9, 0.2, 0.95, 0.1, 0.3),
    "hue": _Anchor(46, 155, 0, 222, 0.58, circular=True),
    "saturation": _Anchor(0.85, 0.42, 0.84, 0.22, 0.42),
    "intensity": _Anchor(0.67, 0.71, 0.29, 0.26, 0.6),
    "motion": _Anchor(0.055, 0.015, 0.055, 0.011, 0.3),
    "shot_s": _Anchor(1.6, 5.8, 1.0, 7.0, 0.25, logarithmic=True),
}
#: The cues that may come from the opposite quadrant.
_STRAY_CUES = ("tempo_bpm", "mode", "brightness", "hue", "saturation", "intensity")


@dataclass(frozen=True)
class Shot:
    """A stretch of a scene between two cuts, in seconds of the clip."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class Scene:
    """A stretch of a clip in one mood.

    Attributes
    ----------
    valence, arousal : float
        The hidden emotion, 1..9.
    cues : Cues
        What follows from it, with noise.
    start_s : float
        Where the scene begins in its clip.
    n_bars : int
        Length in bars of four beats.
    shots : tuple of Shot
        They fill the scene; every cut is on a beat.
    """

    valence: float
    arousal: float
    cues: Cues
    start_s: float
    n_bars: int
    shots: tuple[Shot, ...]

    @property
    def beat_s(self) -> float:
        """Length of a beat in seconds."""
        return 60 / self.cues.tempo_bpm

    @property
    def end_s(self) -> float:
        """Where the scene ends in its clip, in seconds."""
        return self.start_s + self.n_bars * BEATS_PER_BAR * self.beat_s


@dataclass(frozen=True)
class ClipRecipe:
    """All that a clip is made from.

    Attributes
    ----------
    clip_id : str
        Stem of the file.
    scenes : tuple of Scene
        One, or two of different quadrants.
    seed : tuple of int
        Seeds the composition, the sound and the picture of this clip alone.
    """

    clip_id: str
    scenes: tuple[Scene, ...]
    seed: tuple[int, ...]

    @property
    def n_frames(self) -> int:
        """Length in pictures; the sound is exactly as long."""
        return round(self.scenes[-1].shots[-1].end_s * FRAMES_PER_S)


def plan_corpus(seed: int) -> list[ClipRecipe]:
    """Plan all clips of the corpus.

    Each quadrant is the mood of six steady clips and the main mood of three that change to or from
    each of the others: 36 clips, 48 scenes.

    Parameters
    ----------
    seed : int
        Not negative; the same seed gives the same corpus.

    Returns
    -------
    list of ClipRecipe
        In a shuffled order, ``demo_01`` to ``demo_36``.
    """
    rng = np.random.default_rng([seed, 0])
    layouts = [(quadrant,) for quadrant in QUADRANTS for _ in range(_STEADY_CLIPS)]
    layouts += list(permutations(QUADRANTS, 2))  # the main mood first
    quadrants = [quadrant for layout in layouts for quadrant in layout]
    emotions = _draw_emotions(quadrants, rng)
    moods = iter(zip(emotions.tolist(), _draw_cues(emotions, rng), strict=True))
    clips = [[next(moods) for _ in layout] for layout in layouts]
    order = rng.permutation(len(clips)).tolist()
    return [
        _lay_out(f"demo_{number:02d}", clips[which], (seed, number), rng)
        for number, which in enumerate(order, start=1)
    ]


def _draw_emotions(quadrants: list[str], rng: np.random.Generator) -> np.ndarray:
    """Valence and arousal of every scene, 1..9. [shape=(n_scenes, 2)].

    The distances from neutral are stratified within each quadrant, so that every seed has scenes
    near neutral and scenes far from it.
    """
    emotions = np.empty((len(quadrants), 2))
    for quadrant, signs in QUADRANTS.items():
        members = [number for number, name in enumerate(quadrants) if name == quadrant]
        for axis, sign in enumerate(signs):
            distances = CENTRE_DISTANCE + _DISTANCE_SD * stratified_normal(len(members), rng)
            emotions[members, axis] = NEUTRAL + sign * np.clip(distances, *_DISTANCE_RANGE)
    return emotions


def _stratified_pairs(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Standard normal draws, stratified within each group. [shape=(n, 2)]."""
    draws = np.empty((len(groups), 2))
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        draws[members] = np.column_stack([stratified_normal(len(members), rng) for _ in range(2)])
    return draws


def stratified_normal(count: int, rng: np.random.Generator) -> np.ndarray:
    """Standard normal draws, one from each of ``count`` equally likely strata, in random order.

    Returns
    -------
    np.ndarray [shape=(count,)]
        Their mean varies far less than that of independent draws.
    """
    levels = (rng.permutation(count) + rng.uniform(0.05, 0.95, count)) / count
    return np.array([NormalDist().inv_cdf(level) for level in levels])


def _draw_cues(emotions: np.ndarray, rng: np.random.Generator) -> list[Cues]:
    """Cues of every scene, each read off at its own blurred point of the emotion plane."""
    points = (emotions - NEUTRAL) / CENTRE_DISTANCE
    n_scenes = len(points)
    groups = (points > 0) @ (2, 1)
    astray = rng.permutation(n_scenes)[: n_scenes // _ONE_SCENE_IN]
    stray_cues = {scene: _STRAY_CUES[turn % len(_STRAY_CUES)] for turn, scene in enumerate(astray.tolist())}
    columns = {}
    for name, anchor in _ANCHORS.items():
        blur = anchor.noise * _stratified_pairs(groups, rng)
        sides = np.array([-1 if stray_cues.get(scene) == name else 1 for scene in range(n_scenes)])
        read_at = sides[:, None] * points + blur
        columns[name] = [anchor.at(*point) for point in read_at.tolist()]
    return [Cues(*values) for values in zip(*columns.values(), strict=True)]


def _lay_out(clip_id: str, moods: list, seed: tuple[int, ...], rng: np.random.Generator) -> ClipRecipe:
    """Place the scenes of a clip one after the other and cut them into shots."""
    bars_s = [BEATS_PER_BAR * 60 / cues.tempo_bpm for _, cues in moods]
    parts = list(zip(moods, _choose_bars(bars_s), strict=True))
    if rng.random() < 0.5:
        parts.reverse()
    scenes, start_s = [], 0.0
    for ((valence, arousal), cues), n_bars in parts:
        shots = _cut_into_shots(cues, n_bars, start_s, rng)
        scenes.append(Scene(valence, arousal, cues, start_s, n_bars, shots))
        start_s = scenes[-1].end_s
    return ClipRecipe(clip_id, tuple(scenes), seed)


def _choose_bars(bars_s: list[float]) -> tuple[int, ...]:
    """Whole bars for each scene: a clip of allowed length, the main (first) scene the longest part."""
    main = 1.0 if len(bars_s) == 1 else _MAIN_SHARE

    def cost(counts: tuple[int, ...]) -> tuple[float, float, float]:
        lengths = [count * bar for count, bar in zip(counts, bars_s, strict=True)]
        total = sum(lengths)
        share = lengths[0] / total
        outside = max(_CLIP_RANGE_S[0] - total, total - _CLIP_RANGE_S[1], 0.0)
        short = max(_LEAST_MAIN_SHARE - share, 0.0)
        return outside, short, abs(total / _CLIP_TARGET_S - 1) + abs(share - main)

    ranges = [range(1, int(_CLIP_RANGE_S[1] // bar) + 1) for bar in bars_s]
    return min(product(*ranges), key=cost)


def _cut_into_shots(cues: Cues, n_bars: int, start_s: float, rng: np.random.Generator) -> tuple[Shot, ...]:
    """Shots of about the length the cues ask for; a cut is always on a beat."""
    beat_s = 60 / cues.tempo_bpm
    n_beats = n_bars * BEATS_PER_BAR
    shortest = math.ceil(max(_LEAST_SHOT_S, cues.shot_s / 2) / beat_s)
    cuts = [0]
    while True:
        beat = cuts[-1] + max(shortest, round(cues.shot_s * rng.uniform(*_SHOT_RANGE) / beat_s))
        if n_beats - beat < shortest:
            break
        cuts.append(beat)
    edges = [start_s + cut * beat_s for cut in [*cuts, n_beats]]
    return tuple(Shot(start, end) for start, end in pairwise(edges))
