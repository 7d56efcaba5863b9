"""A composition: notes and bars as tables, as MIDI, and as sound that is read by slice."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from moodscore.composing.brief import CompositionBrief
from moodscore.composing.form import Form
from moodscore.composing.midi import midi_file
from moodscore.errors import MoodscoreError
from moodscore.samples import SampleSource

#: Stems and the roles whose notes they have.
STEMS = {
    "melody": ("lead",),
    "harmony": ("chords", "inner"),
    "figures": ("figure",),
    "bass": ("bass",),
    "percussion": ("percussion",),
}


@dataclass(frozen=True)
class Composition:
    """Music for a film.

    Attributes
    ----------
    notes : pd.DataFrame
        One row a note in order of time: ``instrument, role, start_s, duration_s, pitch, velocity, bar,
        beat, brightness, loudness``.
    bars : pd.DataFrame
        One row a bar: ``bar, scene, start_s, end_s, chord, key, tonic, mode, tempo_bpm, predicted_bpm,
        metre, n_beats, phrase, mood, instruments``. Bars tile the film.
    form : Form
        The bars and the time of every beat.
    brief : CompositionBrief
        What was asked for.
    """

    notes: pd.DataFrame
    bars: pd.DataFrame
    form: Form
    brief: CompositionBrief

    @property
    def beats_s(self) -> np.ndarray:
        """When beats are, seconds from the first picture."""
        return self.form.beats_s

    @property
    def stems(self) -> tuple[str, ...]:
        """Names of the stems that have notes; their sum is the whole track."""
        roles = set(self.notes["role"])
        return tuple(stem for stem, members in STEMS.items() if roles & set(members))

    def midi(self) -> bytes:
        """A standard MIDI file of type 1: one track an instrument, programs, tempo map, metres."""
        return midi_file(self.notes, self.bars, self.form)

    def track(self, stem: str | None = None, *, soundfont: str | Path | None = None) -> SampleSource:
        """The sound, rendered as it is read; not mastered.

        Parameters
        ----------
        stem : str, optional
            One of `stems` alone; the whole by default.
        soundfont : path, optional
            A General MIDI soundfont to play it with; the built-in synthesis by default.

        Returns
        -------
        SampleSource
            Stereo, as long as the film; any slice is the same however it is read.

        Raises
        ------
        MoodscoreError
            If there is no such stem, or the soundfont cannot be used.
        """
        if stem is not None and stem not in STEMS:
            raise MoodscoreError(f"stem {stem!r}: there are {', '.join(STEMS)}")
        roles: Sequence[str] | None = None if stem is None else STEMS[stem]
        if soundfont is not None:
            from moodscore.composing.soundfont import SoundfontTrack

            return SoundfontTrack(self, soundfont, roles=roles)
        from moodscore.composing.synthesis import SynthesisedTrack

        return SynthesisedTrack(
            self.notes, self.bars, self.brief.n_samples, self.brief.sample_rate, roles=roles
        )
