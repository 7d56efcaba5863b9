import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import RATING_COLUMNS, quadrant_of, read_ratings, segment_labels
from moodscore.errors import MoodscoreError

HEADER = "clip_id,start_s,end_s,rater,valence,arousal\n"
GOOD = "01,0,10,anna,7,2.5\n"


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "ratings.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def refusal_of(path) -> str:
    """The message without its path; one line, naming the file."""
    with pytest.raises(MoodscoreError) as caught:
        read_ratings(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message.removeprefix(str(path)).lstrip(":, ")


class TestReadRatings:
    def test_a_table_is_read_cell_by_cell(self, write):
        table = read_ratings(write(HEADER + GOOD + "trailer,,,ben,1,9.0\n"))
        assert tuple(table.columns) == RATING_COLUMNS
        assert table.iloc[0].tolist() == ["01", 0.0, 10.0, "anna", 7.0, 2.5]
        assert table["clip_id"].tolist() == ["01", "trailer"]
        assert table.loc[1, ["start_s", "end_s"]].isna().all()
        assert [table[column].dtype for column in ("start_s", "end_s", "valence", "arousal")] == [float] * 4

    @pytest.mark.parametrize(
        "content",
        [
            "\ufeff" + HEADER + GOOD,
            (HEADER + GOOD).replace("\n", "\r\n"),
            (HEADER + GOOD).replace("\n", "\r"),
            (HEADER + GOOD).replace(",", ";"),
            (HEADER + GOOD).replace(",", "\t"),
            (HEADER + GOOD).replace(",", " , "),
            HEADER + "\n" + GOOD + "\n , ,,,,\n",
            HEADER + '"01","0","10","anna","7","2.5"',
            "rater,note,arousal,valence,end_s,start_s,clip_id\nanna,a;b;c,2.5,7,10,0,01\n",
            HEADER + "01,0.0,1e1,anna,+7.,2.50\n",
        ],
        ids=["bom", "crlf", "cr", "semicolon", "tab", "spaces", "blank", "quotes", "order", "numbers"],
    )
    def test_the_same_table_in_other_clothes(self, write, content):
        pd.testing.assert_frame_equal(read_ratings(write(content)), read_ratings(write(HEADER + GOOD)))

    def test_a_name_may_hold_a_delimiter_and_letters_of_any_script(self, write):
        table = read_ratings(write(HEADER + '"one, two",,,Zoë 李,7,3\n'))
        assert table.loc[0, ["clip_id", "rater"]].tolist() == ["one, two", "Zoë 李"]

    def test_a_whole_clip_and_its_parts_may_all_be_rated(self, write):
        rows = ["01,,,anna,7,3", "01,0,5,anna,7,3", "01,5,9,anna,7,3", "01,,,ben,7,3", "02,,,anna,7,3"]
        assert len(read_ratings(write(HEADER + "\n".join(rows)))) == len(rows)

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("01,0,10,anna,10,5", "row 3, column valence: found '10', expected a number from 1 to 9"),
            ("01,0,10,anna,0.99,5", "row 3, column valence: found '0.99', expected a number from 1 to 9"),
            ("01,0,10,anna,5,-3", "row 3, column arousal: found '-3', expected a number from 1 to 9"),
            ("01,0,10,anna,5,", "row 3, column arousal: found nothing, expected a number from 1 to 9"),
            ("01,0,10,anna,nan,5", "row 3, column valence: found 'nan', expected a number from 1 to 9"),
            ("01,0,10,anna,0_5,5", "row 3, column valence: found '0_5', expected a number from 1 to 9"),
            ("01,0,10,anna,٥,5", "row 3, column valence: found '٥', expected a number from 1 to 9"),
            ("01,0,10,anna,happy,5", "row 3, column valence: found 'happy', expected a number from 1 to 9"),
            ("01,10,5,anna,5,5", "row 3, column end_s: found '5', expected a time after start_s, 10"),
            ("01,5,5,anna,5,5", "row 3, column end_s: found '5', expected a time after start_s, 5"),
            ("01,-1,5,anna,5,5", "row 3, column start_s: found '-1', expected seconds from the start"),
            ("01,0:10,5,anna,5,5", "row 3, column start_s: found '0:10', expected seconds from the start"),
            ("01,0,1e999,anna,5,5", "row 3, column end_s: found '1e999', expected seconds from the start"),
            ("01,0,inf,anna,5,5", "row 3, column end_s: found 'inf', expected seconds from the start"),
            ("01,0,,anna,5,5", "row 3, column end_s: found nothing, expected a time, as start_s is given"),
            ("01,,9,anna,5,5", "row 3, column start_s: found nothing, expected a time, as end_s is given"),
            (",0,10,anna,5,5", "row 3, column clip_id: found nothing, expected a name"),
            ("01,0,10,,5,5", "row 3, column rater: found nothing, expected a name"),
            ("01,0,10,anna,5", "row 3: found 5 values, expected 6, as in the header"),
            ("01,0,10,anna,5,5,oops", "row 3: found 7 values, expected 6, as in the header"),
            ("01,0,10,anna,6,6", "row 3, column rater: found a second rating of clip '01', 0.0 to 10.0 s"),
            ('01,0,10,"anna,5,5', "row 3: not a row of a table"),
        ],
    )
    def test_a_wrong_row_is_named(self, write, row, message):
        assert refusal_of(write(HEADER + GOOD + row + "\n")).startswith(message)

    def test_rows_are_counted_as_an_editor_counts_lines(self, write):
        spanning = '"two\nlines",0,10,anna,7,3\n'
        message = refusal_of(write(HEADER + "\n" + spanning + ",,,,,\n" + "01,0,10,anna,99,5\n"))
        assert message.startswith("row 6, column valence")

    def test_a_second_rating_names_the_first(self, write):
        message = refusal_of(write(HEADER + "01,,,anna,5,5\n02,,,anna,5,5\n01,,,anna,7,5\n"))
        assert message.startswith("row 4") and message.endswith("(the other is in row 2)")

    def test_intervals_that_differ_in_the_seventh_digit_are_two(self, write):
        rows = "01,1000000.1,1000001,anna,5,5\n01,1000000.2,1000001,anna,5,5\n"
        assert len(read_ratings(write(HEADER + rows))) == 2

    @pytest.mark.parametrize("column", RATING_COLUMNS)
    def test_a_missing_column_is_named(self, write, column):
        message = refusal_of(write((HEADER + GOOD).replace(column, "other")))
        assert message.startswith(f"row 1, column {column}: found only ")
        assert message.endswith("expected the columns " + ", ".join(RATING_COLUMNS))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "row 1, column clip_id: found an empty line, expected the columns"),
            ("\n" + HEADER + GOOD, "row 1, column clip_id: found an empty line, expected the columns"),
            (HEADER, "found no row below the header, expected at least one rating"),
            (HEADER + "\n,,,,,\n", "found no row below the header, expected at least one rating"),
            (
                HEADER.replace("\n", ",rater\n") + GOOD,
                "row 1, column rater: found twice, expected the columns",
            ),
            ((HEADER + GOOD).encode("utf-16"), "not UTF-8 text, expected a table of ratings saved as CSV"),
        ],
        ids=["nothing", "no header", "header only", "blank rows", "twice", "utf-16"],
    )
    def test_a_file_without_a_table_is_refused(self, write, content, message):
        assert refusal_of(write(content)).startswith(message)

    def test_a_missing_file_is_refused(self, tmp_path):
        assert refusal_of(tmp_path / "none.csv") == "no such file, expected a table of ratings"

    def test_a_folder_is_refused(self, tmp_path):
        assert refusal_of(tmp_path).startswith("cannot be read")


def ratings_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(RATING_COLUMNS)).astype({"start_s": float, "end_s": float})


def segments_of(clip_id="a", n=4, segment_s=1.0) -> pd.DataFrame:
    start = np.arange(n) * segment_s
    return pd.DataFrame(
        {"clip_id": clip_id, "segment": range(n), "start_s": start, "end_s": start + segment_s}
    )


WHOLE = (math.nan, math.nan)


def slow_labels(ratings: pd.DataFrame, segments: pd.DataFrame) -> list[tuple]:
    """One segment, one rater, one interval at a time, with the standard library's statistics."""
    from statistics import mean, stdev

    out = []
    for segment in segments.itertuples():
        chosen = []
        for rater in sorted(set(ratings["rater"])):
            best = None
            for row in ratings[(ratings.rater == rater) & (ratings.clip_id == segment.clip_id)].itertuples():
                start, end = (0, math.inf) if math.isnan(row.start_s) else (row.start_s, row.end_s)
                overlap = round(min(end, segment.end_s) - max(start, segment.start_s), 6)
                if overlap > 0 and (best is None or (-overlap, start, end) < best[0]):
                    best = ((-overlap, start, end), row.valence, row.arousal)
            if best is not None:
                chosen.append(best[1:])
        v, a = zip(*chosen, strict=True) if chosen else ((), ())
        sd = [stdev(x) if len(x) > 1 else math.nan for x in (v, a)]
        out.append((len(chosen), mean(v) if v else math.nan, mean(a) if a else math.nan, *sd))
    return out


class TestSegmentLabels:
    def test_mean_and_sample_deviation_over_raters(self):
        ratings = ratings_of(("a", *WHOLE, "x", 6, 2), ("a", *WHOLE, "y", 8, 2), ("a", *WHOLE, "z", 7, 5))
        labels = segment_labels(ratings, segments_of(n=2))
        assert labels["n_raters"].tolist() == [3, 3]
        assert labels["valence"].tolist() == [7, 7] and labels["arousal"].tolist() == [3, 3]
        assert labels["valence_sd"].tolist() == [1, 1]
        assert labels["arousal_sd"].to_numpy() == pytest.approx(np.sqrt([3, 3]))
        assert labels["quadrant"].tolist() == ["pos_low"] * 2

    def test_one_rater_has_no_deviation(self):
        labels = segment_labels(ratings_of(("a", *WHOLE, "x", 6, 2)), segments_of(n=1))
        assert labels[["valence_sd", "arousal_sd"]].isna().all(axis=None)

    def test_a_segment_without_a_rating_is_unlabelled(self):
        labels = segment_labels(
            ratings_of(("a", 1, 2, "x", 6, 2), ("c", *WHOLE, "x", 9, 9)), segments_of(n=3)
        )
        assert labels["n_raters"].tolist() == [0, 1, 0]
        assert labels["valence"].isna().tolist() == labels["quadrant"].isna().tolist() == [True, False, True]

    def test_no_rating_at_all(self):
        labels = segment_labels(ratings_of(("c", *WHOLE, "x", 9, 9)), segments_of(n=2))
        assert labels["n_raters"].eq(0).all() and labels["quadrant"].isna().all()
        assert labels["quadrant"].dtype == "string"

    def test_the_interval_that_overlaps_most_speaks(self):
        ratings = ratings_of(("a", 0, 1.4, "x", 2, 2), ("a", 1.4, 4, "x", 8, 8))
        assert segment_labels(ratings, segments_of())["valence"].tolist() == [2, 8, 8, 8]

    @pytest.mark.parametrize("order", [[0, 1], [1, 0]])
    def test_of_equal_overlaps_the_earlier_interval_speaks(self, order):
        ratings = ratings_of(("a", 0, 1.5, "x", 2, 2), ("a", 1.5, 4, "x", 8, 8)).iloc[order]
        assert segment_labels(ratings, segments_of())["valence"].tolist() == [2, 2, 8, 8]

    def test_binary_rounding_breaks_no_tie(self):
        # 0.8 - 0.7 > 0.7 - 0.6 in binary
        segments = pd.DataFrame({"clip_id": ["a"], "segment": [0], "start_s": [0.6], "end_s": [0.8]})
        ratings = ratings_of(("a", 0, 0.7, "x", 2, 2), ("a", 0.7, 4, "x", 8, 8))
        assert segment_labels(ratings, segments)["valence"].tolist() == [2]

    def test_touching_is_not_overlapping(self):
        assert segment_labels(ratings_of(("a", 1, 2, "x", 2, 2)), segments_of(n=1))["n_raters"].tolist() == [
            0
        ]

    def test_a_mean_of_five_is_five(self):
        values = [1.3, 8.3, 5.4]
        ratings = ratings_of(*[("a", *WHOLE, str(i), v, v) for i, v in enumerate(values)])
        assert sum(values) / len(values) > 5  # as it comes out in binary
        assert segment_labels(ratings, segments_of(n=1))["quadrant"].tolist() == ["neg_low"]

    def test_rows_keep_the_order_of_the_segments(self):
        segments = pd.concat([segments_of("b", 3), segments_of("a", 2)]).sample(frac=1, random_state=3)
        ratings = ratings_of(("a", *WHOLE, "x", 2, 2), ("b", *WHOLE, "x", 8, 8))
        labels = segment_labels(ratings, segments)
        pd.testing.assert_frame_equal(labels[["clip_id", "segment"]], segments[["clip_id", "segment"]])
        assert labels["valence"].tolist() == [{"a": 2, "b": 8}[clip] for clip in segments["clip_id"]]

    def test_against_one_segment_at_a_time(self):
        rng = np.random.default_rng(5)
        rows = []
        for clip_id in "abc":
            for rater in "xyzw":
                edges = np.sort(rng.choice(np.arange(0, 13, 0.5), 5, replace=False))
                rows += [
                    (clip_id, start, end + rng.choice([0, 1.5]), rater, *rng.uniform(1, 9, 2))
                    for start, end in pairwise(edges)
                    if rng.random() < 0.8
                ]
        rows.append(("a", *WHOLE, "v", 4.0, 6.0))
        ratings = ratings_of(*rows)
        segments = pd.concat([segments_of(clip_id, 10) for clip_id in "abc"], ignore_index=True)
        labels = segment_labels(ratings.sample(frac=1, random_state=1), segments)
        columns = ["n_raters", "valence", "arousal", "valence_sd", "arousal_sd"]
        assert labels["n_raters"].nunique() > 2
        np.testing.assert_allclose(labels[columns].to_numpy(float), slow_labels(ratings, segments), atol=1e-8)
        labelled = labels.dropna(subset="valence")
        assert labelled["quadrant"].tolist() == quadrant_of(labelled["valence"], labelled["arousal"]).tolist()
        pd.testing.assert_frame_equal(labels, segment_labels(ratings, segments))
