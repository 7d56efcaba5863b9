import itertools
import math

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import confidence, quadrant_of
from moodscore.errors import MoodscoreError
from moodscore.scoring import override_emotion, parse_cues

LENGTH_S = 9.6


@pytest.fixture
def read():
    """Ten segments read as calm and happy, the last one shorter; routed elsewhere, to tell it apart."""
    starts = np.arange(10.0)
    valence, arousal = np.full(10, 6.04), np.full(10, 3.96)
    return pd.DataFrame(
        {
            "segment": range(10),
            "start_s": starts,
            "end_s": np.minimum(starts + 1, LENGTH_S),
            "valence": valence,
            "arousal": arousal,
            "confidence": confidence(valence, arousal),
            "quadrant": quadrant_of(valence, arousal),
            "routed_quadrant": "neg_low",
        }
    )


def override(read, cues):
    return override_emotion(read, parse_cues(str(cues)), duration_s=LENGTH_S)


def table(tmp_path, text):
    path = tmp_path / "cues.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "start_s", "end_s"),
    [
        ("0-12:pos_low", 0, 12),
        ("12-:neg_high", 12, math.inf),
        ("-12.5:neg_high", 0, 12.5),
        ("0:00-0:12:pos_low", 0, 12),
        ("1:05 - 1:02:03.5 : pos_low", 65, 3723.5),
        ("75-2:00:pos_low", 75, 120),
        ("-:pos_high", 0, math.inf),
        ("neg_low", 0, math.inf),
        ("3/8.5", 0, math.inf),
    ],
)
def test_times(text, start_s, end_s):
    (span,) = parse_cues(text)
    assert (span.start_s, span.end_s) == (start_s, end_s)


def test_several_in_any_order():
    spans = parse_cues("12-:7/3, 0-12:neg_high")
    assert [(s.quadrant, s.scores) for s in spans] == [("neg_high", None), (None, (7.0, 3.0))]


def test_what_is_named_changes_and_the_rest_keeps_its_reading(read):
    given = override(read, "2-4.6:neg_high, 7-:8/2")
    changed = [2, 3, 4, 7, 8, 9]  # the middle of 4 lies before 4.6
    assert given.index[given["is_given"]].tolist() == changed
    kept = given.drop(index=changed).drop(columns="is_given")
    pd.testing.assert_frame_equal(kept, read.drop(index=changed))
    assert set(given.loc[2:4, "quadrant"]) == set(given.loc[2:4, "routed_quadrant"]) == {"neg_high"}
    assert given.loc[2, ["valence", "arousal"]].tolist() == [3, 7]
    assert given.loc[9, ["valence", "arousal", "routed_quadrant"]].tolist() == [8, 2, "pos_low"]
    assert given.loc[9, "confidence"] == pytest.approx(math.hypot(3, 3))


def test_nothing_named_nothing_changed(read):
    given = override_emotion(read, [], duration_s=LENGTH_S)
    assert not given["is_given"].any()
    pd.testing.assert_frame_equal(given.drop(columns="is_given"), read)


@pytest.mark.parametrize(
    "text",
    [
        "start_s,end_s,quadrant\n0,2,neg_high\n,,\n7,,pos_high\n",
        "\ufeffend_s;start_s;quadrant\n2,0;0;neg_high\n;7;pos_high\n",
        "start_s,end_s,valence,arousal\n0,2,3,7\n3,5,,\n7,,7,7\n",
    ],
)
def test_tables(read, tmp_path, text):
    given = override(read, table(tmp_path, text))
    assert given.index[given["is_given"]].tolist() == [0, 1, 7, 8, 9]
    assert given.loc[0, ["valence", "arousal", "quadrant"]].tolist() == [3, 7, "neg_high"]
    assert given.loc[9, ["valence", "arousal", "quadrant"]].tolist() == [7, 7, "pos_high"]


def test_an_edited_cue_sheet_changes_what_was_edited(read, tmp_path):
    cues = read.drop(columns=["segment", "routed_quadrant"]).assign(
        source_file="a.mp3", valence=6.0, arousal=4.0
    )
    cues.loc[9, "end_s"] = 9.6000001
    cues.loc[2, "quadrant"] = "neg_high"  # the scores were left as they were
    cues.loc[5, ["valence", "arousal"]] = [2.0, 8.0]  # the quadrant was
    cues.loc[6, ["valence", "arousal"]] = [7.0, 2.0]  # in the same quadrant
    cues.to_csv(tmp_path / "cues.csv", index=False)
    given = override(read, tmp_path / "cues.csv")
    assert given.index[given["is_given"]].tolist() == [2, 5, 6]
    assert given.loc[2, ["valence", "arousal"]].tolist() == [3, 7]
    assert given.loc[5, "routed_quadrant"] == "neg_high"
    assert given.loc[6, ["valence", "arousal"]].tolist() == [7, 2]


@pytest.mark.parametrize("names", ["routed_quadrant", "quadrant"])
def test_a_sheet_of_runs_changes_the_runs_that_were_edited(read, tmp_path, names):
    """A run says the means of its segments, and the quadrant most of them are routed to or read as."""
    read[["valence", "arousal"]] += np.random.default_rng(0).normal(0, 0.3, (10, 2))
    read.loc[2, ["quadrant", "routed_quadrant"]] = ["neg_high", "pos_high"]
    bounds = [0, 3, 7, 10]
    runs = [read.iloc[first:last] for first, last in itertools.pairwise(bounds)]
    cues = pd.DataFrame(
        {
            "start_s": [0.0, 3.0, 7.0],
            "end_s": [3.0, 7.0, LENGTH_S],
            "quadrant": [run[names].mode().iloc[0] for run in runs],
            "valence": [run["valence"].mean() for run in runs],
            "arousal": [run["arousal"].mean() for run in runs],
        }
    )
    cues.to_csv(tmp_path / "cues.csv", index=False)
    assert not override(read, tmp_path / "cues.csv")["is_given"].any()
    cues.loc[1, ["valence", "arousal"]] = [2.0, 8.0]
    cues.loc[2, "quadrant"] = "neg_high"
    cues.to_csv(tmp_path / "cues.csv", index=False)
    given = override(read, tmp_path / "cues.csv")
    assert given.index[given["is_given"]].tolist() == list(range(3, 10))
    assert (given.loc[3:6, ["valence", "arousal"]] == [2, 8]).all(axis=None)
    assert (given.loc[7:, ["valence", "arousal"]] == [3, 7]).all(axis=None)
    assert set(given.loc[3:, "routed_quadrant"]) == {"neg_high"}


def test_touching_spans_do_not_overlap(read):
    override(read, "0-3.2000004:pos_low, 3.2-9:neg_high")


@pytest.mark.parametrize(
    ("cues", "said"),
    [
        ("0-5:pos_low,4-8:neg_low", r"'4-8:neg_low'.*overlaps '0-5:pos_low'"),
        ("pos_low,4-8:neg_low", "overlaps"),
        ("0-10.2:pos_low", "leaves the clip, which lasts 9.60 s"),
        ("10-:pos_low", "leaves the clip"),
        ("5-5:pos_low", "not after its start"),
        ("3.6-4.2:pos_low", "holds the middle of no segment"),
        ("happy", "happy is no mood; write pos_high"),
        ("0-4:happy", "happy is no mood"),
        ("0-4:0.5/3", "scores run from 1 to 9"),
        ("0-4-8:pos_low", "cannot be understood; write 0-12:pos_low"),
        ("0-4:pos_low,", "cannot be understood"),
        ("nan-4:pos_low", "cannot be understood"),
        ("gone.csv", "gone.csv: there is no such file"),
    ],
)
def test_refusals_are_one_line(read, cues, said):
    with pytest.raises(MoodscoreError, match=said) as refusal:
        override(read, cues)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("start_s,end_s,mood\n0,1,pos_low\n", "lacks a column quadrant"),
        ("start_s,quadrant\n0,pos_low\n", "row 1, column end_s"),
        ("start_s,end_s,quadrant\n0,1,happy\n", "row 2, column quadrant: found 'happy'"),
        ("start_s,end_s,valence,arousal\n0,1,7,\n", "row 2, column arousal: found nothing"),
        ("start_s,end_s,valence,arousal\n0,1,7,11\n", "row 2, column arousal: found '11'"),
        ("start_s,end_s,valence\n0,1,7\n", "column arousal"),
        ("start_s,end_s,quadrant\nsoon,1,pos_low\n", "row 2, column start_s: found 'soon'"),
        ("start_s,end_s,quadrant\n-1,1,pos_low\n", "row 2, column start_s"),
        ("start_s,end_s,quadrant\n0,3,pos_low\n2,4,neg_low\n", "row 3: overlaps"),
        ("start_s,end_s,quadrant\n0,30,pos_low\n", "row 2: leaves the clip"),
        ("start_s,end_s,quadrant\n0,3,\n", "names no emotion in any row"),
        ("start_s,end_s,quadrant,valence,arousal\n0,3,neg_high,8,8\n", "row 2: says neg_high, but"),
    ],
)
def test_tables_that_are_refused(read, tmp_path, text, said):
    with pytest.raises(MoodscoreError, match=said):
        override(read, table(tmp_path, text))


@pytest.mark.parametrize("form", ["text", "table"])
def test_neutral_is_the_middle_of_the_plane(read, tmp_path, form):
    text = "0-5:neutral"
    if form == "table":
        text = table(tmp_path, "start_s,end_s,quadrant,valence,arousal\n0,5,neutral,6.04,3.96\n")
    given = override(read, text)
    assert (given.loc[:4, ["valence", "arousal"]] == 5).all(axis=None)
    assert (given.loc[:4, "confidence"] == 0).all()
    assert given["is_given"].tolist() == [True] * 5 + [False] * 5
