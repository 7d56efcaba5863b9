"""What a file is that should have been a table, by how it begins: people are told in words, not in bytes."""

import codecs
import re
from collections.abc import Sequence

#: How a file begins that is no table of text, and what it is.
_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF file"),
    (b"{\\rtf", "a text document (.rtf)"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"PAR1", "a parquet file"),
    (b"$FL2", "an SPSS file (.sav)"),
    (b"$FL3", "an SPSS file (.zsav)"),
    (b"SQLite format 3", "a database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a sound or film"),
    (b"OggS", "a sound or film"),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"7z\xbc\xaf", "an archive (.7z)"),
    (b"Rar!", "an archive (.rar)"),
)
_WEB_PAGE = re.compile(rb"\s*<(!doctype|html|head|body|table|\?xml|svg)", re.IGNORECASE)
_JSON = re.compile(rb"\s*(\{\s*[\"}]|\[\s*[\[{\"])")
ARCHIVE = b"PK\x03\x04"
#: In an archive, what tells its kind.
_INSIDE = (
    ("word/", "a Word document"),
    ("ppt/", "a presentation"),
    ("Index/Document.iwa", "a Numbers spreadsheet"),
    ("content.xml", "an OpenDocument spreadsheet (.ods)"),
)


def kind_of(content: bytes) -> str | None:
    """What the content of a file is, in words; None if it may be a table or an archive."""
    kind = next((words for start, words in _KINDS if content.startswith(start)), None)
    if kind is None and content[4:8] == b"ftyp":
        return "a film"
    text = content.removeprefix(codecs.BOM_UTF8)
    if kind is None and _WEB_PAGE.match(text):
        return "a web page"
    if kind is None and _JSON.match(text):
        return "JSON"
    return kind


def kind_of_archive(names: Sequence[str]) -> str:
    """What an archive is, by the names of what is in it, where it is no Excel workbook."""
    kinds = (words for start, words in _INSIDE if any(name.startswith(start) for name in names))
    return next(kinds, "an archive (.zip)")
