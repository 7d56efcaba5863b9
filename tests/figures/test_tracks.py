import itertools

import numpy as np
import pandas as pd
import pytest

from moodscore.figures import track_picture
from moodscore.figures.scored import piece_colours
from moodscore.figures.style import FAINT
from moodscore.figures.tracks import _extremes
from moodscore.samples import ArraySource

RATE = 1000


def make_cues(segments, n_sources=3):
    rng = np.random.default_rng(0)
    starts = np.arange(segments) * RATE
    piece = np.arange(segments) // 3 % n_sources
    is_new = np.diff(piece, prepend=piece[0]) != 0
    columns = {
        f"{kind}_{name}": rng.uniform(size=segments)
        for kind in ("predicted", "target", "chosen")
        for name in ("tempo", "loudness", "rhythm")
    }
    return pd.DataFrame(
        {
            "start_sample": starts,
            "stop_sample": starts + RATE,
            "start_s": starts / RATE,
            "end_s": starts / RATE + 1,
            "source_file": [f"music/piece {k}.mp4" for k in piece],
            "join": np.where(is_new, "crossfade", "neighbour"),
            "valence": rng.uniform(1, 9, segments),
            "arousal": rng.uniform(1, 9, segments),
            "quadrant": rng.choice(["pos_high", "neg_low"], segments),
        }
        | columns
    )


def make_track(segments):
    return ArraySource(np.random.default_rng(1).uniform(-0.5, 0.5, (segments * RATE, 2)), RATE)


@pytest.mark.parametrize(("segments", "n_sources"), [(1, 1), (15, 4), (240, 20)])
def test_every_panel_has_a_label_and_covers_the_track(segments, n_sources):
    cues = make_cues(segments, n_sources)
    figure = track_picture("clip", make_track(segments), cues)
    figure.draw_without_rendering()
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert len(labels) == 5 and all("(" in label for label in labels)
    assert figure.axes[-1].get_xlabel() == "time (s)"
    assert figure.axes[-1].get_xlim() == (0, segments)
    joins = [line for line in figure.axes[0].lines if line.get_marker() == "^"]
    assert len(joins[0].get_xdata()) == (cues["join"] == "crossfade").sum()
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "piece 0.mp4" in legend and "asked for" in legend
    assert ("14 other sources" in legend or "15 other sources" in legend) == (n_sources == 20)


def test_what_sounds_longest_has_a_colour_of_its_own():
    cues = make_cues(240, 20)
    cues.loc[:50, "source_file"] = "the longest"
    colours = piece_colours(cues)
    assert next(iter(colours)) == "the longest" and colours["the longest"] != FAINT
    own = [colour for colour in colours.values() if colour != FAINT]
    assert len(set(own)) == len(own) == 5
    assert FAINT not in piece_colours(make_cues(18, 6)).values()


def test_extremes_are_of_all_samples(monkeypatch):
    monkeypatch.setattr("moodscore.figures.tracks._SAMPLES_AT_ONCE", 700)  # several blocks
    track = make_track(3)
    edges = np.linspace(0, track.n_samples, 100).astype(int)
    lowest, highest = _extremes(track, edges)
    mono = track.samples.mean(axis=1)
    pieces = [mono[a:b] for a, b in itertools.pairwise(edges)]
    np.testing.assert_array_equal(lowest, [piece.min() for piece in pieces])
    np.testing.assert_array_equal(highest, [piece.max() for piece in pieces])


def test_silence_is_drawn_too():
    cues = make_cues(3)
    track_picture("clip", ArraySource(np.zeros((3 * RATE, 1)), RATE), cues).draw_without_rendering()
