import pytest

from moodscore.errors import MoodscoreError
from moodscore.media import Song
from moodscore.music import licence_notes

SONGS = ("a.ogg", "b.ogg", "album/c.ogg", "album/d [live].ogg", "album/bonus/e.ogg")


@pytest.fixture
def notes(tmp_path):
    def read(text="", songs=SONGS, **tables):
        files = {"": text} | tables
        for folder, content in files.items():
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            if content:
                (tmp_path / folder / "LICENSES.csv").write_text(content, encoding="utf-8")
        return licence_notes([Song(file, tmp_path / file) for file in songs])

    return read


def test_without_a_table_nothing_is_known(notes):
    assert notes() == dict.fromkeys(SONGS, "")


@pytest.mark.parametrize("header", ["file,licence", "file,license", "FILE , Licence", "\ufefffile,licence"])
def test_one_row_a_song(notes, header):
    found = notes(f"{header}\na.ogg,CC0\n\nalbum/d [live].ogg,CC BY 4.0\n")
    assert found == dict.fromkeys(SONGS, "") | {"a.ogg": "CC0", "album/d [live].ogg": "CC BY 4.0"}


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        ("CC0,,,", "CC0"),
        ("CC BY 3.0,Sugar Plums,,", '"Sugar Plums", CC BY 3.0'),
        ("CC BY 3.0,,K. MacLeod,", "by K. MacLeod, CC BY 3.0"),
        ('CC BY 3.0,"Sugar, Plums",K. MacLeod,a.org', '"Sugar, Plums" by K. MacLeod (a.org), CC BY 3.0'),
    ],
)
def test_credits_go_before_the_licence(notes, cells, note):
    assert notes(f"file,licence,title,author,source,notes\na.ogg,{cells},x\n")["a.ogg"] == note


def test_columns_in_any_order_and_any_delimiter(notes):
    assert notes("author;licence;file\nme;all mine;a.ogg\n")["a.ogg"] == "by me, all mine"


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        ("album", {"album/c.ogg", "album/d [live].ogg", "album/bonus/e.ogg"}),
        ("album/", {"album/c.ogg", "album/d [live].ogg", "album/bonus/e.ogg"}),
        (".\\album\\bonus", {"album/bonus/e.ogg"}),
        (".", set(SONGS)),
        ("*", set(SONGS)),
        ("?.ogg", {"a.ogg", "b.ogg"}),
        ("album/*", {"album/c.ogg", "album/d [live].ogg", "album/bonus/e.ogg"}),
        ("*live*", {"album/d [live].ogg"}),
        ("a.ogg", {"a.ogg"}),
    ],
)
def test_an_entry_may_cover_several_songs(notes, entry, covered):
    found = notes(f"file,licence\n{entry},CC0\n")
    assert {song for song, note in found.items() if note == "CC0"} == covered


def test_the_song_goes_before_its_folder_before_a_pattern(notes):
    rows = ("*,pattern", "album/*,later pattern", "album,folder", "album/bonus,nearest", "album/c.ogg,song")
    assert notes("\n".join(("file,licence", *rows))) == {
        "a.ogg": "pattern",
        "b.ogg": "pattern",
        "album/c.ogg": "song",
        "album/d [live].ogg": "folder",
        "album/bonus/e.ogg": "nearest",
    }


def test_the_nearest_table_that_knows_a_song_decides(notes):
    found = notes("file,licence\n*,far\n", **{"album": "file,licence\nbonus,near\n"})
    assert found["album/bonus/e.ogg"] == "near"
    assert found["album/c.ogg"] == found["a.ogg"] == "far"


def test_accents_are_composed(notes):
    assert notes("file,licence\nCafe\u0301.ogg,CC0\n", songs=["Caf\u00e9.ogg"]) == {"Caf\u00e9.ogg": "CC0"}


def test_a_folder_whose_accents_are_not_composed(tmp_path):
    folder = tmp_path / "Cafe\u0301"
    folder.mkdir()
    (folder / "LICENSES.csv").write_text("file,licence\na.ogg,CC0\n", encoding="utf-8")
    song = Song("Caf\u00e9/a.ogg", folder / "a.ogg")
    assert licence_notes([song]) == {song.file: "CC0"}


def test_a_row_that_fits_no_song_is_named(notes, caplog):
    notes("file,licence\na.ogg,CC0\nb.oog,CC0\n*.ogg,CC0\n*.wav,CC0\n")
    assert [record.message.partition("LICENSES.csv")[2] for record in caplog.records] == [
        ", row 3, column file: 'b.oog' fits no song",
        ", row 5, column file: '*.wav' fits no song",
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("licence\nCC0\n", "row 1, column file: is missing"),
        ("file,title\na.ogg,A\n", "row 1, column licence: is missing"),
        ("file,licence,license\na.ogg,CC0,CC0\n", "row 1, column licence: is there twice"),
        ("file,licence,author,author\na.ogg,CC0,me,me\n", "row 1, column author: is there twice"),
        ("\n", "row 1, column file: is missing"),
        ("file,licence\na.ogg\n", "row 2: has 1 values; write 2"),
        ("file,licence\n\na.ogg,CC0,me\n", "row 3: has 3 values; write 2"),
        ("file,licence\na.ogg,\n", "row 2, column licence: is empty"),
        ('file,licence\na.ogg,"CC\n0"\n,CC0\n', "row 4, column file: is empty"),
        ("file,licence\na.ogg,CC0\n./a.ogg,CC0\n", "row 3, column file: 'a.ogg' is in row 2 too"),
        ('file,licence\na.ogg,"CC0\n', "row 2: not a row of a table"),
    ],
)
def test_a_malformed_table_is_refused_by_place(notes, table, message):
    with pytest.raises(MoodscoreError, match=rf"^[^\n]*LICENSES\.csv, {message}[^\n]*$"):
        notes(table)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html>", "this is a web page, expected a table of licences"),
        (b"file,licence\n\x83\x89\x83\x93.ogg,CC0\n", "neither UTF-8 nor UTF-16 text"),
    ],
)
def test_what_is_no_table_is_refused(notes, tmp_path, content, message):
    (tmp_path / "LICENSES.csv").write_bytes(content)
    with pytest.raises(MoodscoreError, match=message):
        notes()
