"""The one thing between a choice of music and its sound: cue sheet, sources and length."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from moodscore.composing import Composition
from moodscore.music.composed import restored
from moodscore.music.render import N_OUTPUT_CHANNELS, RenderedTrack
from moodscore.samples import ArraySource, SampleSource

#: Systems whose tracks are snippets in hard cuts, as published.
_CHAINED = frozenset({"random", "mean", "previous", "paper", "oracle"})


@dataclass(frozen=True)
class Arrangement:
    """What is played to a clip: whoever has it can render, master, measure or show the track.

    Attributes
    ----------
    clip_id : str
        The clip.
    system : str
        One of `moodscore.music.SYSTEMS`.
    cues : pd.DataFrame or None
        The cue sheet; None for silence.
    sources : Mapping of str to SampleSource
        The sound of each ``source_clip`` in it.
    n_samples, sample_rate : int
        Length of the track in samples, samples a second.
    notes : pd.DataFrame or None
        Of composed music, which has no other source.
    soundfont : str
        What plays them; empty for the built-in synthesis.
    """

    clip_id: str
    system: str
    cues: pd.DataFrame | None
    sources: Mapping[str, SampleSource]
    n_samples: int
    sample_rate: int
    notes: pd.DataFrame | None = None
    soundfont: str = ""

    @classmethod
    def of(
        cls,
        clip_id: str,
        system: str,
        cues: pd.DataFrame | None,
        sources: Mapping[str, SampleSource],
        *,
        n_samples: int,
        sample_rate: int,
    ) -> "Arrangement":
        """Of all sources keep those that the cue sheet takes, so that it is light to send to a worker."""
        used = [] if cues is None else cues["source_clip"].unique()
        return cls(clip_id, system, cues, {name: sources[name] for name in used}, n_samples, sample_rate)

    def rendered(self, *, levelled: bool = False) -> SampleSource:
        """The track, rendered as it is read; at the level of its sources, or with a peak as published.

        Parameters
        ----------
        levelled : bool
            See `moodscore.music.render.RenderedTrack`. What is mastered afterwards needs no level here.
        """
        if self.notes is not None:
            return self.composition.track(soundfont=self.soundfont or None)
        if self.cues is None:
            return ArraySource(np.zeros((self.n_samples, N_OUTPUT_CHANNELS), np.float32), self.sample_rate)
        return RenderedTrack(
            self.cues,
            self.sources,
            n_samples=self.n_samples,
            sample_rate=self.sample_rate,
            plain=self.system in _CHAINED,
            levelled=levelled,
        )

    @property
    def composition(self) -> Composition:
        """The composition that the notes and the cue sheet are of."""
        return restored(self.cues, self.notes, n_samples=self.n_samples, sample_rate=self.sample_rate)
