"""The same notes through a General MIDI soundfont that a person has.

The film is cut at bar lines into stretches of about `STRETCH_S`; each is played by itself, rings on over the
next, and is added to it. So any slice can be read, in memory that does not grow with the film.
"""

import io
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodscore.composing.midi import stretch_file
from moodscore.composing.tones import Store, closing, ramp
from moodscore.errors import MoodscoreError

if TYPE_CHECKING:
    from moodscore.composing.composition import Composition

STRETCH_S = 40.0
#: How long the last notes of a stretch ring on over the next (s).
TAIL_S = 6.0
_TAIL_FADE_S = 0.5
_KEPT_STRETCHES = 3
#: Soundfonts play softly, so that 64 voices fit; this brings them near the built-in orchestra.
_GAIN = 1.5

_DEBIAN = ("/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts")
_HOMEBREW = tuple(
    f"{root}/share/{name}"
    for root in ("/opt/homebrew", "/usr/local")
    for name in ("sounds/sf2", "soundfonts")
)
_MUSESCORE = (
    *(
        f"/usr/share/{name}/sound"
        for name in ("mscore-3.0", "mscore3-3.2", "musescore3", "mscore-4.0", "mscore")
    ),
    *(f"/Applications/MuseScore {n}.app/Contents/Resources/sound" for n in (4, 3)),
    *(f"~/Documents/MuseScore{n}/SoundFonts" for n in (4, 3)),
    *(f"C:/Program Files/MuseScore {n}/sound" for n in (4, 3)),
)


def usual_folders() -> tuple[Path, ...]:
    """Where Debian, Homebrew and MuseScore keep soundfonts."""
    own = ("~/.local/share/soundfonts", "~/Library/Audio/Sounds/Banks")
    return tuple(Path(os.path.expanduser(name)) for name in (*own, *_DEBIAN, *_HOMEBREW, *_MUSESCORE))


def find_soundfont(folders: Sequence[Path] | None = None) -> Path | None:
    """A soundfont in the usual folders: the largest of the first folder that has one.

    Parameters
    ----------
    folders : sequence of Path, optional
        Where to look; `usual_folders` by default.

    Returns
    -------
    Path or None
        An ``.sf2`` file (compressed ``.sf3`` files cannot be played).
    """
    for folder in usual_folders() if folders is None else folders:
        found = [path for path in folder.glob("*") if path.suffix.lower() == ".sf2" and path.is_file()]
        if found:
            return max(found, key=lambda path: (path.stat().st_size, path.name))
    return None


class SoundfontTrack:
    """A composition played with a soundfont, rendered as it is read.

    Parameters
    ----------
    composition : Composition
        What is played.
    soundfont : path
        An ``.sf2`` file.
    roles : sequence of str, optional
        Only the notes of these roles.

    Attributes
    ----------
    n_samples, sample_rate, channels : int
        As of any `SampleSource`; there are two channels.

    Raises
    ------
    MoodscoreError
        If the package that plays soundfonts is missing, or the file cannot be read.
    """

    channels = 2

    def __init__(
        self, composition: "Composition", soundfont: str | Path, *, roles: Sequence[str] | None = None
    ):
        self._font, self._path = _read_font(Path(soundfont)), Path(soundfont)
        self.n_samples, self.sample_rate = composition.brief.n_samples, composition.brief.sample_rate
        notes = composition.notes
        self._notes = notes if roles is None else notes[notes["role"].isin(roles)]
        self._edges = _stretches(composition.bars["start_s"].to_numpy(), composition.brief.duration_s)
        self._sounds = Store(_KEPT_STRETCHES * int((2 * STRETCH_S + TAIL_S) * self.sample_rate) * 8)
        self._play(0)  # so that what is wrong with the soundfont is said now

    def read(self, start: int, stop: int) -> np.ndarray:
        """Samples ``[start, stop)``, float32 [shape=(stop - start, 2)]."""
        start, stop = max(start, 0), min(stop, self.n_samples)
        out = np.zeros((max(stop - start, 0), 2), dtype=np.float32)
        for number, (first_s, last_s) in enumerate(pairwise(self._edges)):
            first = round(first_s * self.sample_rate)
            last = round((last_s + TAIL_S) * self.sample_rate) + 1
            if first >= stop or last <= start:
                continue
            sound = self._play(number)
            here = slice(max(start, first), min(stop, first + len(sound)))
            if here.stop > here.start:
                out[here.start - start : here.stop - start] += sound[here.start - first : here.stop - first]
        return out * closing(np.arange(start, stop), self.n_samples, self.sample_rate)

    def whole(self) -> np.ndarray:
        """The whole track at once, float32 [shape=(n_samples, 2)]."""
        return self.read(0, self.n_samples)

    def _play(self, number: int) -> np.ndarray:
        """A stretch and its tail, float32 [shape=(n, 2)]."""
        return self._sounds.get(number, lambda: self._render(number))

    def _render(self, number: int) -> np.ndarray:
        import soundfile
        import soxr
        from midirenderer import render_wave_from

        first_s, last_s = self._edges[number : number + 2]
        # a note that is played a little early belongs to the bar it is written in
        start_s = self._notes["start_s"].to_numpy()
        own = self._notes[(start_s >= first_s) & (start_s < last_s)]
        midi = stretch_file(own, first_s, last_s - first_s + TAIL_S)
        try:
            wave = render_wave_from(self._font, midi)
        except RuntimeError as error:
            raise MoodscoreError(
                f"{self._path}: cannot be played as a soundfont ({error}); give a General MIDI .sf2 file"
            ) from error
        sound, rate = soundfile.read(io.BytesIO(wave), dtype="float32", always_2d=True)
        if rate != self.sample_rate:
            sound = soxr.resample(sound, rate, self.sample_rate)
        fade = _TAIL_FADE_S * self.sample_rate
        place = np.arange(len(sound))
        return (_GAIN * sound * ramp((len(sound) - place) / fade)[:, None]).astype(np.float32)


def _stretches(bar_starts_s: np.ndarray, duration_s: float) -> list[float]:
    """Edges of the stretches: bar lines at least `STRETCH_S` apart, a little early for notes that are."""
    edges = [0.0]
    for start in bar_starts_s.tolist():
        if start - edges[-1] >= STRETCH_S and duration_s - start > 1:
            edges.append(start - 0.02)
    return [*edges, duration_s + 1e-6]


def _read_font(path: Path) -> bytes:
    try:
        import midirenderer  # noqa: F401
    except ImportError as error:
        raise MoodscoreError(
            "--soundfont: the package midirenderer plays soundfonts and is not installed; "
            "install it with: pip install midirenderer"
        ) from error
    if path.suffix.lower() == ".sf3":
        raise MoodscoreError(f"{path}: is a compressed soundfont, which cannot be played; give an .sf2 file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise MoodscoreError(
            f"{path}: cannot be read ({error.strerror or error}); give a General MIDI .sf2 file"
        ) from error
