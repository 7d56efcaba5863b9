"""Colours of a shot: a palette in HSI by lightness and place.

Bright colours are bent below the intensity at which a screen would have to bleach them, so that a
bright scene keeps its colour.
"""

from dataclasses import dataclass

import numpy as np

LIGHT_LEVELS, DRIFT_LEVELS = 256, 32
#: The palette covers this many standard deviations of lightness on either side of the mean.
REACH = 2.6

#: How far the hue wanders across the screen, and with one standard deviation of lightness.
_HUE_DRIFT_DEG, _HUE_BY_LIGHT_DEG = 34.0, 6.0
#: Standard deviation of intensity as a share of the way to black, and of that to white.
_CONTRAST_DOWN, _CONTRAST_UP = 0.42, 0.6
#: Share of its saturation that the brightest colour keeps, and the least room for highlights.
_KEPT_SATURATION, _LEAST_ROOM = 0.6, 0.08
_INTENSITY_RANGE = (0.015, 0.97)


@dataclass(frozen=True)
class Palette:
    """Colours by level of lightness and drift across the screen.

    Attributes
    ----------
    colours : np.ndarray of uint8 [shape=(256 * 32, 3)]
        RGB at ``level * 32 + drift``.
    intensities : np.ndarray of float32 [shape=(256,)]
        Intensity of each level, in [0, 1].
    """

    colours: np.ndarray
    intensities: np.ndarray


def make_palette(hue_deg: float, saturation: float, intensity: float) -> Palette:
    """Colours around a mean one.

    Parameters
    ----------
    hue_deg : float
        Degrees.
    saturation, intensity : float
        In (0, 1).
    """
    light = np.linspace(-REACH, REACH, LIGHT_LEVELS)
    drift = np.linspace(-0.5, 0.5, DRIFT_LEVELS)
    hue = hue_deg + _HUE_DRIFT_DEG * drift[None, :] + _HUE_BY_LIGHT_DEG * light[:, None]
    brightest = 1 / (1 + _KEPT_SATURATION * saturation * _strongest_part(np.array([hue_deg]))[0])
    room = max(brightest - intensity, _LEAST_ROOM)
    change = min(_CONTRAST_DOWN * intensity, _CONTRAST_UP * room + _LEAST_ROOM) * light
    bent = np.where(change > 0, room * np.tanh(change / room), change)
    intensities = np.clip(intensity + bent, *_INTENSITY_RANGE)
    rgb = hsi_to_rgb(hue, np.full(hue.shape, saturation), np.broadcast_to(intensities[:, None], hue.shape))
    return Palette(np.rint(255 * rgb).astype(np.uint8).reshape(-1, 3), intensities.astype(np.float32))


def hsi_to_rgb(hue_deg: np.ndarray, saturation: np.ndarray, intensity: np.ndarray) -> np.ndarray:
    """Textbook HSI to RGB; a colour no screen can show gives up saturation, not hue or intensity.

    Within each third of the circle, counted from its primary at angle 0, the primary is
    ``I (1 + S cos H / cos(60° - H))``, the one opposite the third ``I (1 - S)``; the three sum to 3 I.

    Parameters
    ----------
    hue_deg : np.ndarray
        Degrees.
    saturation, intensity : np.ndarray [shape like hue_deg]
        In [0, 1]; intensity above 0.

    Returns
    -------
    np.ndarray [shape=(..., 3)]
        In [0, 1].
    """
    hue = hue_deg % 360
    saturation = np.minimum(saturation, (1 / intensity - 1) / _strongest_part(hue))
    primary = _primary_part(hue)
    parts = [1 + saturation * primary, 1 + saturation * (1 - primary), 1 - saturation]
    values = intensity[..., None] * np.stack(parts, axis=-1)
    third = (hue // 120).astype(int)
    channel = (np.arange(3) - third[..., None]) % 3
    return np.take_along_axis(values, channel, axis=-1).clip(0, 1)


def _primary_part(hue_deg: np.ndarray) -> np.ndarray:
    """``cos H / cos(60° - H)`` within the third of the circle; from 2 down to -1."""
    angle = np.radians(hue_deg % 120)
    return np.cos(angle) / np.cos(np.pi / 3 - angle)


def _strongest_part(hue_deg: np.ndarray) -> np.ndarray:
    """How much the strongest channel rises above the intensity at full saturation; 0.5 to 2."""
    primary = _primary_part(hue_deg)
    return np.maximum(primary, 1 - primary)
