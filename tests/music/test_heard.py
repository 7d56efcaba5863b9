"""What is heard when, looked up row by row."""

import numpy as np
import pandas as pd
import pytest

from moodscore.music import (
    MusicDictionary,
    MusicOptions,
    MusicPart,
    arrange,
    heard_cost,
)
from moodscore.music.heard import heard_rows
from moodscore.music.systems import Brief

RATE = 8000
WEIGHT = 0.8


@pytest.fixture
def music(make_snippets, array_source, make_piece):
    """Three pieces of 40 s; the second ends, so that its last seconds are held."""
    snippets = make_snippets(3, 40)
    sources = {f"clip{k}": array_source(np.ones((40 * RATE, 1)), RATE) for k in range(3)}
    pieces = {
        name: make_piece(40, ending="ends" if name == "clip1" else "stops", seed=k)
        for k, name in enumerate(sources)
    }
    return MusicDictionary(
        [MusicPart(snippets, sources)],
        segment_s=1.0,
        options=MusicOptions(emotion_weight=WEIGHT),
        describe=lambda _: pieces,
    )


def test_the_snippet_at_a_time_is_the_last_that_has_begun(music):
    times = np.random.default_rng(0).uniform(-1, 45, 200)
    for name in music.sources:
        own = music.snippets[music.snippets["clip_id"] == name]
        begun = [own.index[(own["start_sample"] <= at * RATE).to_numpy()] for at in times]
        expected = [rows[-1] if len(rows) else own.index[0] for rows in begun]
        assert heard_rows(music, name, times).tolist() == expected


def slow_cost(cues, targets, music):
    """Segment by segment: the cue that sounds in its middle, the second of its piece, and what that costs."""
    costs = []
    for want in targets.to_dict("records"):
        middle = want["start_s"] + 0.5
        cue = cues[(cues["start_s"] <= middle) & (middle < cues["end_s"])].iloc[0]
        second = int(cue["source_start_s"] + middle - cue["start_s"])
        table = music.snippets[music.snippets["clip_id"] == cue["source_clip"]].reset_index(drop=True)
        there = table.iloc[min(second, len(table) - 1)]
        if cue["source_clip"] == "clip1" and second >= 32:
            there = table.iloc[24:32].mean(numeric_only=True)
        costs.append(
            (
                4 * abs(want["tempo"] - there["tempo"])
                + abs(want["loudness"] - there["loudness"])
                + 4 * abs(want["rhythm"] - there["rhythm"])
            )
            / 9
            + WEIGHT
            * (abs(want["valence"] - there["valence"]) + abs(want["arousal"] - there["arousal"]))
            / 16
        )
    return np.mean(costs)


@pytest.mark.parametrize("system", ["random", "paper", "collage", "moodscore"])
def test_the_cost_of_what_is_heard(music, make_targets, system):
    targets = make_targets(30)
    arranged = arrange(system, Brief("film", targets, None, 30 * RATE, RATE), music)[0]
    found = heard_cost(arranged.cues, targets, music, duration_s=30.0)
    assert found == pytest.approx(slow_cost(arranged.cues, targets, music), rel=1e-9)


def test_a_run_sheet_says_the_same_of_itself(music, make_targets):
    """The costs of its runs, each as long as it has segments, are the cost of the whole."""
    targets = make_targets(30)
    cues = arrange("moodscore", Brief("film", targets, None, 30 * RATE, RATE), music)[0].cues
    middles = targets["start_s"] + 0.5
    n = [((row.start_s <= middles) & (middles < row.end_s)).sum() for row in cues.itertuples()]
    assert heard_cost(cues, targets, music, duration_s=30.0) == pytest.approx(
        np.average(cues["target_cost"], weights=n), rel=1e-9
    )


def test_what_was_asked_for_costs_nothing(music):
    rows = music.snippets[music.snippets["clip_id"] == "clip0"].head(10)
    columns = ["tempo", "loudness", "rhythm", "valence", "arousal"]
    targets = rows[columns].assign(start_s=np.arange(10.0)).reset_index(drop=True)
    cue = {"start_s": [0.0], "end_s": [10.0], "source_clip": ["clip0"], "source_start_s": [0.0]}
    assert heard_cost(pd.DataFrame(cue), targets, music, duration_s=10.0) == pytest.approx(0, abs=1e-12)
    later = pd.DataFrame(cue | {"source_start_s": [1.0]})
    assert heard_cost(later, targets, music, duration_s=10.0) > 0.1
