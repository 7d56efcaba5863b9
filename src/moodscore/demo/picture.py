"""The pictures: every shot is a moving pattern in the colours of its scene.

So that colour and motion are cues of their own, every shot is measured before it is drawn: its
lightness is brought to the scene's mean intensity, and its speed is solved for the scene's motion, so
that a fine pattern and a coarse one, a dark and a bright one move as much as the mood asks.

Luminance changes by the movement of shapes and at cuts only; there is no flashing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from moodscore.demo.palette import DRIFT_LEVELS, LIGHT_LEVELS, REACH, Palette, make_palette
from moodscore.demo.patterns import ASPECT, STYLES, Pattern
from moodscore.demo.recipe import FRAMES_PER_S, ClipRecipe, Cues, Scene

WIDTH, HEIGHT = 320, 180

_VIGNETTE = 0.5
#: What a shot may differ from its scene by (standard deviations): degrees, saturation, intensity,
#: logarithm of the motion.
_SHOT_HUE_SD, _SHOT_SATURATION_SD, _SHOT_INTENSITY_SD, _SHOT_MOTION_SD = 14.0, 0.06, 0.06, 0.1
_SATURATION_RANGE, _INTENSITY_RANGE = (0.08, 0.95), (0.14, 0.78)
_LEAST_MOTION = 0.004
#: How much the phase hurries on the beat; below 1 it never turns back.
_BEAT_SURGE = 0.35

#: Motion is the mean absolute difference of intensity over this time.
_MOTION_STEP_S = 1 / 7
_PROBE_STRIDE = 4
_PROBE_PHASES = (0.0, 0.9, 1.7, 2.6)
#: Phase per second that is tried for the wanted motion.
_SPEEDS = np.geomspace(0.04, 6.0, 22)


class _Canvas:
    """Places of the pixels (or of every ``stride``-th) and what hangs on the place alone."""

    def __init__(self, stride: int = 1):
        across = ((np.arange(0, WIDTH, stride) + 0.5) / WIDTH * 2 - 1) * ASPECT
        down = (np.arange(0, HEIGHT, stride) + 0.5) / HEIGHT * 2 - 1
        self.x, self.y = np.meshgrid(across.astype(np.float32), down.astype(np.float32))
        self.vignette = _VIGNETTE / 2 * ((self.x / ASPECT) ** 2 + self.y**2)

    def light(self, pattern: Pattern, phase: float) -> np.ndarray:
        """Lightness of a pattern, darker towards the corners. [shape=(h, w)]."""
        return pattern(self.x, self.y, phase) - self.vignette

    def drift(self, angle: float) -> np.ndarray:
        """Column of the palette that each place takes: a slant across the screen. [shape=(h, w)]."""
        along = np.cos(angle) * self.x / ASPECT + np.sin(angle) * self.y
        return ((along / np.sqrt(8) + 0.5).clip(0, 0.999) * DRIFT_LEVELS).astype(np.int32)


@dataclass(frozen=True)
class _Look:
    """How a shot is drawn: its pattern with mean and spread of the lightness, its colours, its speed."""

    pattern: Pattern
    mean: float
    spread: float
    palette: Palette
    speed: float

    def levels(self, canvas: _Canvas, phase: float) -> np.ndarray:
        """Row of the palette that each place takes. [shape=(h, w)]."""
        scale = 1 / (2 * REACH * self.spread)
        light = (canvas.light(self.pattern, phase) - self.mean) * scale + 0.5
        return (light.clip(0, 0.999) * LIGHT_LEVELS).astype(np.int32)


def render_frames(recipe: ClipRecipe) -> Iterator[np.ndarray]:
    """Draw a clip.

    Yields
    ------
    np.ndarray of uint8 [shape=(180, 320, 3)]
        RGB, 15 pictures a second, ``recipe.n_frames`` of them.
    """
    rng = np.random.default_rng([*recipe.seed, 4])
    canvas, probe = _Canvas(), _Canvas(_PROBE_STRIDE)
    shots = [(scene, shot) for scene in recipe.scenes for shot in scene.shots]
    style, first = "", 0
    for scene, shot in shots:
        style = _choose_style(scene.cues, style, rng)
        look = _design(STYLES[style].make(rng), scene.cues, probe, rng)
        drift = canvas.drift(rng.uniform(0, 2 * np.pi))
        end = round(shot.end_s * FRAMES_PER_S)
        for frame in range(first, end):
            phase = _phase(frame / FRAMES_PER_S - shot.start_s, look.speed, scene)
            yield look.palette.colours[look.levels(canvas, phase) * DRIFT_LEVELS + drift]
        first = end


def _phase(time_s: float, speed: float, scene: Scene) -> float:
    """Phase of a shot; it hurries on every beat and never turns back."""
    beat = 2 * np.pi / scene.beat_s
    return speed * (time_s + _BEAT_SURGE / beat * np.sin(beat * time_s))


def _choose_style(cues: Cues, last: str, rng: np.random.Generator) -> str:
    """A style other than the last shot's: rather round when calm, rather angular when lively."""
    others = [name for name in STYLES if name != last]
    fit = np.array([STYLES[name].fit(cues.activity) for name in others])
    return str(rng.choice(others, p=fit / fit.sum()))


def _design(pattern: Pattern, cues: Cues, probe: _Canvas, rng: np.random.Generator) -> _Look:
    """Colours and speed of a shot, near those the scene asks for."""
    hue, saturation, intensity, motion = rng.standard_normal(4)
    palette = make_palette(
        cues.hue + _SHOT_HUE_SD * hue,
        np.clip(cues.saturation + _SHOT_SATURATION_SD * saturation, *_SATURATION_RANGE),
        np.clip(cues.intensity + _SHOT_INTENSITY_SD * intensity, *_INTENSITY_RANGE),
    )
    samples = np.stack([probe.light(pattern, phase) for phase in _PROBE_PHASES])
    still = _Look(pattern, float(samples.mean()), float(samples.std()), palette, 0.0)
    wanted = max(cues.motion, _LEAST_MOTION) * np.exp(_SHOT_MOTION_SD * motion)
    speed = _speed_for(wanted, lambda phase: palette.intensities[still.levels(probe, phase)])
    return _Look(pattern, still.mean, still.spread, palette, speed)


def _speed_for(wanted: float, intensity: Callable[[float], np.ndarray]) -> float:
    """The lowest speed at which pictures a seventh of a second apart differ by ``wanted``."""
    start = {phase: intensity(phase) for phase in _PROBE_PHASES}
    slower, before = 0.0, 0.0
    for speed in _SPEEDS.tolist():
        step = speed * _MOTION_STEP_S
        now = np.median([np.abs(intensity(phase + step) - start[phase]).mean() for phase in start])
        if now >= wanted:
            return float(slower + (speed - slower) * (wanted - before) / (now - before))
        slower, before = speed, now
    return slower
