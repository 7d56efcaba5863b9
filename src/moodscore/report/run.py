"""What the page says of the run as a whole: its figures, and the versions it ran with."""

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from moodscore import __version__, figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from moodscore.fuzzy import ANFISRegressor

#: What results may depend on.
_PACKAGES = (
    "kedro",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "tensorflow",
    "librosa",
    "soxr",
    "av",
    "soundfile",
)


def versions() -> dict[str, str]:
    """Of moodscore, Python and the packages that results may depend on."""
    own = {"moodscore": __version__, "Python": platform.python_version(), "system": platform.platform()}
    return own | {name: version(name) for name in _PACKAGES}


def run_figures(
    metrics: dict[str, Any],
    read: pd.DataFrame,
    model: "ANFISRegressor",
    learning_curve: pd.DataFrame,
    embedding: pd.DataFrame,
    preferences: pd.DataFrame,
) -> "dict[str, tuple[Figure, str]]":
    """The figures of a run, each with a text for those who do not see it.

    Parameters
    ----------
    metrics : dict
        As in ``metrics.json``.
    read : pd.DataFrame
        Emotions as read, and the labels; see :func:`moodscore.figures.emotion_plane`.
    model, learning_curve, embedding
        What the anfis pipeline makes.
    preferences : pd.DataFrame
        Counts of raters' choices; empty if nobody was asked.

    Returns
    -------
    dict of str to (Figure, str)
        By title, in the order of the page.
    """
    drawn = {
        "The systems beside each other": (
            figures.systems_bars(metrics["systems"]),
            "Bars of four metrics for every system; the numbers are in the table above",
        ),
        "Emotion read from the picture of each segment": (
            figures.emotion_plane(read),
            "Points on the plane of valence and arousal, marked by the quadrant people put them in",
        ),
        "How the fuzzy system learnt (the paper's Figure 9, left)": (
            figures.learning_curve(learning_curve),
            "Root mean square error on training and held-back clips over epochs",
        ),
        "Rated and read emotion over the descriptors (Figure 9, right)": (
            figures.emotion_embedding(embedding),
            "t-SNE of the visual descriptors, coloured by rated and by read quadrant",
        ),
        "Membership functions before and after training": (
            figures.membership_functions(model),
            "Generalised bells of each input before and after training",
        ),
    }
    if len(preferences):
        drawn["Which music people prefer (Figure 11)"] = (
            figures.preference_bars(preferences),
            "Bars of how often each system, or either, was preferred",
        )
    return drawn
