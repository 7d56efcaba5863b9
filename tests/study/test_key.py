import pytest

from moodscore.errors import MoodscoreError
from moodscore.study import blinded_name, make_key, read_key


def test_versions_stand_in_the_order_of_their_blinded_names(key):
    assert [[version.file for version in video.versions] for video in key.videos] == [
        ["a1.mp4", "f1.mp4"],
        ["a2.mp4", "f2.mp4"],
        ["a3.mp4", "f3.mp4"],
    ]
    assert [video.versions[0].system for video in key.videos] == ["paper", "moodscore", "paper"]


def test_a_key_survives_being_written(key, tmp_path):
    (tmp_path / "key.json").write_text(key.model_dump_json())
    assert read_key(tmp_path / "key.json") == key


def test_the_study_has_another_name_when_anything_is_different(key):
    files = {(v.video, x.system): x.file for v in key.videos for x in v.versions}
    assert make_key(dict(reversed(files.items())), key.systems, 7) == key
    others = [
        make_key(files, key.systems, 8),
        make_key(files, key.systems[::-1], 7),
        make_key(files | {("alps", "paper"): "b1.mp4"}, key.systems, 7),
    ]
    assert len({other.study_id for other in [key, *others]}) == 4


def test_a_blinded_name_tells_nothing_but_is_the_same_again(tmp_path):
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    one.write_bytes(b"film")
    other.write_bytes(b"film!")
    name = blinded_name("alps", "paper", one)
    assert name == blinded_name("alps", "paper", one)
    assert len(name) == 16 and name.endswith(".mp4") and int(name[:-4], 16)
    different = {name, blinded_name("alps", "paper", other), blinded_name("alps", "moodscore", one)}
    # The parts do not run into each other.
    different |= {blinded_name("al", "pspaper", one), blinded_name("alpspa", "per", one)}
    assert len(different) == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not the key of a study: Invalid JSON"),
        ('{"study_id": "x", "seed": 1, "systems": ["a"]}', "not the key of a study: videos: Field required"),
        (
            '{"study_id": "x", "seed": 1, "systems": ["a", "b"],'
            ' "videos": [{"video": "v", "versions": [{"system": "a", "file": "f"}]}]}',
            "not the key of a study: video v needs one version of each of a, b",
        ),
        (
            '{"study_id": "x", "seed": 1, "systems": ["a"], "videos": ['
            '{"video": "v", "versions": [{"system": "a", "file": "f"}]},'
            '{"video": "w", "versions": [{"system": "a", "file": "f"}]}]}',
            "not the key of a study: a file is there twice",
        ),
    ],
)
def test_what_is_no_key_is_refused_in_one_line(tmp_path, content, message):
    path = tmp_path / "study_key.json"
    path.write_text(content)
    with pytest.raises(MoodscoreError) as caught:
        read_key(path)
    assert str(caught.value).startswith(f"{path}: {message}") and "\n" not in str(caught.value)


def test_a_missing_key_is_refused(tmp_path):
    with pytest.raises(MoodscoreError, match="cannot be read"):
        read_key(tmp_path / "none.json")
