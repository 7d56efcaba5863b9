"""A lossless sound file that is read by slice."""

import shutil

from moodscore.datasets._local_file import LocalPathDataset
from moodscore.media import AudioFile, Waveform, write_audio


class AudioDataset(LocalPathDataset):
    """FLAC or WAV, by the ending of the path.

    Loads an :class:`~moodscore.media.AudioFile`, which opens nothing until it is asked for a slice.
    Saves a :class:`~moodscore.media.Waveform`, or takes over the file behind an
    :class:`~moodscore.media.AudioFile` of the same format.
    """

    def load(self) -> AudioFile:
        """The file's header."""
        return AudioFile.open(self._load_from)

    def save(self, data: Waveform | AudioFile) -> None:
        """Write the samples, or move the file here."""
        with self._replacing() as part:
            if isinstance(data, AudioFile):
                shutil.move(data.path, part)
            else:
                write_audio(part, data)
