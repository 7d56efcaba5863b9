import pandas as pd
import pytest

from moodscore.emotion import RATING_COLUMNS, RATING_FORMATS, read_ratings
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
            (HEADER + GOOD).encode("utf-16"),
            (HEADER + GOOD).replace(",", ";").replace("2.5", "2,5"),
            HEADER + "\n" + GOOD + "\n , ,,,,\n",
            HEADER + '"01","0","10","anna","7","2.5"',
            "rater,note,arousal,valence,end_s,start_s,clip_id\nanna,a;b;c,2.5,7,10,0,01\n",
            HEADER + "01,0.0,1e1,anna,+7.,2.50\n",
        ],
        ids=[
            "bom",
            "crlf",
            "cr",
            "semicolon",
            "tab",
            "spaces",
            "utf-16",
            "decimal comma",
            "blank",
            "quotes",
            "order",
            "numbers",
        ],
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
            ("01,0:75,99,anna,5,5", "row 3, column start_s: found '0:75', expected seconds from the start"),
            ("01,0:10,5,anna,5,5", "row 3, column end_s: found '5', expected a time after start_s, 0:10"),
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
            ("\n\n", "row 1, column clip_id: found an empty line, expected the columns"),
            (HEADER, "found no row below the header, expected at least one rating"),
            (HEADER + "\n,,,,,\n", "found no row below the header, expected at least one rating"),
            (
                HEADER.replace("\n", ",rater\n") + GOOD,
                "row 1, column rater: found twice, expected the columns",
            ),
        ],
        ids=["nothing", "no header", "header only", "blank rows", "twice"],
    )
    def test_a_file_without_a_table_is_refused(self, write, content, message):
        assert refusal_of(write(content)).startswith(message)

    def test_a_missing_file_is_refused(self, tmp_path):
        assert refusal_of(tmp_path / "none.csv") == "no such file, expected a table of ratings"

    def test_a_folder_is_refused(self, tmp_path):
        assert refusal_of(tmp_path).startswith("cannot be read")

    def test_inverted_scores_are_mirrored_about_five(self, write):
        path = write(HEADER + GOOD + "02,,,ben,9,1\n")
        upright, mirrored = read_ratings(path), read_ratings(path, inverted=True)
        for score in ("valence", "arousal"):
            assert (upright[score] + mirrored[score]).eq(10).all()
        pd.testing.assert_frame_equal(upright.iloc[:, :4], mirrored.iloc[:, :4])

    def test_a_format_that_is_not_known_is_refused(self, write):
        with pytest.raises(MoodscoreError, match=f"'DEAP' is not one of {', '.join(RATING_FORMATS)}"):
            read_ratings(write(HEADER + GOOD), format="DEAP")

    def test_a_comma_is_no_decimal_point_where_it_separates(self, write):
        message = refusal_of(write(HEADER + '01,,,anna,"6,5",5\n'))
        assert (
            message
            == "row 2, column valence: found '6,5', expected a number from 1 to 9, with a decimal point"
        )
