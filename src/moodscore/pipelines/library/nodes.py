"""Nodes of the library pipeline."""

import logging
from pathlib import Path

import pandas as pd

from moodscore import emotion, music, sound
from moodscore.compute import Compute

logger = logging.getLogger(__name__)


def index_songs(
    library_folder: Path,
    library_cache: Path,
    emotion_judge: dict,
    audio_scaler: dict,
    segment_s: float,
    options: music.MusicOptions,
    compute: Compute,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Index the songs of the workspace's library.

    Returns
    -------
    library_index : pd.DataFrame
        One row a snippet (:func:`moodscore.music.index_library`).
    library_report : pd.DataFrame
        One row a file. Both are empty where there is no folder, unless the music is to come from there.
    """
    if options.music != "library" and not library_folder.is_dir():
        logger.info("There is no library of songs in %s", library_folder)
        return pd.DataFrame(), pd.DataFrame(columns=music.REPORT_COLUMNS)
    cache = music.SongCache(library_cache)
    library = music.index_library(
        library_folder,
        cache,
        judge=emotion.Judge.from_dict(emotion_judge),
        scaler=sound.AudioScaler.from_dict(audio_scaler),
        segment_s=segment_s,
        compute=compute,
    )
    cache.keep_only(library.sources)
    _summarise(library.snippets, library.report)
    return library.snippets, library.report


def _summarise(snippets: pd.DataFrame, report: pd.DataFrame) -> None:
    """Say what the library holds."""
    used = report["status"] == "used"
    logger.info("Songs: %d used, %d left out", used.sum(), (~used).sum())
    if not used.all():
        table = report.loc[~used, ["file", "reason"]].to_string(index=False, justify="left")
        logger.warning("Songs left out:\n%s", table)
    heard = snippets[~snippets["is_silent"]]
    counts = pd.Series(emotion.quadrant_of(heard["valence"], heard["arousal"])).value_counts()
    moods = ", ".join(f"{counts.get(name, 0)} {name}" for name in emotion.QUADRANTS)
    logger.info("Snippets with sound: %d, %s", len(heard), moods)
    unknown = (used & (report["licence"] == "")).sum()
    if unknown:
        logger.info("Songs without a licence note: %d; LICENSES.csv beside them can give one", unknown)
