"""Music for a picture: find the snippets, choose among them, join them, account for every second.

The predicted tempo, loudness and rhythm of a video's segments become a soundtrack in five steps: the
music at hand, cut into snippets (`index_track`, `index_library`) and made ready to be searched
(`MusicDictionary`); the choice of one snippet a segment (`nearest_snippets` or `select_units`); the
cue sheet that says which samples of which source sound when (`cue_sheet`); the track made from nothing
but that sheet and the sources (`render_track`, `concatenate_track`); and the quality gate that hears
whether anything went wrong (`inspect_track`). `choose_tracks` does them all for many clips.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "assembly": ["assemble_music", "sources_of"],
        "beats": ["BEAT_COLUMNS", "describe_beats"],
        "choosing": ["choose_tracks", "kept_findings"],
        "cues": ["CUE_COLUMNS", "cue_sheet"],
        "dictionary": ["FeatureMapping", "MusicDictionary", "MusicPart"],
        "edges": ["EDGE_COLUMNS", "describe_edges"],
        "gate": ["FINDING_COLUMNS", "inspect_track"],
        "index": ["SnippetIndex"],
        "joins": ["JoinCosts", "key_distance", "tempo_distance"],
        "library": ["Library", "index_library"],
        "licences": ["licence_notes"],
        "options": ["UnitSelection"],
        "render": ["RenderedTrack", "concatenate_track", "render_track"],
        "selection": ["nearest_snippets", "select_units"],
        "snippets": ["SNIPPET_COLUMNS", "build_snippets", "eligible_snippets", "index_track"],
        "song_cache": ["SongCache"],
        "systems": ["SYSTEMS", "Brief", "briefs", "plan", "play", "rendered_track"],
    },
)
