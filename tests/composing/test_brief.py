import numpy as np
import pandas as pd
import pytest

from moodscore.composing import CompositionBrief, FilmScene, plain_targets
from moodscore.errors import MoodscoreError

SCENE = FilmScene(0, 4, 5, 5, "pos_high")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"scenes": []}, "no scene"),
        ({"scenes": [FilmScene(1, 4, 5, 5, "pos_high")]}, "follow one another"),
        ({"scenes": [SCENE, FilmScene(5, 6, 5, 5, "pos_high")]}, "follow one another"),
        ({"scenes": [FilmScene(0, 4, np.nan, 5, "pos_high")]}, "follow one another"),
        ({"targets": plain_targets(5, 5, 4).drop(columns="rhythm")}, "rhythm"),
        ({"targets": plain_targets(5, 5, 0).reindex(columns=["tempo"])}, "lack"),
        ({"targets": plain_targets(5, 5, 4).assign(tempo=np.inf)}, "finite"),
        ({"n_samples": 0}, "no length"),
        ({"tempo_range_bpm": (120.0, 60.0)}, "tempo_range_bpm"),
    ],
)
def test_what_cannot_be_set_to_music_is_refused_in_one_line(change, says):
    given = {"scenes": [SCENE], "targets": plain_targets(5, 5, 4), "n_samples": 4 * 44100} | change
    with pytest.raises(MoodscoreError, match=says) as refusal:
        CompositionBrief(**given)
    assert "\n" not in str(refusal.value)


def test_targets_are_smoothed_as_a_plain_moving_average_does():
    table = plain_targets(5, 5, 40).assign(rhythm=np.random.default_rng(0).random(40))
    brief = CompositionBrief([FilmScene(0, 40, 5, 5, "pos_high")], table, 40 * 44100)
    slow = [table["rhythm"][max(0, k - 2) : k + 3].mean() for k in range(40)]
    np.testing.assert_allclose(brief.target("rhythm", np.arange(40) + 0.5, smooth_s=5), slow)


def test_tempo_is_read_on_the_range_given():
    brief = CompositionBrief(
        [SCENE], plain_targets(5, 5, 4).assign(tempo=0.25), 4 * 44100, tempo_range_bpm=(80, 120)
    )
    np.testing.assert_allclose(brief.tempo_bpm(np.array([1.0, 3.0])), 90)


def test_cuts_without_a_number_are_none():
    cuts = pd.DataFrame({"cut_s": [np.nan, 3.0, 2.0, 9.0], "cut_strength": [0.0, 0.9, 0.5, 0.9]})
    brief = CompositionBrief([SCENE], plain_targets(5, 5, 4), 4 * 44100, cuts=cuts)
    moments, strengths = brief.scene_cuts(0, 4)
    assert moments.tolist() == [2.0, 3.0]
    assert strengths.tolist() == [0.5, 0.9]
