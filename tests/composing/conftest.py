import numpy as np
import pandas as pd
import pytest

from moodscore.composing import CompositionBrief, FilmScene, compose, plain_targets

RATE = 44100


def quadrant_of(valence, arousal):
    return f"{'pos' if valence > 5 else 'neg'}_{'high' if arousal > 5 else 'low'}"


@pytest.fixture(scope="session")
def make_brief():
    """A brief from moods and the moments between them; any target may be set from outside."""

    def make(edges, moods, *, cuts=None, neutral=False, **targets):
        scenes = [
            FilmScene(start, end, v, a, quadrant_of(v, a), neutral)
            for start, end, (v, a) in zip(edges[:-1], edges[1:], moods, strict=True)
        ]
        seconds = np.arange(max(1, round(edges[-1]))) + 0.5
        of = np.clip(np.searchsorted(edges[1:], seconds), 0, len(scenes) - 1)
        table = pd.concat([plain_targets(*moods[number], 1) for number in of], ignore_index=True)
        if cuts is not None:
            cuts = pd.DataFrame({"cut_s": cuts[0], "cut_strength": cuts[1]})
        more = {} if cuts is None else {"cuts": cuts}
        return CompositionBrief(scenes, table.assign(**targets), round(edges[-1] * RATE), RATE, **more)

    return make


@pytest.fixture(scope="session")
def lively(make_brief):
    return compose(make_brief([0, 16.0], [(7.5, 8.0)]), seed=3)


@pytest.fixture(scope="session")
def calm(make_brief):
    return compose(make_brief([0, 16.0], [(7.0, 2.5)]), seed=3)


@pytest.fixture(scope="session")
def lively_sound(lively):
    return lively.track().whole()


@pytest.fixture(scope="session")
def calm_sound(calm):
    return calm.track().whole()


@pytest.fixture(scope="session")
def story(make_brief):
    """A minute of four moods."""
    edges = [0.0, 13.2, 29.7, 44.1, 60.0]
    return compose(make_brief(edges, [(7, 3), (2.5, 7.5), (3, 2.5), (8, 7.5)]), seed=5)
