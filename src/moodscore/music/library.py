"""A library: music without pictures, a folder of songs that somebody owns.

Songs are cut into snippets and described like the soundtracks of clips. Nobody has rated them, so
their emotion is what the judge of audio reads in them. What depends on the sound alone is kept in a
`SongCache`; the judge and the scale of the features are applied anew each time, because models
change more often than songs.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from moodscore.compute import Compute, map_clips
from moodscore.emotion import Judge, main_quadrants, quadrant_of
from moodscore.errors import MoodscoreError
from moodscore.files import content_key
from moodscore.media import AudioFile, list_songs
from moodscore.music.licences import licence_notes
from moodscore.music.snippets import build_snippets
from moodscore.music.song_cache import SongCache, song_id
from moodscore.sound import AudioScaler

#: Columns of the table of files.
REPORT_COLUMNS = [
    "file",
    "seconds",
    "snippets",
    "licence",
    "valence",
    "arousal",
    "quadrant",
    "status",
    "reason",
]


class Library(NamedTuple):
    """The songs of a folder, ready to be searched and played.

    Attributes
    ----------
    snippets : pd.DataFrame
        As `build_snippets` makes it; ``kind`` is ``library``, ``file`` the path below the folder.
    sources : dict of str to AudioFile
        The sound of each song by ``clip_id``.
    report : pd.DataFrame
        One row a file: ``file, seconds, snippets`` (those with sound), ``licence``, mean ``valence`` and
        ``arousal``, ``quadrant`` (the most frequent), ``status`` (``used`` or ``left_out``), ``reason``.
    """

    snippets: pd.DataFrame
    sources: dict[str, AudioFile]
    report: pd.DataFrame


def index_library(
    folder: str | Path,
    cache: SongCache,
    *,
    judge: Judge,
    scaler: AudioScaler,
    segment_s: float,
    compute: Compute,
) -> Library:
    """Index the songs of a folder and of all folders in it.

    The folder is read and never written to. Songs are told apart by content: a renamed one is not
    heard again, of two equal ones the first counts. One that cannot be used is reported and left out.

    Parameters
    ----------
    folder : str or Path
        Where the songs lie (`moodscore.media.list_songs`) and ``LICENSES.csv`` (`licence_notes`).
    cache : SongCache
        Keeps what was heard.
    judge : Judge
        Reads valence and arousal.
    scaler : AudioScaler
        The scale of tempo, loudness and rhythm.
    segment_s : float
        Length of a segment in seconds.
    compute : Compute
        Where the songs are heard; all workers must see the folder and the cache.

    Returns
    -------
    Library

    Raises
    ------
    MoodscoreError
        If there is no song, none can be used or a table of licences is malformed.
    """
    listed = list_songs(folder)
    notes = licence_notes(listed)
    songs = {song.file: song.path for song in listed}
    keys, reasons = _hear(songs, cache, segment_s, compute)
    if not keys:
        raise MoodscoreError(f"{folder}: none of its songs can be used; {next(iter(reasons.values()))}")
    tables = {}
    for file, key in keys.items():
        table = _judged(cache.measurements(key, segment_s), judge, scaler)
        tables[file] = table.assign(
            clip_id=song_id(file, key), kind="library", file=file, licence=notes[file]
        )
    snippets = build_snippets(tables.values())
    sources = cache.sources(snippets)
    report = pd.DataFrame(
        [
            {"file": file, "licence": notes[file], "reason": reasons.get(file, "").removeprefix(f"{path}: ")}
            for file, path in songs.items()
        ]
    )
    return Library(snippets, sources, _with_emotions(report, snippets, sources))


def _hear(
    songs: Mapping[str, Path], cache: SongCache, segment_s: float, compute: Compute
) -> tuple[dict[str, str], dict[str, str]]:
    """See that the cache holds every song; the keys of those it does, the reasons why not of the others."""
    # Here and not in workers: to start those takes longer than to read most libraries.
    serial = Compute(backend="serial")
    keys, reasons = map_clips(_content_key, songs, serial, label="Looking at the songs", tells=False)
    first = {key: file for file, key in reversed(keys.items())}
    for file, key in keys.items():
        if first[key] != file:
            reasons[file] = f"is the same as {first[key]}"
    unheard = {file: (songs[file], key) for key, file in first.items() if not cache.holds(key, segment_s)}
    add = partial(_add, cache=cache, segment_s=segment_s)
    reasons |= map_clips(add, unheard, compute, label="Listening to the songs", tells=False)[1]
    return {file: key for file, key in keys.items() if file not in reasons}, reasons


def _content_key(file: str, path: Path) -> str:
    return content_key(path)


def _add(file: str, song: tuple[Path, str], *, cache: SongCache, segment_s: float) -> None:
    path, key = song
    cache.add(path, key, segment_s)


def _judged(measured: pd.DataFrame, judge: Judge, scaler: AudioScaler) -> pd.DataFrame:
    """What was measured, on the common scale and with the emotion the judge reads in it."""
    own = measured.rename(columns={"tempo": "tempo_bpm", "loudness": "loudness_sone"}).drop(columns="rhythm")
    return pd.concat([own, scaler.transform(measured), judge.predict(measured)], axis=1)


def _with_emotions(
    report: pd.DataFrame, snippets: pd.DataFrame, sources: Mapping[str, AudioFile]
) -> pd.DataFrame:
    """Length and emotion of the songs that are used, beside what is known of all."""
    file_of = snippets.drop_duplicates("clip_id").set_index("clip_id")["file"]
    seconds = {file_of[clip_id]: audio.n_samples / audio.sample_rate for clip_id, audio in sources.items()}
    heard = snippets[~snippets["is_silent"]]
    quadrants = pd.DataFrame(
        {"clip_id": heard["file"], "quadrant": quadrant_of(heard["valence"], heard["arousal"])}
    )
    by_file = heard.groupby("file")
    files = report["file"]
    return pd.DataFrame(
        {
            "file": files,
            "seconds": files.map(seconds).astype(float),
            "snippets": files.map(by_file.size()).fillna(0).astype("int64"),
            "licence": report["licence"],
            "valence": files.map(by_file["valence"].mean()).astype(float),
            "arousal": files.map(by_file["arousal"].mean()).astype(float),
            "quadrant": files.map(main_quadrants(quadrants)).fillna("").astype(str),
            "status": files.isin(seconds).map({True: "used", False: "left_out"}),
            "reason": report["reason"],
        }
    )
