from collections import Counter

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS, hold_back, main_quadrants, split_clips
from moodscore.errors import MoodscoreError


def labels_of(**clips: list[str | None]) -> pd.DataFrame:
    rows = [(clip, k, name) for clip, names in clips.items() for k, name in enumerate(names)]
    return pd.DataFrame(rows, columns=["clip_id", "segment", "quadrant"]).astype({"quadrant": "string"})


def corpus(*counts: int, segments: int = 3) -> pd.DataFrame:
    """`counts[q]` clips of quadrant q."""
    return labels_of(
        **{
            f"{name}_{i}": [name] * segments
            for name, n in zip(QUADRANTS, counts, strict=True)
            for i in range(n)
        }
    )


class TestMainQuadrants:
    def test_the_most_frequent_among_labelled_segments(self):
        labels = labels_of(b=["neg_low", "neg_low", "pos_high"], a=[None, None, None, "pos_low"])
        assert main_quadrants(labels).to_dict() == {"a": "pos_low", "b": "neg_low"}
        assert main_quadrants(labels).index.tolist() == ["a", "b"]

    def test_of_equals_the_lower_code(self):
        labels = labels_of(a=["neg_low", "neg_high", "pos_low"], b=["neg_low", "neg_high"])
        assert main_quadrants(labels).to_dict() == {"a": "pos_low", "b": "neg_high"}

    def test_a_clip_without_a_label_has_none(self):
        quadrants = main_quadrants(labels_of(a=[None, None], b=["pos_low"]))
        assert quadrants.isna().tolist() == [True, False]
        assert main_quadrants(labels_of(a=[None])).isna().tolist() == [True]

    def test_another_name_is_refused(self):
        with pytest.raises(MoodscoreError, match="joyful"):
            main_quadrants(labels_of(a=["joyful"]))


class TestSplitClips:
    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("held_out", [0.05, 0.25, 0.5, 0.9])
    def test_every_quadrant_is_on_both_sides_and_near_its_share(self, seed, held_out):
        counts = (12, 2, 1, 7)
        split = split_clips(corpus(*counts), held_out=held_out, seed=seed)
        held = Counter(clip.rsplit("_", 1)[0] for clip in split.index[split == "held_out"])
        for name, n in zip(QUADRANTS, counts, strict=True):
            assert (0 if n == 1 else 1) <= held[name] <= max(n - 1, 0)
            assert n <= 2 or held_out < 0.1 or abs(held[name] - held_out * n) <= 1

    def test_the_default_holds_out_a_quarter(self):
        split = split_clips(corpus(8, 4, 12, 4))
        assert (split == "held_out").sum() == 2 + 1 + 3 + 1
        assert set(split) == {"train", "held_out"}
        assert split.index.name == "clip_id" and split.index.is_monotonic_increasing

    def test_the_order_of_rows_does_not_matter(self):
        labels = corpus(6, 5, 4, 3)
        shuffled = labels.sample(frac=1, random_state=2)
        pd.testing.assert_series_equal(split_clips(labels, seed=3), split_clips(shuffled, seed=3))

    def test_the_seed_matters_and_repeats(self):
        labels = corpus(20, 20, 20, 20)
        splits = [tuple(split_clips(labels, seed=seed)) for seed in (0, 0, 1, 2)]
        assert splits[0] == splits[1] and len(set(splits)) == 3

    def test_every_clip_has_its_chance(self):
        labels = corpus(4, 0, 0, 0)
        drawn = Counter(clip for s in range(400) for clip in hold_back(main_quadrants(labels), 0.25, s))
        assert len(drawn) == 4
        assert min(drawn.values()) > 60  # 100 expected, standard deviation 8.7

    def test_one_quadrant_does_not_disturb_another(self):
        alone, together = split_clips(corpus(9, 0, 0, 0)), split_clips(corpus(9, 5, 0, 8))
        pd.testing.assert_series_equal(alone, together[alone.index])

    def test_a_clip_without_a_label_is_held_out(self):
        labels = pd.concat([corpus(1, 1, 0, 0), labels_of(dark=[None, None])])
        assert split_clips(labels).to_dict() == {
            "pos_high_0": "train",
            "pos_low_0": "train",
            "dark": "held_out",
        }

    def test_a_share_of_nothing_holds_out_nothing(self):
        assert set(split_clips(corpus(4, 4, 0, 0), held_out=0)) == {"train"}

    def test_without_a_label_there_is_nothing_to_split(self):
        with pytest.raises(MoodscoreError, match="no segment of any clip has a rating"):
            split_clips(labels_of(a=[None], b=[None, None]))

    @pytest.mark.parametrize("held_out", [-0.1, 1, 1.5, np.nan])
    def test_an_impossible_share_is_refused(self, held_out):
        with pytest.raises(MoodscoreError, match="fraction"):
            split_clips(corpus(2, 2, 2, 2), held_out=held_out)


class TestHoldBack:
    def test_clips_held_back_are_training_clips_of_each_quadrant(self):
        labels = corpus(12, 8, 4, 2)
        split = split_clips(labels, seed=1)
        training = main_quadrants(labels)[split == "train"]
        held = hold_back(training, 0.2, 1)
        assert set(held) < set(training.index)
        assert {training[clip] for clip in held} == {
            "pos_high",
            "pos_low",
            "neg_high",
        }  # neg_low has one left

    def test_the_order_of_clips_does_not_matter(self):
        quadrants = main_quadrants(corpus(9, 7, 5, 3))
        shuffled = quadrants.sample(frac=1, random_state=4)
        pd.testing.assert_index_equal(hold_back(shuffled, 0.3, 0), hold_back(quadrants, 0.3, 0))

    def test_quadrants_are_drawn_independently(self):
        drawn = hold_back(main_quadrants(corpus(20, 20, 20, 20)), 0.25, 0)
        places = {
            name: {clip.rsplit("_", 1)[1] for clip in drawn if clip.startswith(name)} for name in QUADRANTS
        }
        assert len({frozenset(clips) for clips in places.values()}) == 4

    def test_nothing_to_hold_back(self):
        assert hold_back(main_quadrants(corpus(1, 1, 1, 1)), 0.5, 0).empty

    def test_a_clip_that_is_there_twice_is_refused(self):
        quadrants = pd.Series(["pos_low", "neg_low"], index=["a", "a"])
        with pytest.raises(MoodscoreError, match="'a'"):
            hold_back(quadrants, 0.5, 0)
