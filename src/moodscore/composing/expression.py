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
    columns = ("instrument", "role", "place", "length", "pitch", "velocity")
    table = pd.DataFrame(flat).set_axis(columns, axis=1).assign(bar=bar_of)
    bars = form.bars
    table["beat"] = np.array([bar.start_beat for bar in bars])[bar_of] + table["place"]
    scene = np.array([bar.scene for bar in bars])[bar_of]
    calm = np.array([1.15 - 0.4 * mood.arousal for mood in moods])[scene]
    late = _lateness(table, form, calm, rng)

    end_beat = (table["beat"] + table["length"]).to_numpy()
    start_s = np.clip(form.time_of(table["beat"]) + late, 0, max(brief.duration_s - 0.05, 0.0))
    end_s = np.where(end_beat >= form.knots_beat[-1] - 1e-6, brief.duration_s, form.time_of(end_beat))
    duration = np.maximum(np.minimum(end_s, brief.duration_s) - start_s, 0.03)
    table["start_s"], table["duration_s"] = start_s, np.minimum(duration, brief.duration_s - start_s)

    loudness = np.clip(brief.target("loudness", start_s, smooth_s=_LOUDNESS_SMOOTHING_S), 0, 1)
    phrase_place = np.array([(bar.place + 0.5) / bar.phrase_bars for bar in bars])[bar_of]
    arch = 1 - _ARCH / 2 + _ARCH * np.sin(np.pi * np.minimum(phrase_place * 1.15, 1))
    touch = np.clip(1 + _VELOCITY_SD * rng.normal(size=len(flat)), 0.85, 1.15)
    table["velocity"] = np.clip(table["velocity"] * dynamics(loudness) * arch * touch, 0.05, 1.0)
    bright = np.array([mood.brightness for mood in moods])[scene]
    table["brightness"], table["loudness"] = np.clip(0.6 * bright + 0.4 * loudness, 0, 1), loudness
    order = table.sort_values(["start_s", "role", "pitch"], kind="stable", ignore_index=True)
    return order[list(NOTE_COLUMNS)]


def _lateness(table: pd.DataFrame, form: Form, calm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """By how much each note is late (s; negative: early), scattered more where it is calm. [shape=(n,)]."""
    bar, role = table["bar"].to_numpy(), table["role"]
    on_downbeat = table["place"].to_numpy() == 0
    scatter = role.map(_SCATTER_S).to_numpy() * calm * np.where(on_downbeat, _DOWNBEAT_SCATTER, 1.0)
    late = rng.normal(size=len(table)) * scatter + _LEAD_DELAY_S * (role == "lead").to_numpy()
    late = np.clip(late, -_MOST_SCATTER_S, _MOST_SCATTER_S)
    opens = np.array([b.phrase == 0 and b.place == 0 for b in form.bars])[bar] & on_downbeat
    late = np.where(opens, 0.5 * np.abs(late), late)  # together, and never before the cut
    broken = np.array([b.is_last for b in form.bars])[bar] & (role == "figure").to_numpy()
    rank = table.groupby(["bar", "role"])["pitch"].rank(method="first").to_numpy() - 1
    return np.where(broken, _BROKEN_S * rank, late)
