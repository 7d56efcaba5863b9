"""The corpus as it is generated, through the project's own eyes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from moodscore.emotion import main_quadrants
from moodscore.vision import describe, fit_visual_model

pytestmark = pytest.mark.slow


def test_files(corpus):
    assert len(corpus.infos) == 36
    for info in corpus.infos.values():
        assert (info.width, info.height, info.has_audio) == (320, 180, True)
        assert info.fps == pytest.approx(15)
        assert 12 <= info.duration_s <= 16.01


def test_nine_clips_of_each_main_quadrant(corpus):
    assert main_quadrants(corpus.segments).value_counts().to_list() == [9, 9, 9, 9]


def test_quadrants_are_readable_from_pictures_but_not_trivially(corpus):
    quadrant = corpus.segments["quadrant"].to_numpy(dtype=str)
    clip = corpus.segments["clip_id"].to_numpy(dtype=str)
    right = np.zeros(len(clip), dtype=bool)
    folds = StratifiedGroupKFold(4, shuffle=True, random_state=0)
    for train, test in folds.split(corpus.histograms, quadrant, clip):
        model = fit_visual_model(corpus.histograms[train], corpus.motion[train])
        seen, unseen = (
            describe(corpus.histograms[rows], corpus.motion[rows], model)[model.inputs]
            for rows in (train, test)
        )
        classifier = make_pipeline(StandardScaler(), LogisticRegression()).fit(seen, quadrant[train])
        right[test] = classifier.predict(unseen) == quadrant[test]
    assert 0.65 <= right.mean() <= 0.90


def test_motion_follows_arousal_at_least_as_closely_as_saturation(corpus):
    model = fit_visual_model(corpus.histograms, corpus.motion)
    table = describe(corpus.histograms, corpus.motion, model)
    arousal = corpus.segments["arousal"].to_numpy(dtype=float)
    motion, saturation = (np.corrcoef(table[name], arousal)[0, 1] for name in ("motion", "saturation"))
    assert motion > 0.7
    assert motion >= saturation > 0.3
