import logging

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import RATING_COLUMNS, interval_labels, read_ratings
from moodscore.errors import MoodscoreError


def read(path, **options):
    return read_ratings(path, format="deap", **options)


def refusal_of(path) -> str:
    with pytest.raises(MoodscoreError) as caught:
        read(path)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(path))
    return message.removeprefix(str(path)).lstrip(":, ")


def sorted_by_key(table):
    return table.sort_values(["clip_id", "rater"], ignore_index=True)


class TestReading:
    def test_every_participant_rates_every_video_as_a_whole(self, deap_file, deap_truth):
        table = read(deap_file())
        assert tuple(table.columns) == RATING_COLUMNS
        assert len(table) == 32 * 40
        assert table[["start_s", "end_s"]].isna().all(axis=None)
        assert sorted(set(table["clip_id"])) == [f"{number:02d}" for number in range(1, 41)]
        scores = table.set_index(["rater", "clip_id"])[["valence", "arousal"]]
        for person, video in ((0, 0), (4, 16), (31, 39)):
            assert (
                scores.loc[(str(person + 1), f"{video + 1:02d}")].tolist()
                == deap_truth[person, video].tolist()
            )

    def test_the_mean_is_by_video_whatever_the_order_of_presentation(self, deap_file, deap_truth):
        labels = interval_labels(read(deap_file(seed=0)))
        np.testing.assert_allclose(labels[["valence", "arousal"]], deap_truth.mean(axis=0), atol=1e-9)
        other = interval_labels(read(deap_file(seed=1)))
        pd.testing.assert_frame_equal(labels, other)

    def test_the_place_in_the_order_is_not_even_read(self, deap_file):
        def garble(table):
            return table.assign(Trial="n/a")

        pd.testing.assert_frame_equal(read(deap_file(edit=garble)), read(deap_file()))
        without = read(deap_file(edit=lambda table: table.drop(columns=["Trial", "Start_time"])))
        pd.testing.assert_frame_equal(without, read(deap_file()))

    def test_a_file_without_the_number_of_the_video_is_refused(self, deap_file):
        message = refusal_of(deap_file(edit=lambda table: table.drop(columns="Experiment_id")))
        assert message.startswith("row 1, column Experiment_id: found only 'Participant_id', 'Trial'")

    @pytest.mark.parametrize(
        "encode",
        [
            lambda text: text.encode("utf-8-sig"),
            lambda text: text.encode("utf-16"),
            lambda text: text.replace("\n", "\r\n").encode(),
            lambda text: text.replace("\n", "\r").encode(),
            lambda text: text.replace(",", ";").replace(".", ",").encode(),
            lambda text: text.replace(",", "\t").replace(".", ",").encode("utf-16"),
            lambda text: text.replace(",\n", "\n").encode(),
        ],
        ids=["bom", "utf-16", "crlf", "cr", "decimal comma", "unicode text", "trailing delimiter left away"],
    )
    def test_as_other_programs_save_it(self, deap_file, encode):
        pd.testing.assert_frame_equal(read(deap_file(encode=encode)), read(deap_file(name="plain.csv")))

    @pytest.mark.parametrize("columns", [["Familiarity"], ["Familiarity", "Liking"], ["Dominance"]])
    def test_columns_nobody_needs_may_be_missing(self, deap_file, columns):
        table = read(deap_file(edit=lambda table: table.drop(columns=columns)))
        pd.testing.assert_frame_equal(table, read(deap_file()))

    def test_fewer_people_or_videos_are_a_corpus_too(self, deap_file):
        few = read(deap_file(edit=lambda table: table[table["Experiment_id"].isin([3, 17, 30])]))
        assert few.groupby("clip_id")["rater"].nunique().to_dict() == {"03": 32, "17": 32, "30": 32}


class TestRefusals:
    @pytest.mark.parametrize(
        ("column", "value", "message"),
        [
            ("Valence", "0", "column Valence: found '0', expected a number from 1 to 9"),
            ("Valence", "10", "column Valence: found '10', expected a number from 1 to 9"),
            ("Arousal", "high", "column Arousal: found 'high', expected a number from 1 to 9"),
            ("Arousal", "", "column Arousal: found nothing, expected a number from 1 to 9"),
            ("Arousal", "NaN", "column Arousal: found 'NaN', expected a number from 1 to 9"),
            ("Experiment_id", "41", "column Experiment_id: found '41', expected a whole number from 1 to 40"),
            ("Experiment_id", "0", "column Experiment_id: found '0', expected a whole number from 1 to 40"),
            (
                "Experiment_id",
                "2.5",
                "column Experiment_id: found '2.5', expected a whole number from 1 to 40",
            ),
            ("Participant_id", "x", "column Participant_id: found 'x', expected a whole number, 1 or more"),
            ("Participant_id", "", "column Participant_id: found nothing, expected a whole number"),
        ],
    )
    def test_a_wrong_cell_is_named(self, deap_file, column, value, message):
        def spoil(table):
            table = table.astype(str)
            table.loc[98, column] = value
            return table

        assert refusal_of(deap_file(edit=spoil)).startswith(f"row 100, {message}")

    def test_a_second_rating_is_named(self, deap_file):
        def repeat(table):
            return pd.concat([table, table.iloc[[4]]])

        message = refusal_of(deap_file(edit=repeat))
        assert message.startswith("row 1282, column Participant_id: found a second rating of clip ")
        assert message.endswith("(the other is in row 6)")

    def test_a_participant_cut_short_is_refused(self, deap_file):
        message = refusal_of(deap_file(edit=lambda table: table.iloc[:1010]))
        assert message == (
            "row 1011, column Experiment_id: found only 10 videos rated by participant 26, "
            "expected all 40 that are rated in this file"
        )

    def test_a_row_cut_short_is_refused(self, deap_file):
        message = refusal_of(deap_file(encode=lambda text: text[: text.rindex(",", 0, -20)].encode()))
        assert message.startswith("row 1281: found ") and message.endswith("expected 9, as in the header")

    def test_a_workbook_is_refused(self, deap_file):
        message = refusal_of(deap_file(encode=lambda text: b"\xd0\xcf\x11\xe0" + text.encode()))
        assert message == "this is an old Excel workbook (.xls), expected a table of ratings; save it as CSV"


class TestPolarity:
    def test_the_right_way_round_nothing_is_said(self, deap_file, caplog):
        read(deap_file())
        assert not caplog.records

    def test_the_wrong_way_round_is_said_once(self, deap_file, caplog):
        path = deap_file()
        with caplog.at_level(logging.WARNING):
            read(path, inverted=True)
            read(path, inverted=True)
        (record,) = caplog.records
        assert "valence falls where liking rises (r = -0.9" in record.message
        assert "leave out inverted: true" in record.message

    def test_a_file_that_was_turned_is_suspected(self, deap_file, caplog):
        path = deap_file(edit=lambda table: table.assign(Valence=10 - table["Valence"]))
        with caplog.at_level(logging.WARNING):
            read(path)
        assert "set inverted: true" in caplog.text

    def test_without_liking_there_is_no_suspicion(self, deap_file, caplog):
        read(deap_file(edit=lambda table: table.drop(columns="Liking")), inverted=True)
        read(deap_file(edit=lambda table: table.assign(Liking=5.0)), inverted=True)
        assert not caplog.records
