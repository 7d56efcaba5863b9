"""What the numbers of a run mean, in plain words."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Metric:
    """A measure as a reader meets it.

    Attributes
    ----------
    name : str
        Its key in ``metrics.json``.
    heading : str
        A few words for the head of a column.
    unit : str
        Empty for a share or coefficient.
    better : {"higher", "lower", "half", "neither"}
        Where good is; ``half``: the nearer to 0.5.
    decimals : int
        How many are worth a reader's time.
    meaning : str
        One or two sentences.
    """

    name: str
    heading: str
    unit: str
    better: Literal["higher", "lower", "half", "neither"]
    decimals: int
    meaning: str


METRICS = (
    Metric(
        "emotion_match",
        "mood met",
        "",
        "higher",
        2,
        "Share of segments in which the judge, listening to the generated track alone, hears the quadrant "
        "that people put the video in. A judge is no person: what it gets right on original soundtracks "
        "bounds what it can tell.",
    ),
    Metric(
        "valence_ccc",
        "valence",
        "CCC",
        "higher",
        2,
        "Concordance of the valence the judge hears with the rated one: 1 is agreement in value, 0 is none.",
    ),
    Metric("arousal_ccc", "arousal", "CCC", "higher", 2, "The same for arousal."),
    Metric(
        "mae_tlr",
        "TLR error",
        "scaled",
        "lower",
        3,
        "Mean absolute difference in tempo, loudness and rhythm, each brought to 0–1, between the original "
        "soundtrack and the generated one as it sounds.",
    ),
    Metric(
        "log_mel_distance",
        "log-mel",
        "dB",
        "lower",
        1,
        "Mean absolute difference of the log-mel spectrograms of original and generated track.",
    ),
    Metric(
        "fd_mfcc",
        "timbre (FD-MFCC)",
        "dB²",
        "lower",
        0,
        "Fréchet distance between the MFCC statistics of all generated tracks and of all originals: how "
        "alike the two bodies of sound are in timbre and level.",
    ),
    Metric(
        "mae_waveform",
        "waveform error",
        "full scale = 1",
        "lower",
        3,
        "The measure of the paper's Tables 3 and 5: mean absolute difference of samples. Silence beats any "
        "unrelated music on it, so it says little; it is here to be compared with the paper.",
    ),
    Metric(
        "join_auc_flux",
        "joins: spectrum",
        "AUC",
        "half",
        2,
        "How well the places where music was joined can be told from the rest by the change of the "
        "spectrum: 0.5 cannot be told, 1 always.",
    ),
    Metric("join_auc_click", "joins: click", "AUC", "half", 2, "The same by clicks."),
    Metric("join_auc_loudness", "joins: loudness", "AUC", "half", 2, "The same by steps of loudness."),
    Metric(
        "joins_per_min",
        "joins",
        "a minute",
        "lower",
        1,
        "How often the music is cut: jumps inside a piece and changes of piece. A person who cuts music to a "
        "film does it one to three times a minute.",
    ),
    Metric(
        "changes_per_min", "changes of piece", "a minute", "neither", 1, "How often another piece follows."
    ),
    Metric("median_run_s", "median run", "s", "higher", 1, "How long music plays on between two joins."),
    Metric(
        "beat_kept",
        "beat kept",
        "",
        "higher",
        2,
        "Share of the jumps after which the next beat falls within 70 ms of where it would have fallen.",
    ),
    Metric(
        "bar_kept",
        "bar kept",
        "",
        "higher",
        2,
        "Share of the jumps, of those whose bar is known, that keep the place in the bar.",
    ),
    Metric(
        "changes_at_cuts",
        "changes at cuts",
        "",
        "higher",
        2,
        "Share of the changes of piece within 0.2 s of a picture cut.",
    ),
    Metric(
        "cuts_on_beats",
        "cuts on beats",
        "",
        "higher",
        2,
        "Share of the picture cuts within 80 ms of a beat.",
    ),
    Metric("cuts_on_beats_chance", "… by chance", "", "neither", 2, "The same of cuts anywhere else."),
    Metric(
        "jump_distance",
        "jump distance",
        "",
        "lower",
        2,
        "How little a jump is like playing on, median: 0 cannot be told from it, 1 is an arbitrary jump.",
    ),
    Metric(
        "target_cost",
        "target cost",
        "",
        "lower",
        2,
        "How far the music is from what the picture asks for, in tempo, loudness, rhythm and mood.",
    ),
    Metric(
        "unique_ratio",
        "new music",
        "",
        "neither",
        2,
        "Share of the music that has not sounded before: 1 if none comes back.",
    ),
    Metric(
        "longest_run_s",
        "longest run",
        "s",
        "neither",
        1,
        "The longest time a piece of music plays on as it was recorded, mean over clips.",
    ),
)

#: Metrics of how music goes on, rather than of how it suits the film.
GOING_ON = frozenset(
    {
        "joins_per_min",
        "changes_per_min",
        "median_run_s",
        "longest_run_s",
        "beat_kept",
        "bar_kept",
        "changes_at_cuts",
        "cuts_on_beats",
        "cuts_on_beats_chance",
        "jump_distance",
        "unique_ratio",
    }
)

SYSTEM_WORDS = {
    "silence": "no sound at all; what a metric that silence wins is worth",
    "random": "snippets drawn at random, hard cuts; mean of 20 takes",
    "mean": "the same average music for every segment",
    "previous": "the system the paper improves upon: valence alone, two shallow networks",
    "paper": "the paper's method: four LSTMs, the nearest snippet, hard cuts",
    "collage": "four LSTMs, unit selection a second at a time, crossfades",
    "moodscore": "the default: four LSTMs, runs of music from scene to scene",
    "composed": "new music, written for the scenes; the judge, which knows such music, flatters it",
    "original": "the clips’ own soundtracks, untouched, joins laid over them",
    "oracle": "retrieval from the original's own tempo, loudness and rhythm",
}

#: Chance explains a difference hardly if its p is below this.
_SIGNIFICANCE = 0.05
#: What moodscore is named beside.
_BESIDE = ("previous", "paper", "collage", "composed", "random")
_SIDES = {"held_out": "held-out clips", "seen": "clips seen in training"}


def headline(metrics: dict[str, Any]) -> list[str]:
    """What a reader should take away, whatever it turns out to be.

    Parameters
    ----------
    metrics : dict
        As in ``metrics.json``.

    Returns
    -------
    list of str
        Sentences.
    """
    side = "held_out" if any(sides["held_out"] for sides in metrics["systems"].values()) else "seen"
    systems = {name: sides[side] or {} for name, sides in metrics["systems"].items()}
    sentences = [*_mood(systems, side), *_reading(metrics["emotion"].get(side), side)]
    sentences += _judge(metrics["judge"].get(side), side)
    gained = metrics["improvement"].get("moodscore", {}).get(side)
    return sentences + _gain(gained, side)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _mood(systems: dict[str, Any], side: str) -> list[str]:
    shares = {name: scores.get("emotion_match") for name, scores in systems.items()}
    if shares.get("moodscore") is None:
        return []
    others = [f"{name} {_percent(shares[name])}" for name in _BESIDE if shares.get(name) is not None]
    beside = f" ({', '.join(others)})" if others else ""
    return [
        f"On {_SIDES[side]}, the judge hears the mood people saw in the video in "
        f"{_percent(shares['moodscore'])} of the segments of moodscore’s music{beside}."
    ]


def _reading(scores: dict[str, Any] | None, side: str) -> list[str]:
    if not scores:
        return []
    return [
        f"The fuzzy system reads the right quadrant in {_percent(scores['accuracy'])} of "
        f"{scores['n']} segments of {_SIDES[side]}; always naming the most frequent one would be right in "
        f"{_percent(scores['majority_accuracy'])}."
    ]


def _judge(scores: dict[str, Any] | None, side: str) -> list[str]:
    if not scores:
        return []
    return [
        f"The judge itself is right in {_percent(scores['accuracy'])} of the segments of original "
        f"soundtracks ({_SIDES[side]}): its verdict on generated music is worth no more than that."
    ]


def _gain(gained: dict[str, Any] | None, side: str) -> list[str]:
    if not gained:
        return []
    low, high = gained["ci95"]
    verdict = "better" if gained["percent"] > 0 else "worse"
    chance = (
        "which chance hardly explains"
        if gained["wilcoxon_p"] < _SIGNIFICANCE
        else "which chance may well explain"
    )
    return [
        f"In tempo, loudness and rhythm, moodscore is {abs(gained['percent']):.1f} % {verdict} than the "
        f"previous system on {_SIDES[side]} (95 % interval {low:.1f} to {high:.1f} %; "
        f"p = {gained['wilcoxon_p']:.3f}), {chance}."
    ]
