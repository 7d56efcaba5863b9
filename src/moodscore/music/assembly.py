"""From what a workspace holds to the music dictionary, and from a cue sheet back to the sound it takes."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from moodscore.compute import Compute
from moodscore.music.dictionary import MusicDictionary, MusicPart
from moodscore.music.options import MusicOptions
from moodscore.music.song_cache import SongCache
from moodscore.pieces import Piece, PieceCache, analyse_pieces
from moodscore.samples import SampleSource
from moodscore.sound import QuantileMap


def assemble_music(
    snippet_index: pd.DataFrame,
    soundtracks: Mapping[str, SampleSource],
    library_index: pd.DataFrame,
    library_cache: str | Path,
    *,
    segment_s: float,
    options: MusicOptions,
    compute: Compute,
) -> MusicDictionary:
    """The dictionary of the music that ``options.music`` asks for.

    Parameters
    ----------
    snippet_index : pd.DataFrame
        The training soundtracks' snippets. Their features are what predictions range over, and so what the
        library's are matched with, also where no music is taken from them.
    soundtracks : Mapping of str to SampleSource
        Their sound.
    library_index : pd.DataFrame
        From `index_library`; empty if there is no library.
    library_cache : str or Path
        Folder of the `SongCache` that holds the library's sound; what is known of pieces is kept there, too.
    segment_s, options
        See `MusicDictionary`.
    compute : Compute
        Where pieces are analysed that nothing is known of yet.

    Raises
    ------
    MoodscoreError
        As `MusicDictionary`; if the sound of a song is gone or a library is silent.
    """
    parts = [MusicPart(snippet_index, soundtracks)]
    if len(library_index) and options.music != "soundtracks":
        songs = SongCache(Path(library_cache)).sources(library_index)
        parts.append(MusicPart(library_index, songs, QuantileMap.fit(snippet_index, library_index)))
    describe = partial(_described, cache=PieceCache(Path(library_cache)), compute=compute)
    return MusicDictionary(parts, segment_s=segment_s, options=options, describe=describe)


def _described(
    sources: Mapping[str, SampleSource], *, cache: PieceCache, compute: Compute
) -> dict[str, Piece]:
    return analyse_pieces(sources, cache, compute)[0]


def sources_of(
    cues: pd.DataFrame, soundtracks: Mapping[str, SampleSource], library_cache: str | Path
) -> dict[str, SampleSource]:
    """The sound that cue sheets point into.

    Parameters
    ----------
    cues : pd.DataFrame
        From `cue_sheet`.
    soundtracks, library_cache
        As of `assemble_music`.

    Raises
    ------
    MoodscoreError
        If the sound of a song is gone.
    """
    clips = cues.loc[cues["source_kind"] == "soundtrack", "source_clip"].unique()
    songs = cues.loc[cues["source_kind"] == "library", ["source_clip"]].rename(
        columns={"source_clip": "clip_id"}
    )
    own = {clip_id: soundtracks[clip_id] for clip_id in clips if clip_id in soundtracks}
    return own | SongCache(Path(library_cache)).sources(songs)
