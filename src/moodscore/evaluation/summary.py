"""The last thing a run prints."""

from typing import Any

#: Columns of the table: the metric, and its heading with the direction of better.
_COLUMNS = (
    ("emotion_match", "emotion match ↑"),
    ("mae_tlr", "TLR error ↓"),
    ("log_mel_distance", "log-mel (dB) ↓"),
    ("mae_waveform", "wave error ↓"),
    ("joins_per_min", "joins a minute ↓"),
)
#: The system whose gain over the previous one is the claim.
_OURS = "moodscore"


_NOTHING = "–"
_PLACES = {"seen": "training", "held_out": "held-out"}


def print_summary(metrics: dict[str, Any]) -> None:
    """Print how the emotions were read and how the systems compare, on held-out clips if there are any."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for name, sides in (("pictures (ANFIS)", metrics["emotion"]), ("sound (judge)", metrics["judge"])):
        console.print(f"Emotion read from {name}: {_reading(sides)}", highlight=False)
    systems = metrics["systems"]
    side = _side_to_print(*systems.values())
    table = Table(title=f"Systems on {_PLACES[side]} clips", title_justify="left")
    table.add_column("system", no_wrap=True)
    for _, heading in _COLUMNS:
        table.add_column(heading, justify="right")
    for system, sides in systems.items():
        scores = sides[side] or {}
        table.add_row(system, *(_number(scores.get(metric)) for metric, _ in _COLUMNS))
    console.print(table)
    gained = metrics["improvement"].get(_OURS, {}).get(side)
    if gained:
        console.print(_gain(gained, systems[_OURS][side]["n_clips"]), highlight=False)


def _gain(gained: dict[str, Any], n_clips: int) -> str:
    low, high = gained["ci95"]
    return (
        f"TLR error of {_OURS} against the previous system: {gained['percent']:+.2f} % better over {n_clips} "
        f"clips (95 % interval {low:.1f} to {high:.1f}), p = {gained['wilcoxon_p']:.4f}"
    )


def _side_to_print(*of_systems: dict[str, Any]) -> str:
    return "held_out" if any(sides["held_out"] for sides in of_systems) else "seen"


def _number(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.3f}"


def _reading(sides: dict[str, Any]) -> str:
    side = _side_to_print(sides)
    scores = sides[side]
    if scores is None:
        return "no segment was rated"
    return (
        f"{scores['accuracy']:.0%} of {scores['n']} segments of {_PLACES[side]} clips "
        f"(always the most frequent quadrant: {scores['majority_accuracy']:.0%}), "
        f"balanced {scores['balanced_accuracy']:.0%}, CCC of valence {scores['valence_ccc']:.2f}, "
        f"of arousal {scores['arousal_ccc']:.2f}"
    )
