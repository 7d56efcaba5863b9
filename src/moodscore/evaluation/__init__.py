"""From single measurements to the figures a reader compares."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "compared": ["COMPARED", "render_track"],
        "embedding": ["embed_descriptors"],
        "choices": ["choose_rules", "choose_settling", "correlate_cues"],
        "readings": ["compare_readings", "print_readings", "readable_scores"],
        "scores": [
            "clips_to_measure",
            "count_labels",
            "describe_corpus",
            "score_improvement",
            "score_originals",
            "score_reading",
            "score_systems",
            "systems_table",
        ],
        "soundtrack": ["Original", "measure_soundtrack"],
        "summary": ["print_summary"],
        "runs": ["compare_runs"],
        "takes": ["ORIGINAL", "Task", "measure_takes", "plan_takes"],
    },
)
