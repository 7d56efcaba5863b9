"""Moving patterns: what a shot shows, without its colours and its speed.

A pattern says how light each place is at a *phase*; phase is what time becomes once the speed is
known. Height runs from -1 to 1 and width in the same unit; the lightness has no fixed range.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Lightness at places x, y and a phase.
Pattern = Callable[[np.ndarray, np.ndarray, float], np.ndarray]

ASPECT = 16 / 9
#: Phases of waves are drawn from a whole turn.
_TURN = 2 * np.pi


def _step(x: np.ndarray, softness: float) -> np.ndarray:
    """A smooth step from 0 to 1 around zero, ``softness`` wide."""
    t = (x * np.float32(1 / softness) + np.float32(0.5)).clip(0, 1)
    return t * t * (3 - 2 * t)


def _hills(rng: np.random.Generator) -> Pattern:
    """Ranges of hills one behind the other, the near ones passing faster."""
    layers = [
        (level, rng.uniform(0.8, 1.6), rng.uniform(0, _TURN), rng.uniform(2.2, 3.6), rng.uniform(0, _TURN))
        for level in np.linspace(-0.75, 0.75, 6)
    ]
    way = rng.choice([-1, 1])

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        light = -0.12 * y
        along = x[:1]
        for near, (level, k1, p1, k2, p2) in enumerate(layers, start=1):
            moved = along + way * phase * (0.25 * near)
            ridge = level + 0.2 * np.sin(k1 * moved + p1) + 0.09 * np.sin(k2 * moved + p2)
            light = light - 0.25 * _step(y - ridge, 0.03)
        return light

    return field


def _orbs(rng: np.random.Generator) -> Pattern:
    """Soft discs that drift through each other."""
    discs = [
        (rng.uniform(0.12, 0.5), *rng.uniform(0, _TURN, 2), *rng.uniform(0.5, 1.1, 2), rng.uniform(0.4, 1))
        for _ in range(11)
    ]

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        light = -0.3 * y
        for radius, px, py, wx, wy, glow in discs:
            cx, cy = 1.6 * np.sin(wx * phase + px), 0.9 * np.sin(wy * phase + py)
            distance = np.hypot(x - np.float32(cx), y - np.float32(cy))
            light = light + np.float32(glow) * _step(radius - distance, 0.12)
        return light

    return field


def _rays(rng: np.random.Generator) -> Pattern:
    """Beams that turn about a point."""
    cx, cy = rng.uniform(-0.8, 0.8), rng.uniform(-0.5, 0.5)
    beams, way = int(rng.integers(5, 10)), rng.choice([-1, 1])

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        dx, dy = x - np.float32(cx), y - np.float32(cy)
        angle, distance = np.arctan2(dy, dx), np.hypot(dx, dy)
        wave = np.sin(beams * angle + np.float32(way * beams * phase * 0.4) + 0.5 * distance)
        return _step(wave, 0.5) * (distance / (0.25 + distance)) - 0.25 * distance

    return field


def _ripples(rng: np.random.Generator) -> Pattern:
    """Rings that run out from two points."""
    centres = rng.uniform(-1, 1, (2, 2)) * (1.3, 0.7)
    number = rng.uniform(6, 10)

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        light = -0.2 * y
        for cx, cy in centres.tolist():
            distance = np.hypot(x - np.float32(cx), y - np.float32(cy))
            light = light + 0.5 * np.sin(np.float32(number) * distance - np.float32(3 * phase)) / (
                0.6 + distance
            )
        return light

    return field


def _veils(rng: np.random.Generator) -> Pattern:
    """Curtains of light that wave like an aurora."""
    p = rng.uniform(0, _TURN, 4)
    k = rng.uniform(1.5, 2.6)

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        bend = 0.5 * np.sin(1.3 * y + np.float32(p[0] + 0.6 * phase)) + 0.25 * np.sin(
            2.9 * y + np.float32(p[1] - 0.9 * phase)
        )
        across = x + bend
        light = np.sin(k * across + np.float32(p[2] + phase)) + 0.6 * np.sin(
            2.3 * k * across + np.float32(p[3] - 1.4 * phase)
        )
        return light * (0.65 - 0.35 * y)

    return field


def _clouds(rng: np.random.Generator) -> Pattern:
    """Slow billows: waves bent by waves."""
    p = rng.uniform(0, _TURN, 5)

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        u = x + 0.5 * np.sin(1.7 * y + np.float32(p[0] + 0.7 * phase))
        v = y + 0.5 * np.sin(1.4 * x + np.float32(p[1] - 0.6 * phase))
        return (
            np.sin(1.9 * u + np.float32(p[2] + 0.5 * phase))
            + np.sin(2.6 * v + np.float32(p[3]))
            + 0.6 * np.sin(3.1 * (u + v) + np.float32(p[4] - phase))
        )

    return field


def _chevrons(rng: np.random.Generator) -> Pattern:
    """Arrowheads that march across."""
    way, number, slope = rng.choice([-1, 1]), rng.uniform(2.6, 4.4), rng.uniform(0.5, 1.1)

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        along = x + way * slope * np.abs(y)
        wave = np.sin(number * along + np.float32(way * phase * 2))
        return _step(wave, 0.35) + 0.3 * np.sin(0.5 * along - np.float32(phase * 0.3)) - 0.15 * np.abs(y)

    return field


def _tiles(rng: np.random.Generator) -> Pattern:
    """A mosaic over which waves of light run."""
    size = rng.uniform(0.2, 0.34)
    turn = rng.uniform(-0.5, 0.5)
    kx, ky, p = *rng.uniform(1.2, 2.4, 2), rng.uniform(0, _TURN)

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        u = np.float32(np.cos(turn)) * x - np.float32(np.sin(turn)) * y
        v = np.float32(np.sin(turn)) * x + np.float32(np.cos(turn)) * y
        column, row = np.floor(u / size), np.floor(v / size)
        edge = np.minimum(_grout(u / size - column), _grout(v / size - row))
        wave = np.sin(kx * size * column + np.float32(p + 1.6 * phase)) + np.sin(
            ky * size * row - np.float32(1.1 * phase) + 0.6 * size * column
        )
        return 0.5 * wave * edge - 0.5 * (1 - edge)

    return field


def _grout(part: np.ndarray) -> np.ndarray:
    """1 inside a tile, 0 at its edge."""
    return _step(np.minimum(part, 1 - part) - 0.06, 0.08)


def _bars(rng: np.random.Generator) -> Pattern:
    """Columns that rise and fall like the bars of an equaliser."""
    number = int(rng.integers(11, 18))
    p, w = rng.uniform(0, _TURN, (2, number)), rng.uniform(0.7, 1.5, (2, number))

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        place = (x / (2 * ASPECT) + 0.5) * number
        column = place.astype(np.int32).clip(0, number - 1)
        heights = 0.45 * np.sin(w[0] * phase + p[0]) + 0.35 * np.sin(1.9 * w[1] * phase + p[1])
        height = heights.astype(np.float32)[column]
        inside = _step(np.minimum(place - column, column + 1 - place) - 0.1, 0.08)
        return inside * _step(y - height, 0.04) * (0.5 + 0.5 * (1 - y)) - 0.2 * y

    return field


def _petals(rng: np.random.Generator) -> Pattern:
    """Flowers one inside the other, turning against each other."""
    leaves = int(rng.integers(3, 7))
    p = rng.uniform(0, _TURN)

    def field(x: np.ndarray, y: np.ndarray, phase: float) -> np.ndarray:
        angle, distance = np.arctan2(y, x), np.hypot(x, y)
        light = -0.3 * distance
        for ring, way in ((0.35, 1), (0.75, -1), (1.15, 1), (1.6, -1)):
            edge = ring * (1 + 0.28 * np.sin(leaves * angle + np.float32(p + way * 1.5 * phase)))
            light = light + _step(edge - distance, 0.06)
        return light

    return field


@dataclass(frozen=True)
class Style:
    """A kind of pattern and the activity it fits best."""

    make: Callable[[np.random.Generator], Pattern]
    activity: float

    def fit(self, activity: float) -> float:
        """How readily it is chosen: round and soft when calm, angular when lively."""
        return float(np.exp(-(((activity - self.activity) / 0.45) ** 2)) + 0.05)


STYLES = {
    "hills": Style(_hills, 0.2),
    "orbs": Style(_orbs, 0.3),
    "clouds": Style(_clouds, 0.1),
    "veils": Style(_veils, 0.2),
    "ripples": Style(_ripples, 0.4),
    "petals": Style(_petals, 0.6),
    "rays": Style(_rays, 0.8),
    "chevrons": Style(_chevrons, 0.9),
    "tiles": Style(_tiles, 0.8),
    "bars": Style(_bars, 0.9),
}
