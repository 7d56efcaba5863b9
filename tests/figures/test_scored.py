import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS, confidence
from moodscore.figures import scored_figure, strip_length


def tables(n, *, given=False, seed=0):
    rng = np.random.default_rng(seed)
    starts = np.arange(n, dtype=float)
    valence, arousal = rng.uniform(1, 9, (2, n))
    quadrants = np.repeat(rng.choice(QUADRANTS, n // 3 + 1), 3)[:n]
    emotion = pd.DataFrame(
        {
            "start_s": starts,
            "end_s": starts + 1,
            "valence": valence,
            "arousal": arousal,
            "confidence": confidence(valence, arousal),
            "routed_quadrant": quadrants,
            "is_given": (starts < n / 2) & given,
        }
    )
    joins = np.where(rng.uniform(size=n) < 0.3, "crossfade", "neighbour")
    return emotion, pd.DataFrame({"start_s": starts, "end_s": starts + 1, "join": joins})


@pytest.mark.parametrize(
    ("n", "size"),
    [(1, (64, 48)), (10, (1280, 720)), (60, (720, 1280)), (600, (640, 360)), (2000, (100, 100))],
)
def test_of_any_length_and_shape(check_figure, n, size):
    width, _height = (side * 120 // size[1] for side in size)
    strip = [np.full((120, width, 3), shade, np.uint8) for shade in range(0, strip_length(*size) * 5, 5)]
    check_figure(scored_figure("a clip", strip, *tables(n, given=n == 60)))


def test_without_pictures_and_with_a_name_the_font_lacks(check_figure):
    check_figure(scored_figure("東京 é", [], *tables(5)))


def test_the_strip_is_neither_stretched_nor_squeezed():
    figure = scored_figure("a", [np.zeros((120, 213, 3), np.uint8)] * strip_length(16, 9), *tables(10))
    (image,) = figure.axes[0].images
    height, width = image.get_array().shape[:2]
    figure.canvas.draw()
    box = figure.axes[0].get_window_extent()
    assert width / height == pytest.approx(box.width / box.height, rel=0.1)


def test_joins_stand_where_the_music_is_joined():
    emotion, cues = tables(50)
    scores = scored_figure("a", [], emotion, cues).axes[2]
    drawn = [path.vertices[0, 0] for path in scores.collections[-1].get_paths()]
    assert drawn == cues.loc[cues["join"] == "crossfade", "start_s"].tolist()


@pytest.mark.parametrize(("n", "label"), [(60, "time (s)"), (600, "time (min:s)")])
def test_long_clips_have_minutes(n, label):
    axes = scored_figure("a", [], *tables(n)).axes[-1]
    assert axes.get_xlabel() == label
    axes.figure.canvas.draw()
    texts = [text.get_text() for text in axes.get_xticklabels()]
    assert 3 <= len(texts) <= 13
    assert any(":" in text for text in texts) is (n == 600)


def test_what_a_person_gave_is_marked():
    def legend(given):
        figure = scored_figure("a", [], *tables(9, given=given))
        return [text.get_text() for text in figure.legends[0].get_texts()]

    assert set(legend(True)) - set(legend(False)) == {"given by you"}
