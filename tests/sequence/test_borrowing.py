"""Every case of four quadrants with and without enough segments, against a distance."""

import itertools

import pytest

from moodscore.errors import MoodscoreError
from moodscore.sequence import check_material, lender

QUADRANTS = ["pos_high", "pos_low", "neg_high", "neg_low"]


def distance(quadrant, other):
    """0 the same, 1 shared valence, 2 shared arousal, 3 the opposite."""
    (valence, arousal), (other_valence, other_arousal) = quadrant.split("_"), other.split("_")
    return 2 * (valence != other_valence) + (arousal != other_arousal)


@pytest.mark.parametrize("quadrant", QUADRANTS)
@pytest.mark.parametrize("enough", list(itertools.product([False, True], repeat=4)))
def test_the_nearest_quadrant_with_enough_lends(quadrant, enough):
    counts = {name: 20 if has else 19 for name, has in zip(QUADRANTS, enough, strict=True)}
    able = [name for name, has in zip(QUADRANTS, enough, strict=True) if has]
    if able:
        nearest = min(able, key=lambda other: distance(quadrant, other))
        assert lender(quadrant, counts, min_segments=20) == nearest
    else:
        with pytest.raises(MoodscoreError, match="'min_segments'") as refusal:
            lender(quadrant, counts, min_segments=20)
        for name in QUADRANTS:
            assert f"{name} 19" in str(refusal.value)


def test_a_quadrant_without_a_count_has_no_segments():
    assert lender("pos_low", {"neg_high": 5}, min_segments=5) == "neg_high"


def test_the_halves_of_the_previous_system_lend_to_each_other():
    assert lender("negative", {"positive": 30, "negative": 2}, min_segments=20) == "positive"
    assert lender("positive", {"positive": 30, "negative": 2}, min_segments=20) == "positive"


@pytest.mark.parametrize("enough", list(itertools.product([False, True], repeat=4)))
def test_two_quadrants_with_enough_are_material(enough):
    counts = {name: 20 if has else 19 for name, has in zip(QUADRANTS, enough, strict=True)}
    if sum(enough) >= 2:
        check_material(counts, min_segments=20)
    else:
        with pytest.raises(MoodscoreError, match=r"lstm_x4\.min_segments") as refusal:
            check_material(counts, min_segments=20)
        assert "\n" not in str(refusal.value)
        assert ", ".join(f"{name} {counts[name]}" for name in QUADRANTS) in str(refusal.value)
