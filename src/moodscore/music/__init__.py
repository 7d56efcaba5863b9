"""Music for a picture: find the snippets, choose among them, join them, account for every second.

The predicted tempo, loudness and rhythm of a video's segments become a soundtrack in four steps:
an exact nearest-neighbour index over the snippets of a music dictionary (`SnippetIndex`), the choice
of one snippet a segment (`nearest_snippets` or `select_units`), the cue sheet that says which samples
of which source sound when (`cue_sheet`), and the track made from nothing but that sheet and the
sources (`render_track`, `concatenate_track`).
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "cues": ["CUE_COLUMNS", "cue_sheet"],
        "edges": ["EDGE_COLUMNS", "describe_edges"],
        "index": ["SnippetIndex"],
        "joins": ["JoinCosts", "key_distance", "tempo_distance"],
        "render": ["concatenate_track", "render_track"],
        "selection": ["UnitSelection", "nearest_snippets", "select_units"],
        "snippets": ["SNIPPET_COLUMNS", "build_snippets", "eligible_snippets"],
        "sources": ["SampleSource"],
        "systems": ["SYSTEMS", "Brief", "briefs", "plan", "play"],
    },
)
