"""Reading a stored soundtrack by slice, writing one whole."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from moodscore.errors import MoodscoreError


@dataclass(frozen=True)
class Waveform:
    """Sound in memory: samples [shape=(n, channels)] in [-1, 1] and their rate in Hz."""

    samples: np.ndarray
    sample_rate: int


@dataclass(frozen=True)
class AudioFile:
    """A lossless sound file (FLAC or WAV) that is read by slice and never held whole.

    Attributes
    ----------
    path : Path
        Where the file lies.
    sample_rate : int
        Samples a second.
    n_samples : int
        Length in samples (per channel).
    channels : int
        Number of channels.
    """

    path: Path
    sample_rate: int
    n_samples: int
    channels: int

    @classmethod
    def open(cls, path: str | Path) -> "AudioFile":
        """Look at the header only.

        Raises
        ------
        MoodscoreError
            If the file is missing or not a sound file.
        """
        try:
            info = sf.info(str(path))
        except (RuntimeError, OSError) as error:
            raise MoodscoreError(f"{path}: cannot be read as a sound file ({error})") from error
        return cls(Path(path), info.samplerate, info.frames, info.channels)

    def read(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Samples ``[start, stop)``; what lies outside the file is silence.

        Returns
        -------
        np.ndarray of float32 [shape=(stop - start, channels)]
            Samples in [-1, 1].
        """
        stop = self.n_samples if stop is None else stop
        first, last = max(start, 0), min(stop, self.n_samples)
        out = np.zeros((max(stop - start, 0), self.channels), dtype=np.float32)
        if last > first:
            samples, _ = sf.read(str(self.path), start=first, stop=last, dtype="float32", always_2d=True)
            out[first - start : first - start + len(samples)] = samples
        return out


def write_audio(path: str | Path, sound: Waveform) -> None:
    """Write a whole track; the ending of ``path`` decides the format (FLAC 24 bit, WAV 32 bit float).

    Parameters
    ----------
    path : str or Path
        ``*.flac`` or ``*.wav``.
    sound : Waveform
        What is written.
    """
    subtype = "FLOAT" if Path(path).suffix.lower() == ".wav" else "PCM_24"
    sf.write(str(path), sound.samples, sound.sample_rate, subtype=subtype)
