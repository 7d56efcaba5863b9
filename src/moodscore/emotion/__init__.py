"""Emotion as valence and arousal: human ratings, the four quadrants, the split, the judge of audio."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "agreement": [
            "describe_raters",
            "intraclass_correlation",
            "krippendorff_alpha",
            "rater_agreement",
        ],
        "balance": ["balanced_weights"],
        "judge": ["CUES", "Judge"],
        "labels": ["interval_labels", "quadrant_counts", "segment_labels", "timed_segments"],
        "published": ["label_counts"],
        "quadrants": [
            "HIGHEST_SCORE",
            "LOWEST_SCORE",
            "NEUTRAL",
            "NEUTRAL_SCORE",
            "QUADRANTS",
            "VALENCE_HALVES",
            "confidence",
            "half_of",
            "half_of_quadrant",
            "hold_quadrant",
            "quadrant_code",
            "quadrant_from_code",
            "quadrant_of",
            "shown_moods",
        ],
        "ratings": ["RATING_COLUMNS", "RATING_FORMATS", "beyond_the_end", "read_ratings"],
        "options": ["CorpusOptions", "ReaderOptions"],
        "reader": ["read_emotion", "read_valence", "side_shifts", "train_reader"],
        "settling": ["settle_emotion", "settled", "smooth_emotion"],
        "split": ["hold_back", "labelled_training", "main_quadrants", "split_clips"],
    },
)
