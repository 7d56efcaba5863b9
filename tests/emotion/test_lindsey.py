import logging

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import RATING_COLUMNS, read_ratings, segment_labels
from moodscore.errors import MoodscoreError

INTERVALS = {
    "roundtable_rival": 1,
    "beyond_the_veil": 8,
    "phantom_of_the_opera": 6,
    "take_flight": 1,
    "crystallize": 1,
    "moon_trance": 6,
    "lord_of_the_rings_medley": 1,
    "elements": 1,
}


def read(path, **options):
    return read_ratings(path, format="lindsey", **options)


def refusal_of(path) -> str:
    with pytest.raises(MoodscoreError) as caught:
        read(path)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(path))
    return message.removeprefix(str(path)).lstrip(":, ")


class TestReading:
    def test_columns_belong_to_the_videos_in_their_order(self, form_file, answers):
        table = read(form_file(answers))
        assert tuple(table.columns) == RATING_COLUMNS
        first = table[table["rater"] == "rater 1"]
        assert first["clip_id"].tolist() == [clip for clip, n in INTERVALS.items() for _ in range(n)]
        assert first["valence"].tolist() == answers[0, 0::2].tolist()
        assert first["arousal"].tolist() == answers[0, 1::2].tolist()

    def test_clocks_are_read_and_gaps_of_a_second_closed(self, form_file, answers):
        first = read(form_file(answers)).query("rater == 'rater 1'")
        spans = {
            clip: own[["start_s", "end_s"]].to_numpy().tolist() for clip, own in first.groupby("clip_id")
        }
        assert spans["roundtable_rival"] == [[0, 202]]
        assert spans["beyond_the_veil"][:2] == [[5, 28], [28, 48]]
        assert spans["beyond_the_veil"][-1] == [201, 249]
        assert spans["elements"] == [[0, 230]]

    def test_no_second_within_a_video_is_unrated(self, form_file, answers):
        segments = pd.DataFrame(
            {"clip_id": "moon_trance", "segment": range(252), "start_s": range(252), "end_s": range(1, 253)}
        )
        n_raters = segment_labels(read(form_file(answers)), segments)["n_raters"]
        assert n_raters.tolist() == [0] * 27 + [5] * 225

    def test_intervals_that_meet_stay_as_they_are(self, form_file, answers, form_header):
        header = [name.replace("0:48 - 1:13", "0:47 - 1:13") for name in form_header]
        first = read(form_file(answers, header=header)).query(
            "rater == 'rater 1' and clip_id == 'beyond_the_veil'"
        )
        assert first["end_s"].tolist()[1] == first["start_s"].tolist()[2] == 47

    def test_the_same_heading_may_occur_twice(self, form_file, answers, form_header):
        # The first interval of Phantom of the Opera, and now that of Moon Trance.
        header = [name.replace("0:27 - 1:13", "0:06 - 1:13") for name in form_header]
        table = read(form_file(answers, header=header))
        assert len(table) == 5 * 25 and len(set(header)) < len(header)
        scores = table.query("rater == 'rater 1' and end_s in (73, 74) and start_s == 6")
        assert scores["clip_id"].tolist() == ["phantom_of_the_opera", "moon_trance"]
        assert scores["valence"].tolist() == [answers[0, 18], answers[0, 34]]

    def test_raters_without_a_name_are_numbered(self, form_file, answers):
        table = read(form_file(answers, names=["Ann", "", "", "Zoë", ""]))
        assert table["rater"].unique().tolist() == ["Ann", "rater 2", "rater 3", "Zoë", "rater 5"]

    @pytest.mark.parametrize(
        "comment",
        [
            "Hope it helps!",
            '"two\nlines, ""quoted"""',
            'the "best" of them',
            '"Great" ones',
            "tabs\tin\tit",
            "5",
        ],
    )
    def test_comments_are_left_out(self, form_file, answers, comment):
        path = form_file(answers, comments=["", comment, "", "good", ""])
        table = read(path)
        pd.testing.assert_frame_equal(table, read(form_file(answers)))

    @pytest.mark.parametrize("ending", ["\r\n", "\r"])
    def test_other_line_ends(self, form_file, answers, ending):
        table = read(form_file(answers, ending=ending))
        pd.testing.assert_frame_equal(table, read(form_file(answers)))

    def test_as_comma_separated_values_or_in_wide_characters(self, form_file, answers):
        path = form_file(answers)
        table, text = read(path), path.read_text()
        path.write_text(text.replace("\t", ","))
        pd.testing.assert_frame_equal(read(path), table)
        path.write_bytes(text.encode("utf-16"))
        pd.testing.assert_frame_equal(read(path), table)

    def test_a_file_without_the_column_of_comments(self, form_file, answers, form_header):
        path = form_file(answers)
        table, text = read(path), path.read_text()
        path.write_text("\n".join(line.rpartition("\t")[0] for line in text.splitlines()))
        pd.testing.assert_frame_equal(read(path), table)


class TestRefusals:
    @pytest.mark.parametrize("value", ["0", "10", "good", "", "nan"])
    def test_a_wrong_score_is_named(self, form_file, answers, value):
        answers = answers.astype(object)
        answers[2, 5] = value
        found = repr(value) if value else "nothing"
        assert refusal_of(form_file(answers)) == (
            f"row 4, column 8 (Time: 0:28 - 0:47 [Arousal]): found {found}, expected a number from 1 to 9"
        )

    def test_two_raters_of_one_name_are_refused(self, form_file, answers):
        message = refusal_of(form_file(answers, names=["Ann", "", "Ann", "", ""]))
        assert message.startswith(
            "row 4, column Name (optional): found a second rating of clip 'roundtable_rival', 0.0 to 202.0 s"
        )
        assert message.endswith("by 'Ann', expected one (the other is in row 2)")

    def test_a_row_cut_short_is_refused(self, form_file, answers):
        path = form_file(answers)
        path.write_text(path.read_text()[:-30])
        assert refusal_of(path) == "row 6: found 38 values, expected 52 and a comment"

    def test_a_comment_that_swallows_a_row_is_refused(self, form_file, answers):
        message = refusal_of(form_file(answers, comments=["", '"never closed', "", 'end"', ""]))
        assert message.startswith("row 3: found another row within the comment")

    @pytest.mark.parametrize(
        ("place", "heading", "message"),
        [
            (4, "Time: 0:05 - 0:27 [Arousal]", "another heading, expected 'Time: m:ss - m:ss [Valence]'"),
            (5, "Time: 0:05 - 0:27 [Valence]", "another heading, expected 'Time: m:ss - m:ss [Arousal]'"),
            (5, "Time: 0:05 - 0:28 [Arousal]", "other times, expected those of column 5 (Time: 0:05 - 0:27"),
            (4, "Time: 0:05 - 0:77 [Valence]", "another heading, expected"),
            (4, "Beyond The Veil [Valence]", "another heading, expected"),
        ],
    )
    def test_a_wrong_heading_is_named(self, form_file, answers, form_header, place, heading, message):
        header = list(form_header)
        header[place] = heading
        assert refusal_of(form_file(answers, header=header)).startswith(
            f"row 1, column {place + 1} ({heading}): found {message}"
        )

    def test_an_end_before_the_start_is_refused(self, form_file, answers, form_header):
        header = [name.replace("0:11 - 4:26", "4:26 - 0:11") for name in form_header]
        message = refusal_of(form_file(answers, header=header))
        assert message.startswith(
            "row 1, column 33 (Time: 4:26 - 0:11 [Valence]): found an end that is not after"
        )

    def test_columns_in_another_order_are_refused(self, form_file, answers, form_header):
        header = [*form_header[:4], *form_header[6:8], *form_header[4:6], *form_header[8:]]
        message = refusal_of(form_file(answers, header=header))
        assert message.startswith(
            "row 1, column 7 (Time: 0:05 - 0:27 [Valence]): found an interval that does not"
        )
        assert message.endswith("expected the 8 intervals of beyond_the_veil in order")

    def test_too_few_and_too_many_columns_are_refused(self, form_file, answers, form_header):
        message = refusal_of(form_file(answers, header=form_header[:-3]))
        assert message == "row 1, column 51: found no such column, expected 'Time: m:ss - m:ss [Valence]'"
        message = refusal_of(form_file(answers, header=[*form_header[:52], *form_header[50:]]))
        assert message.startswith("row 1, column 53 (Time: 0 - 3:50 [Valence]): found more than 25 pairs")

    def test_nobody_answered(self, form_file):
        assert refusal_of(form_file(np.zeros((0, 50)))).startswith("found no row below the header")

    def test_a_plain_table_is_refused(self, tmp_path):
        path = tmp_path / "ratings.csv"
        path.write_text("clip_id,start_s,end_s,rater,valence,arousal\n01,,,ann,5,5\n")
        assert refusal_of(path).startswith("row 1, column 3 (end_s): found another heading")


class TestPolarity:
    def test_two_files_of_opposite_polarity_read_alike(self, form_file, answers):
        upright = read(form_file(answers))
        mirrored = read(form_file(10 - answers), inverted=True)
        pd.testing.assert_frame_equal(upright, mirrored)

    @pytest.mark.parametrize("inverted", [False, True])
    def test_the_wrong_way_round_is_said(self, form_file, answers, caplog, inverted):
        path = form_file(answers if inverted else 10 - answers)
        with caplog.at_level(logging.WARNING):
            read(path, inverted=inverted)
        (record,) = caplog.records
        assert "windows are negative and low, while in the paper 1359 are positive and high" in record.message
        assert ("leave out inverted: true" if inverted else "set inverted: true") in record.message

    def test_the_right_way_round_nothing_is_said(self, form_file, answers, caplog):
        read(form_file(answers))
        assert not caplog.records
