"""The last thing a run prints."""

from typing import Any

#: Columns of the table: the metric, and its heading with the direction of better.
_COLUMNS = (
    ("emotion_match", "emotion match ↑"),
    ("mae_tlr", "MAE of TLR ↓"),
    ("log_mel_distance", "log-mel (dB) ↓"),
    ("mae_waveform", "MAE of waveform ↓"),
)


def print_summary(metrics: dict[str, Any]) -> None:
    """Print how the emotions were read and how the systems compare, on held-out clips if there are any."""
    from rich.console import Console
    from rich.table import Table

    side = "held_out" if metrics["emotion"]["held_out"] else "seen"
    where = "held-out" if side == "held_out" else "training"
    table = Table(title=f"Systems on {where} clips", title_justify="left")
    table.add_column("system")
    for _, heading in _COLUMNS:
        table.add_column(heading, justify="right")
    for system, sides in metrics["systems"].items():
        scores = sides[side]
        if scores is not None:
            table.add_row(system, *(f"{scores[name]:.3f}" for name, _ in _COLUMNS))
    console = Console()
    for name, scores in (("pictures (ANFIS)", metrics["emotion"]), ("sound (judge)", metrics["judge"])):
        console.print(_reading(name, scores[side]), highlight=False)
    console.print(table)


def _reading(name: str, scores: dict[str, Any]) -> str:
    return (
        f"Emotion read from {name}: {scores['accuracy']:.0%} of {scores['n']} segments "
        f"(always the most frequent quadrant: {scores['majority_accuracy']:.0%}), "
        f"balanced {scores['balanced_accuracy']:.0%}, CCC of valence {scores['valence_ccc']:.2f}, "
        f"of arousal {scores['arousal_ccc']:.2f}"
    )
