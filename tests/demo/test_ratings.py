import numpy as np
import pytest

from moodscore.demo import plan_corpus, simulate_ratings


@pytest.fixture(scope="module", params=range(4))
def rated(request):
    recipes = plan_corpus(request.param)
    return recipes, simulate_ratings(recipes, seed=request.param)


def test_every_scene_is_rated_by_ten_people_on_a_scale_of_nine(rated):
    recipes, table = rated
    assert list(table.columns) == ["clip_id", "start_s", "end_s", "rater", "valence", "arousal"]
    assert len(table) == 10 * sum(len(recipe.scenes) for recipe in recipes)
    assert table["rater"].nunique() == 10
    scores = table[["valence", "arousal"]]
    assert np.array_equal(scores, scores.astype(int))
    assert scores.min().min() >= 1
    assert scores.max().max() <= 9


def test_only_clips_that_change_mood_have_intervals(rated):
    recipes, table = rated
    for recipe in recipes:
        rows = table[table["clip_id"] == recipe.clip_id]
        spans = rows[["start_s", "end_s"]].drop_duplicates()
        if len(recipe.scenes) == 1:
            assert spans.isna().all().all()
        else:
            assert spans.to_numpy().tolist() == [
                [round(scene.start_s, 3), round(scene.end_s, 3)] for scene in recipe.scenes
            ]


def test_spread_over_raters_is_that_of_published_panels(rated):
    _, table = rated
    spread = table.groupby(["clip_id", "start_s"], dropna=False)[["valence", "arousal"]].std()
    assert spread.mean().between(1.3, 2.0).all()


def test_means_stay_on_their_side_of_neutral(rated):
    recipes, table = rated
    means = table.groupby(["clip_id", "start_s"], dropna=False)[["valence", "arousal"]].mean().to_numpy()
    hidden = np.array([(scene.valence, scene.arousal) for recipe in recipes for scene in recipe.scenes])
    assert np.array_equal(means > 5, hidden > 5)
    assert np.abs(means - hidden).max() < 1
    assert np.abs(means - hidden).max() > 0  # the panel does not know the hidden values


def test_the_table_can_be_read_as_ratings(rated, tmp_path):
    from moodscore.emotion import read_ratings

    _, table = rated
    table.to_csv(tmp_path / "ratings.csv", index=False)
    assert len(read_ratings(tmp_path / "ratings.csv")) == len(table)


def test_same_seed_same_ratings():
    recipes = plan_corpus(5)
    first, second, other = (simulate_ratings(recipes, seed=seed) for seed in (5, 5, 6))
    assert first.equals(second)
    assert not first.equals(other)
