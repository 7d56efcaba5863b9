"""The index of a folder of songs, made again only where a song or a model has changed."""

from pathlib import Path

import pandas as pd

from moodscore.compute import Compute
from moodscore.emotion import Judge
from moodscore.errors import MoodscoreError
from moodscore.files import replacing
from moodscore.media import list_songs
from moodscore.music import SongCache, index_library, licence_notes
from moodscore.music.song_cache import CACHE_VERSION
from moodscore.pieces import PieceCache, analyse_pieces
from moodscore.scoring.outputs import fingerprint
from moodscore.sound import AudioScaler


def index_songs(
    folder: Path, cache: Path, *, judge: dict, scaler: dict, segment_s: float, compute: Compute
) -> pd.DataFrame:
    """The snippets of a folder of songs, or of one song; what is known of them as pieces is kept, too.

    `moodscore.music.index_library` reads every song to see whether it has heard it before. Here its
    answer is kept as long as no file in the folder has another name, size or date and the models are the
    same; a large library is then ready at once.

    Parameters
    ----------
    folder : Path
        Where the songs lie, or one of them. It is only read.
    cache : Path
        Where what was heard, and the index, are kept.
    judge, scaler : dict
        As their rooms store them.
    segment_s, compute
        As for `moodscore.music.index_library`.

    Returns
    -------
    pd.DataFrame
        As `moodscore.music.build_snippets` makes it; ``attrs["left_out"]`` lists the file and the reason of
        each song that cannot be used.

    Raises
    ------
    MoodscoreError
        If there is no folder, no song in it or none that can be used.
    """
    kept = cache / f"index-{_state(folder, judge, scaler, segment_s)}.parquet"
    songs = SongCache(cache)
    try:
        snippets = pd.read_parquet(kept)
        sources = songs.sources(snippets)  # all of them are still there
    except (OSError, ValueError, MoodscoreError):
        snippets, sources = _indexed(folder, songs, judge, scaler, segment_s, compute)
        with replacing(kept) as part:
            snippets.to_parquet(part)
    analyse_pieces(sources, PieceCache(cache), compute)
    return snippets


def _indexed(folder: Path, songs: SongCache, judge: dict, scaler: dict, segment_s: float, compute: Compute):
    """The snippets, and the sound of each song."""
    library = index_library(
        folder,
        songs,
        judge=Judge.from_dict(judge),
        scaler=AudioScaler.from_dict(scaler),
        segment_s=segment_s,
        compute=compute,
    )
    left_out = library.report[library.report["status"] == "left_out"]
    snippets = library.snippets
    snippets.attrs["left_out"] = left_out[["file", "reason"]].to_numpy().tolist()
    return snippets, library.sources


def _state(folder: Path, *model: object) -> str:
    """Fingerprint of the names, sizes and dates of all songs, of their licences, and of the models."""
    songs = list_songs(folder)
    facts = [(song.file, song.path.stat()) for song in songs]
    files = [[file, fact.st_size, fact.st_mtime_ns] for file, fact in facts]
    return fingerprint(CACHE_VERSION, files, licence_notes(songs), model)
