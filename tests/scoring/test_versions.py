import pytest

from moodscore.errors import MoodscoreError
from moodscore.scoring import newest_versions

MADE_WITH = {"anfis": ["centres"], "net": ["centres", "scale"], "index": ["scale"]}
HOW = {"workspace": "demo", "remedy": "make run"}


def versions(**newest):
    """Every dataset has version 1; some have newer ones."""
    names = ["centres", "scale", "anfis", "net", "index"]
    return {name: ["1", *newest.get(name, "")] for name in names}


@pytest.mark.parametrize(
    ("newer", "chosen"),
    [
        ({}, "11111"),
        (dict.fromkeys(["centres", "scale", "anfis", "net", "index"], "2"), "22222"),
        ({"centres": "2", "scale": "3", "anfis": "4", "net": "5", "index": "6"}, "23456"),  # one by one
        ({"index": "2"}, "11112"),  # the last one again
        ({"centres": "2", "scale": "2", "anfis": "2"}, "11111"),  # broken off
        ({"scale": "2", "net": "2"}, "11111"),  # the index was not made again
        ({"centres": "23", "scale": "23", "anfis": "23", "net": "2", "index": "2"}, "22222"),
    ],
)
def test_the_newest_that_belong_together(newer, chosen):
    assert "".join(newest_versions(versions(**newer), MADE_WITH, **HOW).values()) == chosen


def test_nothing_is_trained():
    with pytest.raises(MoodscoreError, match="workspace demo: nothing is trained yet; run `make run` first"):
        newest_versions({name: [] for name in MADE_WITH}, {}, **HOW)


def test_something_is_missing():
    with pytest.raises(MoodscoreError, match="there is no index yet"):
        newest_versions(versions() | {"index": []}, MADE_WITH, **HOW)


def test_nothing_belongs_together():
    with pytest.raises(MoodscoreError, match="anfis is older than centres"):
        newest_versions(versions() | {"centres": ["2"]}, MADE_WITH, **HOW)
