import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import RATING_COLUMNS, interval_labels
from moodscore.figures import label_plane

WHOLE = (np.nan, np.nan)
SCORES = {"pos_high": (8, 8), "pos_low": (8, 2), "neg_high": (2, 8), "neg_low": (2, 2)}


def labels_of(*rows):
    return interval_labels(pd.DataFrame(rows, columns=list(RATING_COLUMNS)))


def points(figure):
    return sorted(
        tuple(point) for marks in figure.axes[0].collections for point in marks.get_offsets() if len(point)
    )


def counts(figure):
    return dict(text.get_text().rsplit(": ", 1) for text in figure.axes[0].texts)


def test_every_label_is_a_point_and_every_quadrant_has_its_count(check_figure):
    rows = [
        (f"{q}{i}", *WHOLE, "x", *SCORES[q])
        for q, n in zip(SCORES, (3, 1, 2, 0), strict=True)
        for i in range(n)
    ]
    figure = check_figure(label_plane(labels_of(*rows)))
    scatter = [c for c in figure.axes[0].collections if hasattr(c, "get_sizes") and len(c.get_sizes())]
    assert sum(len(c.get_offsets()) for c in scatter) == 6
    assert counts(figure) == {
        "positive, high arousal": "3",
        "positive, low arousal": "1",
        "negative, high arousal": "2",
        "negative, low arousal": "0",
    }


def test_a_point_lies_where_its_scores_are(check_figure):
    figure = check_figure(label_plane(labels_of(("a", *WHOLE, "x", 9, 1), ("a", *WHOLE, "y", 8, 1))))
    places = [c.get_offsets().tolist() for c in figure.axes[0].collections if len(c.get_offsets())]
    assert [[8.5, 1.0]] in places


def test_the_whole_scale_is_shown_and_divided_at_five(check_figure):
    axes = check_figure(label_plane(labels_of(("a", *WHOLE, "x", 5, 5)))).axes[0]
    assert axes.get_xticks().tolist() == axes.get_yticks().tolist() == list(range(1, 10))
    assert axes.get_xlim()[0] < 1 and axes.get_xlim()[1] > 9 and axes.get_xlim() == axes.get_ylim()
    lines = {
        tuple(map(float, line.get_xdata() if line.get_xdata()[0] == 5 else line.get_ydata()))
        for line in axes.lines
    }
    assert lines == {(5.0, 5.0)} and len(axes.lines) == 2


@pytest.mark.parametrize(
    ("rows", "caption"),
    [
        ([("a", *WHOLE, "x", 5, 5), ("b", *WHOLE, "x", 5, 5)], "2 clips, 1 raters each"),
        ([("a", 0, 1, "x", 5, 5), ("a", 0, 1, "y", 5, 5)], "1 intervals, 2 raters each"),
        (
            [("a", 0, 1, "x", 5, 5), ("b", *WHOLE, "x", 5, 5), ("b", *WHOLE, "y", 5, 5)],
            "2 clips and intervals, 1 to 2 raters each",
        ),
    ],
)
def test_the_caption_says_what_was_rated_by_how_many(check_figure, rows, caption):
    assert check_figure(label_plane(labels_of(*rows))).axes[0].get_title() == caption


def test_nothing_rated(check_figure):
    empty = labels_of(("a", *WHOLE, "x", 5, 5)).iloc[:0]
    assert "nothing was rated" in [text.get_text() for text in check_figure(label_plane(empty)).axes[0].texts]
