"""From single measurements to the figures a reader compares."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "embedding": ["embed_descriptors"],
        "scores": [
            "clips_to_measure",
            "count_labels",
            "describe_corpus",
            "score_reading",
            "score_systems",
            "systems_table",
        ],
        "soundtrack": ["Original", "measure_soundtrack"],
        "summary": ["print_summary"],
        "takes": ["Task", "measure_takes", "plan_takes"],
    },
)
