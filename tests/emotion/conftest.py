"""Rating files as they are published, with made-up answers."""

import numpy as np
import pandas as pd
import pytest

DEAP_HEADER = "Participant_id,Trial,Experiment_id,Start_time,Valence,Arousal,Dominance,Liking,Familiarity"
#: The headings of the form of eight music videos, in order.
FORM_TIMES = (
    "0 - 3:22 | 0:05 - 0:27 | 0:28 - 0:47 | 0:48 - 1:13 | 1:14 - 1:37 | 1:38 - 2:46 | 2:47 - 3:09 | "
    "3:10 - 3:20 | 3:21 - 4:09 | 0:06 - 1:13 | 1:14 - 2:28 | 2:29 - 4:06 | 4:07 - 4:20 | 4:21 - 5:09 | "
    "5:10 - 6:32 | 0:11 - 4:26 | 0:10 - 4:15 | 0:27 - 1:13 | 1:14 - 1:28 | 1:29 - 1:58 | 1:59 - 2:28 | "
    "2:29 - 2:51 | 2:52 - 4:12 | 0:05 - 3:10 | 0 - 3:50"
)
FORM_HEADER = ["Timestamp", "Name (optional)"] + [
    f"Time: {times} [{score}]" for times in FORM_TIMES.split(" | ") for score in ("Valence", "Arousal")
]


@pytest.fixture
def deap_truth():
    """What 32 people think of 40 videos: valence and arousal [shape=(32, 40, 2)]."""
    rng = np.random.default_rng(3)
    truth = rng.uniform(2.5, 7.5, (40, 2)) + rng.normal(0, 1.0, (32, 40, 2))
    return truth.clip(1, 9).round(2)


@pytest.fixture
def deap_file(tmp_path, deap_truth):
    """Writes them down as DEAP does, every participant seeing the videos in an order of their own."""

    def write(seed=0, name="participant_ratings.csv", edit=None, encode=str.encode):
        rng = np.random.default_rng(seed)
        rows = []
        for person in range(32):
            for trial, video in enumerate(rng.permutation(40), start=1):
                valence, arousal = deap_truth[person, video]
                liking = (0.8 * valence + 0.2 * arousal).round(2)
                familiarity = "" if person in (1, 14, 22) else 1 + trial % 5
                rows.append(
                    [
                        person + 1,
                        trial,
                        video + 1,
                        1_695_918 + trial,
                        valence,
                        arousal,
                        5.5,
                        liking,
                        familiarity,
                    ]
                )
        table = pd.DataFrame(rows, columns=DEAP_HEADER.split(","))
        text = (table if edit is None else edit(table)).to_csv(index=False)
        path = tmp_path / name
        path.write_bytes(encode(text))
        return path

    return write


@pytest.fixture
def form_header():
    return [*FORM_HEADER, "Comment (optional)"]


@pytest.fixture
def form_file(tmp_path):
    """Writes answers [shape=(raters, 50)] as the form's export."""

    def write(answers, names=None, comments=None, header=(*FORM_HEADER, "Comment (optional)"), ending="\n"):
        names = names or [""] * len(answers)
        comments = comments or [""] * len(answers)
        lines = [
            ["4/26/2016 20:59:24", name, *row, comment]
            for name, row, comment in zip(names, answers, comments, strict=True)
        ]
        text = ending.join("\t".join(map(str, line)) for line in [header, *lines])
        path = tmp_path / "form.tsv"
        path.write_bytes(text.encode())
        return path

    return write


@pytest.fixture
def answers():
    """Five raters who like nearly all of it: 9 is the best."""
    return np.random.default_rng(4).integers(5, 10, (5, 50))
