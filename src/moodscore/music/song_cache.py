"""What was heard of songs, kept under the fingerprint of their content.

Decoding and measuring a song takes seconds, and neither depends on its name or on any trained model.
So each song is decoded once, to a lossless file that is read by slice, and measured once for each
length of a segment; whatever is trained or renamed, nothing is heard again.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from moodscore.errors import MoodscoreError
from moodscore.files import KEY_DIGITS, replacing
from moodscore.media import AudioFile, decode_song
from moodscore.music.beats import describe_beats
from moodscore.music.edges import describe_edges
from moodscore.segments import sample_bounds, segment_bounds

#: Raise it when decoding or measuring a song gives something else than before: all songs are then
#: heard again.
CACHE_VERSION = 2
_KEY_MARK = "#"
#: Names of the cache's own files: ``key.version.flac`` and ``key.version.segment length.parquet``.
_OWN_NAME = re.compile(rf"([0-9a-f]{{{KEY_DIGITS}}})\.v(\d+)(\.[^/]+)?\.(flac|parquet)")


def song_id(file: str, key: str) -> str:
    """The ``clip_id`` of a song: its name and fingerprint, so that no clip and no other song has it."""
    return f"{PurePosixPath(file).stem}{_KEY_MARK}{key}"


@dataclass(frozen=True)
class SongCache:
    """A folder with the decoded sound and the measurements of songs.

    Attributes
    ----------
    folder : Path
        Where the files lie; made when the first is written. Other files in it are not touched.
    """

    folder: Path

    def holds(self, key: str, segment_s: float) -> bool:
        """Whether a song need not be heard again."""
        return self._sound(key).is_file() and self._record(key, segment_s).is_file()

    def add(self, path: str | Path, key: str, segment_s: float) -> None:
        """Decode and measure a song.

        Parameters
        ----------
        path : str or Path
            The sound file.
        key : str
            Its `moodscore.files.content_key`.
        segment_s : float
            Length of a segment in seconds.

        Raises
        ------
        MoodscoreError
            If it cannot be decoded, is shorter than a segment or silent throughout.
        """
        if self._sound(key).is_file():
            audio = AudioFile.open(self._sound(key))
        else:
            audio = decode_song(path, self._sound(key))
        seconds = audio.n_samples / audio.sample_rate
        if seconds < segment_s:
            raise MoodscoreError(f"{path}: lasts {seconds:.2f} s, shorter than a segment of {segment_s:g} s")
        measured = _measure(audio, segment_s)
        if measured["is_silent"].all():
            raise MoodscoreError(f"{path}: is silent")
        with replacing(self._record(key, segment_s)) as part:
            measured.to_parquet(part)

    def measurements(self, key: str, segment_s: float) -> pd.DataFrame:
        """What was measured of a song, one row a segment, on no scale but its own.

        Returns
        -------
        pd.DataFrame
            The columns of `moodscore.sound.sound_features`, ``start_sample`` and ``stop_sample`` in the
            decoded sound, and what `describe_beats` and `describe_edges` tell.
        """
        return pd.read_parquet(self._record(key, segment_s))

    def sources(self, snippets: pd.DataFrame) -> dict[str, AudioFile]:
        """The decoded sound of each song in an index.

        Parameters
        ----------
        snippets : pd.DataFrame
            What `index_library` returned.

        Returns
        -------
        dict of str to AudioFile
            By ``clip_id``.

        Raises
        ------
        MoodscoreError
            If the sound of a song is not here.
        """
        files = {}
        for clip_id in snippets["clip_id"].unique():
            path = self._sound(clip_id.rpartition(_KEY_MARK)[2])
            if not path.is_file():
                raise MoodscoreError(f"{path}: the sound of song {clip_id} is gone; index the library again")
            files[clip_id] = AudioFile.open(path)
        return files

    def keep_only(self, clip_ids: Container[str]) -> None:
        """Remove what was kept of all other songs, and by older versions."""
        keys = {clip_id.rpartition(_KEY_MARK)[2] for clip_id in clip_ids}
        for path in self.folder.iterdir():
            own = _OWN_NAME.fullmatch(path.name)
            if own and (own[1] not in keys or int(own[2]) < CACHE_VERSION):
                path.unlink(missing_ok=True)

    def _sound(self, key: str) -> Path:
        return self.folder / f"{key}.v{CACHE_VERSION}.flac"

    def _record(self, key: str, segment_s: float) -> Path:
        return self.folder / f"{key}.v{CACHE_VERSION}.{segment_s!r}s.parquet"


def _measure(audio: AudioFile, segment_s: float) -> pd.DataFrame:
    # Imported late: what listens takes long to import, and songs that are known are not heard again.
    from moodscore.sound import sound_features

    n_segments = len(segment_bounds(audio.n_samples / audio.sample_rate, segment_s))
    bounds = sample_bounds(n_segments, segment_s, audio.sample_rate, audio.n_samples)
    features = sound_features(audio, segment_s=segment_s, n_segments=n_segments)
    pointers = pd.DataFrame(bounds, columns=["start_sample", "stop_sample"])
    beats = describe_beats(audio, bounds, features["tempo"].to_numpy())
    return pd.concat([features, pointers, beats, describe_edges(audio, bounds)], axis=1)
