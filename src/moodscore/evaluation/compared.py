"""The tracks that a run's own are heard beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.music import play
from moodscore.samples import SampleSource

#: Systems a person may want to hear one after the other, in the order of what they know.
COMPARED = ("previous", "paper", "moodscore")


@dataclass(frozen=True)
class Rendering:
    """A cue sheet of a system, the sound it takes, and the original that says how long it is."""

    system: str
    cues: pd.DataFrame
    sources: Mapping[str, SampleSource]
    original: AudioFile


def render_track(name: str, item: Rendering, *, scratch: Path) -> AudioFile:
    """Render a cue sheet into a file ``name.flac`` of the scratch folder."""
    rate = item.original.sample_rate
    track = play(item.system, item.cues, item.sources, n_samples=item.original.n_samples, sample_rate=rate)
    path = scratch / f"{name.replace('/', '-')}.flac"
    write_audio(path, Waveform(track, rate))
    return AudioFile.open(path)
