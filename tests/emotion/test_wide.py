"""Exports of surveys and experiments, each as its program writes it; all say the same."""

import io
import json
import re

import pandas as pd
import pytest

from moodscore.emotion import RATING_COLUMNS, read_ratings
from moodscore.errors import MoodscoreError

#: Valence and arousal by rater and clip.
OPINIONS = {
    "anna": {"sunset": (7, 3), "chase": (3, 8)},
    "ben": {"sunset": (8, 2), "chase": (4, 9)},
}
NAN = float("nan")


def lines(*rows, delimiter=","):
    cells = ([f'"{cell}"' if "," in str(cell) else str(cell) for cell in row] for row in rows)
    return "".join(delimiter.join(row) + "\n" for row in cells)


def people(name=None, lead=("2024/01/02 10:11",), last=()):
    """A row a person: valence and arousal of sunset, then of chase."""
    return [
        [*lead, *([rater] if name else []), *own["sunset"], *own["chase"], *last]
        for rater, own in OPINIONS.items()
    ]


def asked(form, valence="Valence", arousal="Arousal"):
    """The four questions, in words."""
    return [form.format(clip, score) for clip in ("sunset", "chase") for score in (valence, arousal)]


def qualtrics():
    """Three lines of header; an answer that its author gave to try things out."""
    named = ["StartDate", "Status", "Progress", "ResponseId", *asked("{}_{}", "valence", "arousal")]
    words = ["Start Date", "Response Type", "Progress", "Response ID", *["How does this clip feel?"] * 4]
    ids = [f'"{json.dumps({"ImportId": "QID1"}).replace(chr(34), chr(34) * 2)}"'] * len(named)
    rows = [["2024-01-02", "IP Address", 100, *row] for row in people(name=True, lead=())]
    tried = ["2024-01-01", "Survey Preview", 100, "R_0", 9, 9, 9, 9]
    return lines(named, words) + ",".join(ids) + "\n" + lines(tried, *rows)


def qualtrics_by_question():
    """Names that say nothing: the question does."""
    named = ["StartDate", "ResponseId", "Q1_1", "Q1_2", "Q2_1", "Q2_2"]
    words = ["Start Date", "Response ID", *asked("How does {}.mp4 make you feel? - {}")]
    ids = ",".join('"{""ImportId"":""QID1""}"' for _ in named) + "\n"
    return lines(named, words) + ids + lines(*people(name=True))


def google_forms():
    return lines(["Timestamp", "Email Address", *asked("{} [{}]")], *people(name=True))


def google_forms_in_words():
    header = ["Timestamp", "Username", *asked("Of {1}, what do you say of {0}?", "valence", "arousal")]
    return lines(header, *people(name=True), delimiter="\t").replace('"', "")


def microsoft_forms():
    """A workbook; what its numbers mean stands beside them."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["ID", "Start time", "Completion time", "Email", "Name", *asked("{} – {}")])
    for rater, *scores in people(name=True, lead=()):
        answers = (f"{score} - something" for score in scores)
        book.active.append([rater, "1/2/24 10:11", "1/2/24 10:15", "anonymous", "", *answers])
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def psytoolkit():
    header = ["participant", *asked("{}_{}:1", "valence", "arousal"), "TIME_total"]
    return lines(header, *people(name=True, lead=(), last=(7,)))


def pavlovia():
    """A row a trial, and rows of other routines; a slider has more columns than its answer."""
    sliders = [f"{score}_slider.{part}" for score in ("valence", "arousal") for part in ("response", "rt")]
    header = ["movieFile", "key_resp.keys", *sliders, "participant", "session"]
    rows = [
        [f"clips/{clip}.mp4", "", scores[0], 1.5, scores[1], 2.5, rater, 1]
        for rater, own in OPINIONS.items()
        for clip, scores in own.items()
    ]
    return lines(header, ["", "space", "", "", "", "", "anna", 1], *rows, ["", "", "", "", "", "", "ben", 1])


def webmushra():
    header = ["session_test_id", "age", "session_uuid", "trial_id", "rating_stimulus", "rating_score"]
    rows = [
        ["moods", 30, rater, f"{clip}_{score}", "C1", scores[at]]
        for rater, own in OPINIONS.items()
        for clip, scores in own.items()
        for at, score in enumerate(("valence", "arousal"))
    ]
    return lines(header, *rows)


def webmushra_by_page():
    """A page a score, and on it a slider a clip."""
    return re.sub(r"(sunset|chase)_(valence|arousal),C1", r"\2,\1", webmushra())


def survey_monkey():
    """The clip stands once above its two columns."""
    clips = ["Respondent ID", "Start Date", "sunset", "", "chase", ""]
    scores = ["", "", "Valence", "Arousal", "Valence", "Arousal"]
    return lines(clips, scores, *([rater, "x", *row] for rater, *row in people(name=True, lead=())))


def sosci_survey():
    """Names, and below them the questions in words."""
    names = ["CASE", "PARTICIPANT", *asked("{}_{}", "valence", "arousal")]
    words = ["Number", "Who answers", *asked("{}: {}", "how pleasant?", "how wild?")]
    rows = ([1, rater, *row] for rater, *row in people(name=True, lead=()))
    return lines(names, words, *rows, delimiter="\t").encode("utf-16")


def redcap():
    header = ["record_id", "redcap_event_name", *asked("{}_{}", "val", "aro")]
    return lines(header, *([rater, "baseline", *row] for rater, *row in people(name=True, lead=())))


EXPORTS = {
    "survey monkey": survey_monkey,
    "sosci survey": sosci_survey,
    "redcap": redcap,
    "qualtrics": qualtrics,
    "qualtrics by question": qualtrics_by_question,
    "google forms": google_forms,
    "google forms in words": google_forms_in_words,
    "microsoft forms": microsoft_forms,
    "psytoolkit": psytoolkit,
    "pavlovia": pavlovia,
    "webmushra": webmushra,
    "webmushra by page": webmushra_by_page,
}


@pytest.fixture
def write(tmp_path):
    def write(content, name="export.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def as_opinions(table):
    return {
        rater: {row.clip_id: (row.valence, row.arousal) for row in own.itertuples()}
        for rater, own in table.groupby("rater")
    }


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_is_read_without_a_word(write, caplog, kind):
    caplog.set_level("INFO")
    table = read_ratings(write(EXPORTS[kind]()), format="wide")
    assert tuple(table) == RATING_COLUMNS
    assert as_opinions(table) == OPINIONS
    assert table[["start_s", "end_s"]].isna().all(axis=None)
    assert "4 ratings by 2 raters of 2 clips (sunset, chase)" in caplog.text
    assert "if that is wrong, say layout: in the catalog" in caplog.text


PARTS = ["1) sunset 0:00-0:12 joy", "1) sunset 0:00-0:12 thrill", "2) sunset 0:12-1:05 joy"]
HOW = lines(["Time", "Name", *PARTS, "2) sunset 0:12-1:05 thrill"])
IN_PARTS = {"columns": "*) {clip} {start}-{end} {score}", "valence": "joy", "arousal": "thrill"}
BY_ASKED = {"names": "asked", "scores": "answer", "columns": "{clip}/{score}", "valence": "P", "arousal": "A"}


@pytest.mark.parametrize(
    ("content", "layout", "expected"),
    [
        (
            HOW + "x,anna,7,3,6,4\n",
            IN_PARTS | {"rater": "Name"},
            [("sunset", 0.0, 12.0, "anna", 7.0, 3.0), ("sunset", 12.0, 65.0, "anna", 6.0, 4.0)],
        ),
        (
            "who;tape;good;wild\nanna;sunset.mp4;7;3\nben;sunset.mp4;8;2\n",
            {"clip": "tape", "valence": "good", "arousal": "wild", "rater": "who"},
            [("sunset", NAN, NAN, "anna", 7.0, 3.0), ("sunset", NAN, NAN, "ben", 8.0, 2.0)],
        ),
        (
            "person,asked,answer\nanna,sunset/P,7\nanna,sunset/A,3\n",
            BY_ASKED | {"rater": "person"},
            [("sunset", NAN, NAN, "anna", 7.0, 3.0)],
        ),
        (
            "a valence,a arousal,b valence,b arousal\n7,3,,\n,,4,5\n",
            {},
            [("a", NAN, NAN, "row 1", 7.0, 3.0), ("b", NAN, NAN, "row 2", 4.0, 5.0)],
        ),
    ],
    ids=["pattern", "trials", "scores", "half answered"],
)
def test_a_layout_says_where_what_stands(write, content, layout, expected):
    table = read_ratings(write(content), format="wide", layout=layout)
    pd.testing.assert_frame_equal(table, pd.DataFrame(expected, columns=list(RATING_COLUMNS)))


def test_a_folder_of_one_file_a_participant(write, tmp_path):
    header, *rows = pavlovia().splitlines()
    for rater in OPINIONS:
        write("\n".join([header, *(row for row in rows if rater in row)]), f"answers/{rater}.csv")
    write("notes", "answers/readme.md")
    assert as_opinions(read_ratings(tmp_path / "answers", format="wide")) == OPINIONS
    write("\n".join([header, *(row for row in rows if "anna" in row)]), "answers/again.csv")
    with pytest.raises(MoodscoreError, match="rater 'anna' rates clip 'sunset' in two files; keep one"):
        read_ratings(tmp_path / "answers", format="wide")


def test_another_scale_is_moved(write):
    content = google_forms().replace(",7,3,3,8", ",5,1,3,3")
    table = read_ratings(write(content.replace(",8,2,4,9", ",4,2,1,5")), format="wide", scale=[1, 5])
    assert table["valence"].tolist() == [9, 5, 7, 1]


@pytest.mark.parametrize(
    ("content", "layout", "sentence"),
    [
        (
            "a,b\n1,2\n",
            {},
            "row 1: found no column of a clip's valence and arousal, expected names with valence or",
        ),
        ("a valence,b arousal\n1,2\n", {}, "row 1, column a valence: found only the valence of clip 'a'"),
        (
            "a valence,A_Valence,a arousal\n1,2,3\n",
            {"columns": "a*{score}"},
            "layout: columns 'a*{score}' must hold",
        ),
        (
            "a valence,a - valence,a arousal\n1,2,3\n",
            {},
            "row 1, column a - valence: found a second valence of",
        ),
        (
            "a valence,a arousal\n12,2\n",
            {},
            "row 2, column a valence: found '12', expected a number from 1 to 9",
        ),
        (
            "a valence,a arousal\ngood,2\n",
            {},
            "row 2, column a valence: found 'good', expected a number from",
        ),
        ("a valence,a arousal\n3,\n", {}, "row 2, column a arousal: found nothing, expected a number from"),
        ("a valence,a arousal\n,\n", {}, "found no row below the header"),
        (pavlovia(), {"rater": "nobody"}, "row 1, column nobody: found only 'movieFile'"),
        ("clip,valence\na,1\n", {}, "row 1: found no column of arousal, expected one; say which: layout"),
        (
            "clip,valence,arousal,participant\na,1,2,\n",
            {},
            "row 2, column participant: found nothing, expected",
        ),
        (
            webmushra().replace("chase_arousal", "chase_valence", 1),
            {},
            "row 5, column rating_score: found a second",
        ),
        (
            lines(*[row.split(",") for row in webmushra().splitlines()[:-1]]),
            {},
            "row 8, column rating_score: found only",
        ),
        (
            "a valence,a arousal\n1,2\n",
            {"colour": "blue"},
            "layout: 'colour' cannot be used; a layout has columns",
        ),
    ],
)
def test_what_is_refused_says_where(write, content, layout, sentence):
    path = write(content)
    with pytest.raises(MoodscoreError) as refused:
        read_ratings(path, format="wide", layout=layout)
    assert str(refused.value).removeprefix(str(path)).lstrip(":, ").startswith(sentence)


@pytest.mark.parametrize("option", [{"scale": [1, 5]}, {"layout": {}}])
def test_a_corpus_that_is_known_has_nothing_to_set(write, option):
    with pytest.raises(MoodscoreError, match=f"format 'deap' has no {next(iter(option))} to set"):
        read_ratings(write("x"), format="deap", **option)
