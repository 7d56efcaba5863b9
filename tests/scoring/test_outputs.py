import os

import pytest

from moodscore.errors import MoodscoreError
from moodscore.scoring import Outputs, default_output, fingerprint, list_videos


@pytest.fixture
def outputs(tmp_path):
    return Outputs(tmp_path / "out" / "my film.v2.mp4", tmp_path / "records")


@pytest.fixture
def made(outputs, tmp_path):
    """Files in a staging folder, as they are before they are delivered."""
    (tmp_path / "out").mkdir()
    files = {}
    for kind, name in (("soundtrack", "a.wav"), ("cues", "b.csv"), ("emotion", "c.png"), ("video", "d.mp4")):
        files[kind] = tmp_path / name
        files[kind].write_text(kind)
    return files


def test_names(outputs):
    assert [path.name for path in outputs.files.values()] == [
        "my film.v2.wav",
        "my film.v2.cues.csv",
        "my film.v2.emotion.png",
        "my film.v2.mp4",
    ]


def test_delivered_and_known_until_something_changes(outputs, made):
    assert outputs.finished("asked") is None
    assert outputs.deliver(made, "asked") == outputs.video
    assert {path.read_text() for path in outputs.files.values()} == set(made)
    assert outputs.finished("asked") == outputs.video
    assert outputs.finished("asked otherwise") is None
    outputs.files["cues"].write_text("edited by hand")
    assert outputs.finished("asked") is None


def test_a_deleted_file_is_made_again(outputs, made):
    outputs.deliver(made, "asked")
    outputs.files["emotion"].unlink()
    assert outputs.finished("asked") is None


def test_another_container_keeps_its_ending(outputs, made, tmp_path):
    made["video"] = made["video"].rename(tmp_path / "d.mkv")
    assert outputs.deliver(made, "asked").name == "my film.v2.mkv"
    assert outputs.finished("asked").name == "my film.v2.mkv"


def test_records_that_cannot_be_kept_do_no_harm(outputs, made, tmp_path, caplog):
    (tmp_path / "records").write_text("a file")
    assert outputs.deliver(made, "asked").is_file()
    assert "not remembered" in caplog.text
    assert outputs.finished("asked") is None


@pytest.mark.parametrize("content", ["", "[]", '{"request": "asked"}', '{"request": "asked", "files": 3}'])
def test_a_damaged_record_is_none(outputs, made, content):
    outputs.deliver(made, "asked")
    (record,) = outputs.records.iterdir()
    record.write_text(content)
    assert outputs.finished("asked") is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MoodscoreError("wrong")])
def test_staging_leaves_nothing_behind(outputs, made, error):
    with pytest.raises(BaseException), outputs.staging() as folder:  # noqa: B017
        (folder / "half").write_text("half")
        assert folder.parent == outputs.video.parent
        raise error
    assert not list(outputs.video.parent.iterdir())


def test_a_full_disk_is_one_line(outputs, made):
    with (
        pytest.raises(MoodscoreError, match=r"cannot be written .*No space left.*disk has room"),
        outputs.staging(),
    ):
        raise OSError(28, "No space left on device")


def test_what_fails_in_hiding_fails_under_its_own_name(outputs, made):
    with pytest.raises(MoodscoreError) as refusal, outputs.staging() as folder:
        raise MoodscoreError(f"{folder}/a.wav: cannot be written (no room)")
    assert str(refusal.value) == f"{outputs.video}: cannot be written (no room)"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone/x.mp4", "gone: there is no such folder"),
        ("out/x.mov", "ends in .mp4 or .mkv"),
        ("out/x", "ends in .mp4 or .mkv"),
        ("out/folder.mp4", "is a folder"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, made, name, said):
    (tmp_path / "out" / "folder.mp4").mkdir()
    with pytest.raises(MoodscoreError, match=said):
        Outputs(tmp_path / name, tmp_path).check([])


@pytest.mark.parametrize("name", ["film.mp4", "film.wav", "film.cues.csv"])
def test_an_input_is_never_replaced(tmp_path, name):
    source = tmp_path / "source"
    source.write_text("mine")
    os.link(source, tmp_path / name)
    with pytest.raises(MoodscoreError, match=r"would replace .*source"):
        Outputs(tmp_path / "film.mp4", tmp_path).check([source])


def test_nothing_is_put_among_the_songs(tmp_path):
    (tmp_path / "songs" / "more").mkdir(parents=True)
    with pytest.raises(MoodscoreError, match="taken for a song"):
        Outputs(tmp_path / "songs" / "more" / "x.mp4", tmp_path).check([], library=tmp_path / "songs")


def test_a_folder_means_its_videos_but_no_results(tmp_path):
    for name in ("b.mp4", "a.mkv", "a.scored.mp4", "b.scored.2.mkv", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in list_videos(str(tmp_path))] == ["a.mkv", "b.mp4"]
    assert list_videos(str(tmp_path / "a.scored.mp4")) == [tmp_path / "a.scored.mp4"]
    for path in tmp_path.glob("[ab].m*"):
        path.unlink()
    with pytest.raises(MoodscoreError, match="no video that is not the result"):
        list_videos(str(tmp_path))


def test_addresses_are_refused():
    with pytest.raises(MoodscoreError, match=r"http://x/a.mp4: is no file on this machine"):
        list_videos("http://x/a.mp4")


def test_beside_the_video_or_here(tmp_path, monkeypatch):
    assert default_output(tmp_path / "a.b.mov") == tmp_path / "a.b.scored.mp4"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert str(default_output(tmp_path / "a.mov")) == "a.scored.mp4"


def test_fingerprints():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert len({fingerprint(facts) for facts in (1, "1", [1], {"a": 1}, None)}) == 5
