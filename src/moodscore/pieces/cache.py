"""Descriptions of pieces, kept under the fingerprint of their sound.

To describe a piece takes about a hundredth of its length, and the description hangs on nothing but its sound:
not on its name, and not on any trained model. So it is made once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from moodscore.compute import Compute, map_clips
from moodscore.files import content_key
from moodscore.media import AudioFile
from moodscore.pieces.piece import Piece

#: Raise it when analysing a piece gives something else than before: all are then analysed again.
CACHE_VERSION = 1
#: Names of the cache's own files: ``fingerprint.version.piece.npz``.
_OWN_NAME = re.compile(r"[0-9a-f]{16}\.v(\d+)\.piece\.npz")


@dataclass(frozen=True)
class PieceCache:
    """A folder with the descriptions of pieces.

    Attributes
    ----------
    folder : Path
        Where they lie; made when the first is written. Other files in it are not touched.
    """

    folder: Path

    def holds(self, key: str) -> bool:
        """Whether the piece of this fingerprint is described."""
        return self._place(key).is_file()

    def add(self, key: str, piece: Piece) -> None:
        """Keep a description, whole or not at all."""
        piece.store(self._place(key))

    def load(self, key: str) -> Piece:
        """The description of the piece of this fingerprint.

        Raises
        ------
        MoodscoreError
            If it is not here or damaged.
        """
        return Piece.load(self._place(key))

    def drop_older_versions(self) -> None:
        """Remove what older versions described."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            own = _OWN_NAME.fullmatch(path.name)
            if own and int(own[1]) < CACHE_VERSION:
                path.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}.v{CACHE_VERSION}.piece.npz"


def analyse_pieces(
    sources: Mapping[str, AudioFile], cache: PieceCache, compute: Compute
) -> tuple[dict[str, Piece], dict[str, str]]:
    """Describe the pieces of a library or a set of soundtracks, each sound once.

    Parameters
    ----------
    sources : mapping of clip_id to AudioFile
        The sounds. Two of one content are described once.
    cache : PieceCache
        Keeps the descriptions.
    compute : Compute
        Where those that are missing are made; all workers must see the sounds and the cache.

    Returns
    -------
    pieces : dict of str to Piece
        In the order of ``sources``, without those that failed.
    failures : dict of str to str
        One line for each that could not be read or described.
    """
    # Here and not in workers: to start those takes longer than to read most libraries.
    keys, failures = map_clips(_key, sources, Compute(backend="serial"), label="Looking at the pieces")
    first = {key: name for name, key in reversed(keys.items())}
    missing = {name: (sources[name], key) for key, name in first.items() if not cache.holds(key)}
    _, failed = map_clips(partial(_describe, cache=cache), missing, compute, label="Analysing the pieces")
    failures |= {name: failed[first[key]] for name, key in keys.items() if first[key] in failed}
    return {name: cache.load(key) for name, key in keys.items() if name not in failures}, failures


def _key(name: str, audio: AudioFile) -> str:
    return content_key(audio.path)


def _describe(name: str, item: tuple[AudioFile, str], *, cache: PieceCache) -> None:
    from moodscore.pieces.analysis import analyse_piece  # with all it listens with

    audio, key = item
    cache.add(key, analyse_piece(audio))
