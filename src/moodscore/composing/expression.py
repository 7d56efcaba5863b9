"""The hand that plays: from parts in beats to notes in seconds, uneven as people are.

Velocity follows the loudness that is wanted, the accents of the bar and an arch over the phrase; onsets
scatter by some milliseconds, the melody most, the drums least, and the first beat of a scene hardly at all.
"""

import numpy as np
import pandas as pd

from moodscore.composing.brief import CompositionBrief
from moodscore.composing.form import Form
from moodscore.composing.moods import Mood
from moodscore.composing.texture import Part

#: Standard deviation of onsets (s) by role.
_SCATTER_S = {
    "lead": 0.010,
    "chords": 0.008,
    "figure": 0.007,
    "inner": 0.008,
    "bass": 0.005,
    "percussion": 0.003,
}
_MOST_SCATTER_S = 0.018
#: The melody comes a little after the beat.
_LEAD_DELAY_S = 0.004
#: A downbeat is played together to this part of the scatter.
_DOWNBEAT_SCATTER = 0.4
#: How the velocity follows scaled loudness, and the share an arch adds in the middle of a phrase.
_SOFTEST, _BY_LOUDNESS, _ARCH, _VELOCITY_SD = 0.5, 0.72, 0.3, 0.05
_LOUDNESS_SMOOTHING_S = 3.0
#: The last chord of a plucked or struck instrument is broken upwards (s from tone to tone).
_BROKEN_S = 0.07

NOTE_COLUMNS = (
    "instrument",
    "role",
    "start_s",
    "duration_s",
    "pitch",
    "velocity",
    "bar",
    "beat",
    "brightness",
    "loudness",
)


def dynamics(loudness: np.ndarray) -> np.ndarray:
    """The factor of velocity at a scaled loudness."""
    return _SOFTEST + _BY_LOUDNESS * loudness


def perform(
    parts: list[list[Part]],
    form: Form,
    brief: CompositionBrief,
    moods: list[Mood],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Play what is written.

    Parameters
    ----------
    parts : list of list of Part
        What each bar has, in beats from its start.
    form : Form
        Bars and the time of beats.
    brief : CompositionBrief
        Loudness, and the length of the film.
    moods : list of Mood
        Of each scene.
    rng : np.random.Generator
        Scatters.

    Returns
    -------
    pd.DataFrame
        One row a note in order of time: ``instrument, role, start_s, duration_s, pitch`` (MIDI number),
        ``velocity`` (0..1), ``bar``, ``beat`` (as written, counted through the film), ``brightness``
        (0..1), ``loudness`` (scaled, wanted). No note is shorter than 30 ms or sounds past the end.
    """
    bar_of = np.repeat(np.arange(len(parts)), [len(row) for row in parts])
    flat = [part for row in parts for part in row]
    instruments, roles, starts, lengths, pitches, velocities = zip(*flat, strict=True)
    bars = form.bars
    role = np.array(roles)
    place = np.array(starts, dtype=float)
    start_beat = np.array([bar.start_beat for bar in bars])[bar_of] + place
    end_beat = start_beat + np.array(lengths, dtype=float)
    start_s, end_s = form.time_of(start_beat), form.time_of(end_beat)

    scene = np.array([bar.scene for bar in bars])[bar_of]
    opens = np.array([bar.phrase == 0 and bar.place == 0 for bar in bars])[bar_of] & (place == 0)
    is_last = np.array([bar.is_last for bar in bars])[bar_of]
    calm = np.array([1.15 - 0.4 * mood.arousal for mood in moods])[scene]
    scatter = np.array([_SCATTER_S[name] for name in roles]) * calm
    scatter = np.where(place == 0, _DOWNBEAT_SCATTER * scatter, scatter)
    late = rng.normal(size=len(flat)) * scatter + _LEAD_DELAY_S * (role == "lead")
    late = np.clip(late, -_MOST_SCATTER_S, _MOST_SCATTER_S)
    late = np.where(opens, np.abs(late) * 0.5, late)
    broken = is_last & (role == "figure")
    rank = pd.Series(pitches).groupby([bar_of, role]).rank(method="first").to_numpy() - 1
    late = np.where(broken, _BROKEN_S * rank, late)
    start_s = np.clip(start_s + late, 0, None)

    end_s = np.where(is_last & (end_beat >= form.knots_beat[-1] - 1e-6), brief.duration_s, end_s)
    start_s = np.minimum(start_s, max(brief.duration_s - 0.05, 0.0))
    duration = np.maximum(np.minimum(end_s, brief.duration_s) - start_s, 0.03)
    duration = np.minimum(duration, brief.duration_s - start_s)

    loudness = np.clip(brief.target("loudness", start_s, smooth_s=_LOUDNESS_SMOOTHING_S), 0, 1)
    phrase_place = np.array([(bar.place + 0.5) / bar.phrase_bars for bar in bars])[bar_of]
    arch = 1 - _ARCH / 2 + _ARCH * np.sin(np.pi * np.minimum(phrase_place * 1.15, 1))
    touch = np.clip(1 + _VELOCITY_SD * rng.normal(size=len(flat)), 0.85, 1.15)
    velocity = np.array(velocities) * dynamics(loudness) * arch * touch
    bright = np.array([mood.brightness for mood in moods])[scene]
    table = pd.DataFrame(
        {
            "instrument": instruments,
            "role": roles,
            "start_s": start_s,
            "duration_s": duration,
            "pitch": np.array(pitches, dtype=int),
            "velocity": np.clip(velocity, 0.05, 1.0),
            "bar": bar_of,
            "beat": start_beat,
            "brightness": np.clip(0.6 * bright + 0.4 * loudness, 0, 1),
            "loudness": loudness,
        }
    )
    return table.sort_values(["start_s", "role", "pitch"], kind="stable", ignore_index=True)
