"""DEAP: 32 people on 40 music videos of a minute each [1]_.

`participant_ratings.csv` has a row for each video a participant saw. The video is ``Experiment_id``.
``Trial`` is the place of the video in the participant's own order of presentation: a mean over equal
trials is a mean over unlike videos, near 5 whatever is rated. It is not read at all.

References
----------
.. [1] Koelstra, S. et al., "DEAP: a database for emotion analysis using physiological signals", IEEE
   Transactions on Affective Computing 3(1), 2012.
.. [2] Sergio, G. C. and Lee, M., "Emotional Video to Audio Transformation Using Deep Recurrent Neural
   Networks and a Neuro-Fuzzy System", Mathematical Problems in Engineering, 2020.
"""

import math
from pathlib import Path

import numpy as np
import pandas as pd

from moodscore.emotion._tables import Collector, Rating, Sheet
from moodscore.emotion.labels import quadrant_counts

#: Videos of the corpus, numbered from 1; video 7 is clip ``07``.
N_VIDEOS = 40

_PERSON, _VIDEO, _LIKING = "Participant_id", "Experiment_id", "Liking"
_READ = (_PERSON, _VIDEO, "Valence", "Arousal")

#: The videos [2]_ went without, and how many windows it took of each of the others.
MISSING_VIDEOS = ("17", "18")
WINDOWS_A_VIDEO = 50
#: Table 4 of [2]_.
TABLE_4 = {"pos_high": 250, "pos_low": 250, "neg_high": 350, "neg_low": 1050}
TABLE_4_RULE = "mean by order of presentation (Trial), positive if below 5, high if below 5"


def read_deap(path: str | Path) -> pd.DataFrame:
    """Read `participant_ratings.csv`: clips ``01`` to ``40``, each rated as a whole.

    Besides the columns of every table of ratings there is ``liking``, NaN where it is not given.
    """
    sheet = Sheet.read(path, _READ)
    places = sheet.places(_READ)
    liking_at = sheet.place(_LIKING)
    ratings, liking, last_line = Collector(sheet), [], {}
    for line, values in sheet.rows:
        # The last column may be left empty, and some programs leave its delimiter away with it.
        if not max(places.values()) < len(values) <= len(sheet.header):
            expected = f"{len(sheet.header)}, as in the header"
            raise sheet.refusal(line, None, f"{len(values)} values", expected)
        cells = {name: values[place] for name, place in places.items()}
        person = str(_whole(sheet, line, _PERSON, cells, math.inf))
        video = _whole(sheet, line, _VIDEO, cells, N_VIDEOS)
        valence, arousal = (sheet.score(line, column, cells[column]) for column in _READ[2:])
        ratings.add(line, _PERSON, Rating(f"{video:02d}", math.nan, math.nan, person, valence, arousal))
        has_liking = liking_at is not None and liking_at < len(values)
        liking.append(sheet.number(values[liking_at]) if has_liking else math.nan)
        last_line[person] = line
    table = ratings.table()
    _check_complete(sheet, table, last_line)
    return table.assign(liking=liking)


def doubt(ratings: pd.DataFrame) -> str:
    """Why valence seems to be read the wrong way round; empty if it does not.

    People like what pleases them: in DEAP valence and liking correlate with r = .6 over all ratings.

    Parameters
    ----------
    ratings : pd.DataFrame
        As from `read_deap`.
    """
    both = ratings[["valence", "liking"]].dropna()
    if len(both) < 2 or (both.nunique() < 2).any():
        return ""
    r = np.corrcoef(both["valence"], both["liking"])[0, 1]
    if r >= 0:
        return ""
    return f"valence falls where liking rises (r = {r:.2f} over {len(both)} ratings), while in DEAP both rise"


def published_counts(labels: pd.DataFrame) -> list[dict]:
    """The labels in the units of Table 4 of [2]_, and that table.

    Parameters
    ----------
    labels : pd.DataFrame
        ``clip_id, quadrant``, one row a video.

    Returns
    -------
    list of dict
        ``source, counted, rule, counts``.
    """
    counted = f"{WINDOWS_A_VIDEO} windows of each video but {' and '.join(MISSING_VIDEOS)}"
    used = labels[~labels["clip_id"].isin(MISSING_VIDEOS)]
    ours = quadrant_counts(used["quadrant"].repeat(WINDOWS_A_VIDEO))
    rule = "mean by video (Experiment_id), positive if above 5, high if above 5"
    return [
        {"source": "these ratings", "counted": counted, "rule": rule, "counts": ours},
        {"source": "paper, Table 4", "counted": counted, "rule": TABLE_4_RULE, "counts": TABLE_4},
    ]


def _whole(sheet: Sheet, line: int, column: str, cells: dict[str, str], highest: float) -> int:
    number = sheet.number(cells[column])
    if not (1 <= number <= highest and number < math.inf and number == int(number)):
        expected = (
            "a whole number, 1 or more" if highest == math.inf else f"a whole number from 1 to {highest}"
        )
        raise sheet.refusal(line, column, repr(cells[column]) if cells[column] else "nothing", expected)
    return int(number)


def _check_complete(sheet: Sheet, table: pd.DataFrame, last_line: dict[str, int]) -> None:
    """Every participant saw every video: a missing row is a damaged file."""
    n_videos = table["clip_id"].nunique()
    counts = table["rater"].value_counts(sort=False)
    for person, count in counts[counts < n_videos].items():
        expected = f"all {n_videos} that are rated in this file"
        raise sheet.refusal(
            last_line[person], _VIDEO, f"only {count} videos rated by participant {person}", expected
        )
