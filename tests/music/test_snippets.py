import numpy as np
import pytest

from moodscore.errors import MoodscoreError
from moodscore.music import SNIPPET_COLUMNS, build_snippets, eligible_snippets
from moodscore.music.snippets import successors


def test_clips_come_together_in_order(make_snippets):
    whole = make_snippets(3, 4)
    parts = [whole[8:], whole[:0], whole[:8].sample(frac=1, random_state=0).assign(extra=1)]
    snippets = build_snippets(parts)
    assert list(snippets.columns) == list(SNIPPET_COLUMNS)
    assert snippets.equals(whole[list(SNIPPET_COLUMNS)])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"segment": 0}, "segment|twice"),
        ({"loudness": np.nan}, "snippet 0 of clip clip0 has a value that is not finite"),
        ({"tempo_bpm": 0.0}, "positive tempo"),
        ({"key": 24}, "key outside"),
        ({"stop_sample": 0}, "no samples"),
    ],
)
def test_refuses_a_bad_row_by_name(make_snippets, change, message):
    with pytest.raises(MoodscoreError, match=message):
        build_snippets([make_snippets(1, 3).assign(**change)])


def test_refuses_no_snippets_and_missing_columns(make_snippets):
    with pytest.raises(MoodscoreError, match="none"):
        build_snippets([])
    with pytest.raises(MoodscoreError, match="key, head_band_1"):
        build_snippets([make_snippets(1, 3).drop(columns=["key", "head_band_1"])])


def test_silence_and_rests_are_left_out_while_there_is_more(make_snippets):
    snippets = make_snippets(1, 4)
    snippets.loc[1, "is_silent"] = True
    snippets.loc[3, "stop_sample"] -= 2000
    assert eligible_snippets(snippets).tolist() == [0, 2]
    snippets.loc[[0, 2], "is_silent"] = True
    assert eligible_snippets(snippets).tolist() == [3]
    snippets["is_silent"] = True
    with pytest.raises(MoodscoreError, match="all the music is silent"):
        eligible_snippets(snippets)


def test_successors_are_next_of_the_same_clip(make_snippets):
    snippets = make_snippets(2, 3)
    assert successors(snippets).tolist() == [1, 2, -1, 4, 5, -1]
    shuffled = snippets.iloc[[4, 2, 0, 1]]
    assert successors(shuffled).tolist() == [-1, -1, 3, 1]
    assert successors(snippets.drop(index=1)).tolist() == [-1, -1, 3, 4, -1]
    assert successors(snippets[:0]).tolist() == []
