from itertools import pairwise

import numpy as np
import pytest

from moodscore.emotion import (
    QUADRANTS,
    confidence,
    half_of,
    half_of_quadrant,
    hold_quadrant,
    quadrant_code,
    quadrant_from_code,
    quadrant_of,
)
from moodscore.errors import MoodscoreError

LETTERS = dict(zip("abcd", QUADRANTS, strict=True))
LETTER_OF = {name: letter for letter, name in LETTERS.items()}


def held(letters: str, min_dwell_s: float, segment_s: float = 1.0) -> str:
    quadrants = hold_quadrant([LETTERS[letter] for letter in letters], segment_s, min_dwell_s)
    return "".join(LETTER_OF[name] for name in quadrants)


def run_lengths(letters: str) -> list[int]:
    edges = [0, *(i for i in range(1, len(letters)) if letters[i] != letters[i - 1]), len(letters)]
    return np.diff(edges).tolist()


class TestQuadrants:
    def test_each_corner_has_its_name_and_code(self):
        names = quadrant_of([9, 9, 1, 1], [9, 1, 9, 1])
        assert names.tolist() == ["pos_high", "pos_low", "neg_high", "neg_low"]
        assert quadrant_code(names).tolist() == [1, 2, 3, 4]

    def test_the_threshold_itself_is_negative_and_low(self):
        above = np.nextafter(5, 9)
        assert quadrant_of([5, above, 5, above], [5, 5, above, above]).tolist() == [
            "neg_low",
            "pos_low",
            "neg_high",
            "pos_high",
        ]

    def test_halves_follow_valence_alone(self):
        valence, arousal = np.array([9, 5.1, 5, 1]), np.array([1, 9, 9, 1])
        assert half_of(valence).tolist() == ["positive", "positive", "negative", "negative"]
        assert half_of_quadrant(quadrant_of(valence, arousal)).tolist() == half_of(valence).tolist()
        with pytest.raises(MoodscoreError, match="somewhere"):
            half_of_quadrant(["somewhere"])

    def test_scores_broadcast_and_keep_their_shape(self):
        assert quadrant_of(np.full((2, 3), 7.0), 2.0).tolist() == [["pos_low"] * 3] * 2
        assert str(quadrant_of(7, 7)) == "pos_high"
        assert quadrant_of([], []).shape == (0,)

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_an_unlabelled_segment_has_no_quadrant(self, bad):
        with pytest.raises(MoodscoreError, match="arousal"):
            quadrant_of([5.0, 6.0], [5.0, bad])

    def test_codes_and_names_are_inverse(self):
        assert quadrant_from_code([4, 3, 2, 1, 1]).tolist() == [*QUADRANTS[::-1], "pos_high"]
        assert quadrant_code(quadrant_from_code([4, 2])).tolist() == [4, 2]

    @pytest.mark.parametrize("bad", ["happy", None, np.nan, 1])
    def test_another_name_is_refused(self, bad):
        with pytest.raises(MoodscoreError, match="not one of pos_high, pos_low, neg_high, neg_low"):
            quadrant_code(["pos_low", bad])

    @pytest.mark.parametrize("bad", [0, 5, -1, 1.5, np.nan])
    def test_another_code_is_refused(self, bad):
        with pytest.raises(MoodscoreError, match="not one of 1, 2, 3, 4"):
            quadrant_from_code([1, bad])

    def test_confidence_is_the_distance_from_neutral(self):
        assert confidence([5, 8, 1, 9], [5, 9, 5, 9]) == pytest.approx([0, 5, 4, np.sqrt(32)])


class TestHoldQuadrant:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("aaabaaa", "aaaaaaa"),  # a flicker
            ("aaabbbaaa", "aaabbbaaa"),  # long enough
            ("aaabbccc", "aaaaaccc"),  # absorbed by the one before, not the one after
            ("abbb", "bbbb"),  # the opening has none before it
            ("abccc", "ccccc"),  # still too short with what it absorbed
            ("abcddd", "aaaddd"),  # long enough with what it absorbed
            ("aabaabbb", "aaaaabbb"),  # short runs of one quadrant add up around a flicker
            ("aaabbabbaa", "aaaaaaaaaa"),  # a quadrant that never holds
            ("abab", "aaaa"),  # nothing ever holds: the opening stays
            ("aaab", "aaaa"),
            ("ab", "aa"),
            ("a", "a"),
            ("", ""),
        ],
    )
    def test_three_seconds(self, before, after):
        assert held(before, 3.0) == after

    @pytest.mark.parametrize("min_dwell_s", [0, 0.5, 1.0])
    def test_a_segment_is_always_held_for_its_own_length(self, min_dwell_s):
        assert held("abcabddac", min_dwell_s) == "abcabddac"

    @pytest.mark.parametrize(
        ("segment_s", "min_dwell_s", "needed"), [(0.1, 0.3, 3), (0.5, 1.0, 2), (2.0, 3.0, 2), (0.3, 2.1, 7)]
    )
    def test_the_dwell_time_is_in_seconds(self, segment_s, min_dwell_s, needed):
        opening = "a" * 20
        assert held(opening + "b" * needed, min_dwell_s, segment_s) == opening + "b" * needed
        assert held(opening + "b" * (needed - 1), min_dwell_s, segment_s) == opening + "a" * (needed - 1)

    def test_every_run_holds_and_holding_again_changes_nothing(self):
        rng = np.random.default_rng(1)
        for _ in range(200):
            before = "".join(rng.choice(list("abcd"), rng.integers(1, 40), p=[0.6, 0.2, 0.1, 0.1]))
            after = held(before, 3.0)
            lengths = run_lengths(after)
            assert len(after) == len(before)
            assert len(lengths) == 1 or min(lengths) >= 3
            assert held(after, 3.0) == after

    def test_only_stretches_that_do_not_hold_are_changed(self):
        rng = np.random.default_rng(2)
        for _ in range(200):
            before = "".join(rng.choice(list("ab"), 30))
            after = held(before, 3.0)
            edges = np.cumsum([0, *run_lengths(before)])
            for start, stop in pairwise(edges):
                if stop - start >= 3:
                    assert after[start:stop] == before[start:stop]

    @pytest.mark.parametrize(
        ("segment_s", "min_dwell_s"), [(0, 3), (-1, 3), (1, -1), (1, np.nan), (1, np.inf)]
    )
    def test_impossible_times_are_refused(self, segment_s, min_dwell_s):
        with pytest.raises(MoodscoreError, match="min_dwell_s"):
            hold_quadrant(["pos_low"], segment_s, min_dwell_s)
