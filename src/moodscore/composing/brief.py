"""What a composer is told: the scenes, the targets second by second, the cuts and the length."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd

from moodscore.errors import MoodscoreError

#: Columns of the targets: scaled features of the networks, emotion on the raters' scale.
FEATURES = ("tempo", "loudness", "rhythm")
EMOTION = ("valence", "arousal")
#: What scaled tempo 0 and 1 mean where nobody says otherwise, and the tempi that can be played (bpm).
TEMPO_RANGE_BPM = (60.0, 160.0)
PLAYABLE_BPM = (48.0, 176.0)
#: A cut whose total variation is at least this strong should fall on a beat.
STRONG_CUT = 0.5

_TOLERANCE_S = 1e-3


class SceneLike(Protocol):
    """A span of the film in one mood; `FilmScene` is one."""

    start_s: float
    end_s: float
    valence: float
    arousal: float
    quadrant: str
    is_neutral: bool


@dataclass(frozen=True)
class FilmScene:
    """A span of the film in one mood.

    Attributes
    ----------
    start_s, end_s : float
        Seconds from the first picture; scenes tile the film.
    valence, arousal : float
        1..9, 5 = neutral.
    quadrant : str
        One of the four.
    is_neutral : bool
        Whether the mood is close to (5, 5).
    """

    start_s: float
    end_s: float
    valence: float
    arousal: float
    quadrant: str
    is_neutral: bool = False


def _no_cuts() -> pd.DataFrame:
    return pd.DataFrame({"cut_s": np.empty(0), "cut_strength": np.empty(0)})


@dataclass(frozen=True)
class CompositionBrief:
    """What music is wanted.

    Attributes
    ----------
    scenes : sequence of FilmScene (or alike)
        They tile the film in order of time.
    targets : pd.DataFrame
        One row a segment: ``tempo, loudness, rhythm`` in [0, 1], ``valence, arousal`` in 1..9.
    n_samples, sample_rate : int
        Length of the track.
    cuts : pd.DataFrame
        ``cut_s, cut_strength``; rows without a number are no cuts.
    tempo_range_bpm : tuple of float
        What scaled tempo 0 and 1 mean, in beats a minute.
    segment_s : float
        Seconds a row of `targets` lasts.

    Raises
    ------
    MoodscoreError
        If there is no scene or target, scenes do not tile the film, or a number is not finite.
    """

    scenes: Sequence[SceneLike]
    targets: pd.DataFrame
    n_samples: int
    sample_rate: int = 44100
    cuts: pd.DataFrame = field(default_factory=_no_cuts)
    tempo_range_bpm: tuple[float, float] = TEMPO_RANGE_BPM
    segment_s: float = 1.0

    def __post_init__(self):
        if self.n_samples < 1 or self.sample_rate < 1 or self.segment_s <= 0:
            raise MoodscoreError("composing: the film has no length; give one that lasts at least a sample")
        missing = [name for name in (*FEATURES, *EMOTION) if name not in self.targets]
        if missing or not len(self.targets):
            lacking = f"columns {', '.join(missing)}" if missing else "any row"
            raise MoodscoreError(f"composing: the targets lack {lacking}; predict the features again")
        if not np.isfinite(self.targets[[*FEATURES, *EMOTION]].to_numpy(dtype=float)).all():
            raise MoodscoreError("composing: a target is no finite number; predict the features again")
        low, high = self.tempo_range_bpm
        if not 0 < low <= high < np.inf:
            raise MoodscoreError("composing: tempo_range_bpm must be two positive numbers, the lower first")
        self._check_scenes()

    def _check_scenes(self) -> None:
        if not self.scenes:
            raise MoodscoreError("composing: there is no scene to write for; give at least one")
        edges = [0.0, *(scene.end_s for scene in self.scenes)]
        gaps = [abs(scene.start_s - edge) for scene, edge in zip(self.scenes, edges, strict=False)]
        spans = np.array([scene.end_s - scene.start_s for scene in self.scenes])
        moods = np.array([[scene.valence, scene.arousal] for scene in self.scenes], dtype=float)
        if not (max(gaps) <= _TOLERANCE_S and (spans > 0).all() and np.isfinite(moods).all()):
            raise MoodscoreError("composing: scenes must follow one another from 0 on, each with a mood")

    @property
    def duration_s(self) -> float:
        """Length of the film in seconds."""
        return self.n_samples / self.sample_rate

    def edges_s(self) -> np.ndarray:
        """Where scenes begin, and the end of the film. [shape=(n_scenes + 1,)].

        A scene that begins after the last sample, by rounding, is not among them.
        """
        starts = [scene.start_s for scene in self.scenes if scene.start_s < self.duration_s - _TOLERANCE_S]
        return np.array([0.0, *starts[1:], self.duration_s])

    def target(self, name: str, times_s: np.ndarray, *, smooth_s: float = 0.0) -> np.ndarray:
        """A target at moments, interpolated between the middles of segments.

        Parameters
        ----------
        name : str
            A column of `targets`.
        times_s : np.ndarray
            Seconds.
        smooth_s : float
            Width (s) of the moving average that is taken first.
        """
        values = self.targets[name].to_numpy(dtype=float)
        width = min(round(smooth_s / self.segment_s), len(values))
        if width > 1:
            sums = np.concatenate([[0.0], np.cumsum(values)])
            first = np.clip(np.arange(len(values)) - width // 2, 0, None)
            last = np.minimum(np.arange(len(values)) - width // 2 + width, len(values))
            values = (sums[last] - sums[first]) / (last - first)
        middles = (np.arange(len(values)) + 0.5) * self.segment_s
        return np.interp(times_s, middles, values)

    def tempo_bpm(self, times_s: np.ndarray, *, smooth_s: float = 0.0) -> np.ndarray:
        """The predicted tempo at moments, within what can be played (bpm)."""
        low, high = self.tempo_range_bpm
        scaled = np.clip(self.target("tempo", times_s, smooth_s=smooth_s), 0, 1)
        return np.clip(low + scaled * (high - low), *PLAYABLE_BPM)

    def scene_cuts(self, start_s: float, end_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Moments and strengths of the cuts inside a span, ascending."""
        moments = self.cuts["cut_s"].to_numpy(dtype=float)
        strengths = self.cuts["cut_strength"].to_numpy(dtype=float)
        known = np.isfinite(moments) & (strengths > 0) & (moments > start_s) & (moments < end_s)
        order = np.argsort(moments[known], kind="stable")
        return moments[known][order], strengths[known][order]
