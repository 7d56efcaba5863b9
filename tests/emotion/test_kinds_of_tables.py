"""Ratings as people have them: one table of what is read, one of what is refused, with its sentence."""

import datetime
import io
import sys
import zipfile

import pandas as pd
import pytest

from moodscore.emotion import beyond_the_end, read_ratings
from moodscore.errors import MoodscoreError

HEADER = "clip_id,start_s,end_s,rater,valence,arousal\n"
ROWS = "sunset,,,anna,7,3\nchase,0,12.5,anna,3,8\nchase,12.5,65,Zoë,4,5.5\n"
PLAIN = HEADER + ROWS
WHOLE = "clip_id,rater,valence,arousal\nsunset,anna,7,3\nchase,anna,3,8\n"


def workbook(rows, formats=(), title=()):
    """An Excel file of these rows, times written as Excel writes what is typed as 1:05."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active.append(["Nothing to see here"])
    sheet = book.create_sheet("Ratings")
    for row in [*title, *rows]:
        sheet.append(row)
    for cell, form in formats:
        sheet[cell].number_format = form
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def archive(*names):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as file:
        for name in names:
            file.writestr(name, "")
    return stored.getvalue()


CELLS = [
    ["clip_id", "start_s", "end_s", "rater", "valence", "arousal"],
    ["sunset", None, None, "anna", 7, 3],
    ["chase", 0, 12.5, "anna", 3.0, 8],
    ["chase", "12,5", datetime.time(1, 5), "Zoë", "4", 5.5],
]
SAME = {
    "names in other case": PLAIN.replace("clip_id", "Clip ID").replace("valence", "Valence"),
    "names in capitals": PLAIN.replace(HEADER, HEADER.upper()),
    "joined otherwise": PLAIN.replace("start_s", "start-s").replace("end_s", "End S"),
    "sep=;": "sep=;\n" + PLAIN.replace(",", ";"),
    "sep=, in quotes": '"sep=,"\r\n' + PLAIN,
    "sep of one bar": "SEP=|\n" + PLAIN.replace(",", "|"),
    "comments": "# from the lab\n" + HEADER + "# anna's first\n" + ROWS + '# "end\n',
    "lines above": "\n\n;;;\n" + PLAIN,
    "a title above": "Ratings of November\n\n" + PLAIN,
    "minutes and seconds": PLAIN.replace("12.5", "0:12.5").replace("65", "1:05"),
    "hours": PLAIN.replace("65", "0:01:05"),
    "units": PLAIN.replace("12.5", "12.5 s").replace(",65,", ",65 sec,"),
    "NA": PLAIN.replace("sunset,,", "sunset,NA,NA"),
    "nan": PLAIN.replace("sunset,,", "sunset,nan,NaN"),
    "dashes": PLAIN.replace("sunset,,", "sunset,-,–"),
    "words for nothing": PLAIN.replace("sunset,,", "sunset,null,n/a"),
    "bar": PLAIN.replace(",", "|"),
    "bar and blanks": PLAIN.replace(",", " | "),
    "windows-1252": PLAIN.encode("cp1252"),
    "utf-16 le without a mark": PLAIN.encode("utf-16-le"),
    "utf-16 be without a mark": PLAIN.encode("utf-16-be"),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-32": PLAIN.encode("utf-32"),
    "windows, semicolon, decimal comma": PLAIN.replace(",", ";").replace(".", ",").encode("cp1252"),
    "names of files": PLAIN.replace("sunset", "sunset.mp4").replace("chase", "chase.MOV"),
    "paths": PLAIN.replace("sunset", "clips/sunset.mp4").replace("chase", "C:\\films\\chase.mkv"),
    "rows without a score": PLAIN + "late,,,ben,NA,NA\n",
    "workbook": workbook(CELLS, [("C4", "h:mm")]),
    "workbook with a title": workbook(CELLS, [("C5", "hh:mm")], title=[["Ratings"]]),
    "workbook with seconds": workbook(
        [*CELLS[:3], ["chase", 12.5, datetime.time(0, 1, 5), "Zoë", 4, 5.5]], [("C4", "mm:ss")]
    ),
}


@pytest.fixture
def write(tmp_path):
    def write(content, name="ratings.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("kind", SAME)
def test_the_same_table(write, kind):
    expected = read_ratings(write(PLAIN, "plain.csv"))
    pd.testing.assert_frame_equal(read_ratings(write(SAME[kind])), expected)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_without_times_all_ratings_are_of_whole_clips(write, delimiter):
    table = read_ratings(write(WHOLE.replace(",", delimiter)))
    assert table["clip_id"].tolist() == ["sunset", "chase"]
    assert table[["start_s", "end_s"]].isna().all(axis=None)


REFUSED = {
    "a workbook of old": (b"\xd0\xcf\x11\xe0\xa1\xb1", "this is an old Excel workbook (.xls), expected"),
    "a web page": ("<!DOCTYPE html><html>", "this is a web page, expected a table of ratings; export"),
    "a web page that is shy": ("\n  <html><table>", "this is a web page, expected"),
    "a feed": ('<?xml version="1.0"?>', "this is a web page, expected"),
    "json": ('[{"clip_id": "sunset"}]', "this is JSON, expected a table of ratings"),
    "opendocument": (archive("mimetype", "content.xml"), "this is an OpenDocument spreadsheet (.ods)"),
    "a letter": (archive("word/document.xml"), "this is a Word document, expected"),
    "an archive": (archive("ratings.csv"), "this is an archive (.zip), expected"),
    "half a workbook": (workbook(CELLS)[:400], "is a damaged workbook or archive"),
    "a pdf": (b"%PDF-1.7 ...", "this is a PDF file, expected"),
    "a film": (b"\0\0\0\x20ftypisom", "this is a film, expected"),
    "a picture": (b"\x89PNG\r\n", "this is a picture, expected"),
    "spss": (b"$FL2@(#) IBM SPSS", "this is an SPSS file (.sav), expected"),
    "japanese in shift-jis": (
        PLAIN.replace("sunset", "夕焼け空").encode("shift-jis", "replace"),
        "neither UTF-8 nor UTF-16 text, expected a table of ratings; save it as CSV in UTF-8",
    ),
    "russian in windows-1251": (
        PLAIN.replace("sunset", "закат").encode("cp1251", "replace"),
        "neither UTF-8 nor UTF-16 text, expected a table of ratings; save it as CSV in UTF-8",
    ),
    "two encodings in one": (
        PLAIN.encode() + "naïf,,,zoé,5,5\n".encode("cp1252"),
        "neither UTF-8 nor UTF-16 text, expected a table of ratings; save it as CSV in UTF-8",
    ),
    "one of two times": (
        WHOLE.replace("rater", "start_s,rater").replace(",anna", ",1,anna"),
        "row 1, column end_s: found only",
    ),
    "half an opinion": (PLAIN + "late,,,ben,NA,3\n", "row 5, column valence: found 'NA', expected a number"),
    "no such minute": (PLAIN + "late,0:61,2:00,ben,5,3\n", "row 5, column start_s: found '0:61', expected"),
    "per cent": (
        HEADER + "".join(f"{clip},,,anna,{10 * clip},55\n" for clip in range(1, 6)),
        "row 2, column valence: found '10', expected a number from 1 to 9, with a decimal point; "
        "if raters could choose from 0 to 100, set scale: [0, 100]",
    ),
    "about nought": (
        HEADER + "".join(f"{clip},,,anna,{clip - 3},0\n" for clip in range(1, 6)),
        "row 2, column valence: found '-2', expected a number from 1 to 9, with a decimal point; "
        "if raters could choose from -2 to 2, set scale: [-2, 2]",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused_says_what_it_is(write, kind):
    content, sentence = REFUSED[kind]
    path = write(content)
    with pytest.raises(MoodscoreError) as refused:
        read_ratings(path)
    message = str(refused.value)
    assert message.removeprefix(str(path)).lstrip(":, ").startswith(sentence)
    assert "\n" not in message and "PK" not in message


def test_a_workbook_without_openpyxl(write, monkeypatch):
    content = workbook(CELLS)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        MoodscoreError, match=r"this is an Excel workbook; save it as CSV, or install openpyxl"
    ):
        read_ratings(write(content))


def opinions(values, n_clips=4, n_raters=3):
    rows = [
        f"clip {clip},anna {rater},{values[(clip + rater) % len(values)]},{values[clip % len(values)]}\n"
        for clip in range(n_clips)
        for rater in range(n_raters)
    ]
    return "clip_id,rater,valence,arousal\n" + "".join(rows)


@pytest.mark.parametrize(
    ("values", "n_clips", "suspected"),
    [
        ((1, 2, 3, 4, 5), 5, 5),
        ((1, 2, 3, 4, 5, 6, 7), 7, 7),
        ((1.5, 3.2, 4.9), 4, 5),
        ((1, 5, 9), 4, None),
        ((1, 2, 8), 4, None),
        ((1, 2, 3, 4, 5), 3, None),  # 9 ratings
        ((1, 2, 3), 2, None),  # 2 clips
    ],
)
def test_another_scale_is_suspected(write, caplog, values, n_clips, suspected):
    read_ratings(write(opinions(values, n_clips), f"{values}{n_clips}.csv"))
    if suspected is None:
        assert not caplog.records
    else:
        assert f"no score is above {suspected} in {3 * n_clips} ratings of {n_clips} clips" in caplog.text
        assert f"set scale: [1, {suspected}] beside filepath in the catalog" in caplog.text


@pytest.mark.parametrize(
    ("scale", "raw", "scores"),
    [
        ([1, 5], (1, 3, 5), (1, 5, 9)),
        ([0, 100], (0, 50, 100), (1, 5, 9)),
        ([-1, 1], (-1, 0, 0.5), (1, 5, 7)),
        ({"valence": [-3, 3], "arousal": [-3, 3]}, (-3, 0, 3), (1, 5, 9)),
        ([1, 9], (1, 5, 9), (1, 5, 9)),
    ],
)
def test_a_scale_is_moved_to_one_to_nine(write, caplog, scale, raw, scores):
    path = write(opinions(raw, 3, 1))
    table = read_ratings(path, scale=scale)
    assert sorted(table["valence"]) == pytest.approx(scores)
    mirrored = read_ratings(path, scale=scale, inverted=True)
    assert (mirrored["arousal"] + table["arousal"]).tolist() == pytest.approx([10] * 3)
    assert not caplog.records


@pytest.mark.parametrize("scale", [[5, 1], [1, 1], [1], "1-5", [1, "five"], {"valence": [1, 5]}])
def test_what_is_no_scale(write, scale):
    with pytest.raises(MoodscoreError, match=r"^scale: .* write the lowest and the highest value"):
        read_ratings(write(WHOLE), scale=scale)


def test_beyond_the_scale_that_was_set(write):
    with pytest.raises(MoodscoreError, match="found '7', expected a number from 1 to 5"):
        read_ratings(write(WHOLE), scale=[1, 5])


def test_intervals_of_a_rater_that_overlap_are_said(write, caplog):
    rows = (
        "a,0,10,anna,5,5\na,8,12,anna,5,5\na,11,20,anna,5,5\na,5,9,ben,5,5\nb,0,10,anna,5,5\nb,,,anna,5,5\n"
    )
    read_ratings(write(HEADER + rows))
    (record,) = caplog.records
    assert "rater 'anna' rates a part of clip 'a' again from 8 s on, and 1 more overlap" in record.message
    caplog.clear()
    read_ratings(write(HEADER + "a,0,10,anna,5,5\na,10,12,anna,5,5\na,5,9,ben,5,5\n", "fine.csv"))
    assert not caplog.records


def test_ratings_beyond_the_end_of_their_clip_are_said(write):
    table = read_ratings(
        write(HEADER + "a,0,10,anna,5,5\na,10,30,anna,5,5\nb,0,10.3,anna,5,5\nc,,,anna,5,5\n")
    )
    durations = pd.Series({"a": 20.0, "b": 10.0, "c": 5.0})
    assert beyond_the_end(table, durations) == [
        "clip a ends at 20.0 s, but 1 of its ratings go on after that (up to 30 s); "
        "are they of another cut of it?"
    ]
