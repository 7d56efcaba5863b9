import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from moodscore.errors import MoodscoreError
from moodscore.files import content_key, replacing, sha256_of, write_text


def names(folder):
    return sorted(os.listdir(folder))


def test_the_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "a.csv"
    with replacing(path) as part:
        part.write_text("new")
        assert not path.exists()
        assert part.parent == path.parent
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.csv"]


def test_the_temporary_name_is_hidden_short_and_ends_like_the_final_one(tmp_path):
    longest = "x" * 251 + ".mp4"
    for name, ending in ((longest, ".mp4"), ("plain", ".part"), ("a.tar.gz", ".gz")):
        with replacing(tmp_path / name) as part:
            part.touch()
        assert part.name.startswith(".")
        assert part.name.endswith(ending)
    assert names(tmp_path) == ["a.tar.gz", "plain", longest]


def test_missing_folders_are_made(tmp_path):
    with replacing(str(tmp_path / "b" / "c" / "a.txt")) as part:
        part.touch()
    assert names(tmp_path / "b" / "c") == ["a.txt"]


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, MoodscoreError])
def test_what_was_there_stays_when_the_block_fails(tmp_path, error):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as part:
        part.write_text("ha")
        raise error
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with (
        pytest.raises(MoodscoreError, match=r"a\.txt: cannot be written \(No such file"),
        replacing(tmp_path / "a.txt"),
    ):
        pass
    assert names(tmp_path) == []


def test_what_the_system_refuses_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    refusals = [
        (tmp_path / "file" / "a.txt", KeyError),  # a file where a folder is due: the block is not entered
        (tmp_path / "a.txt", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))),
        (tmp_path / "a.txt", OSError("just words")),
    ]
    for path, error in refusals:
        with (
            pytest.raises(MoodscoreError, match=r"a\.txt: cannot be written \(.+\); see") as refused,
            replacing(path),
        ):
            raise error
        assert "\n" not in str(refused.value)
    assert names(tmp_path) == ["file"]


def test_a_folder_of_that_name_is_not_replaced(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(MoodscoreError, match="cannot be written"), replacing(tmp_path / "a") as part:
        part.touch()
    assert names(tmp_path) == ["a"]


def test_writers_at_the_same_time_do_not_share_the_temporary_file(tmp_path):
    path = tmp_path / "a.txt"

    def write(letter):
        with replacing(path) as part:
            part.write_text(letter * 100_000)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcdefgh"))
    text = path.read_text()
    assert text == text[0] * 100_000
    assert names(tmp_path) == ["a.txt"]


def test_a_text_has_the_same_bytes_everywhere_and_the_published_sum(tmp_path):
    """The SHA-256 of ``abc`` as FIPS 180-2 has it, appendix B.1."""
    write_text(tmp_path / "text", "abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "text") == digest
    assert content_key(tmp_path / "text") == digest[:16]
    write_text(tmp_path / "text", "é\n")
    assert (tmp_path / "text").read_bytes() == b"\xc3\xa9\n"
    with pytest.raises(MoodscoreError, match="gone: cannot be read"):
        sha256_of(tmp_path / "gone")
