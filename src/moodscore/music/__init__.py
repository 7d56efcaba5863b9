"""Music for a picture: find it, choose it, join it, account for every second.

The predicted tempo, loudness and rhythm of a video's segments become a soundtrack in these steps: the
music at hand, cut into snippets (`index_track`, `index_library`) and known as pieces with beats and bars
(`moodscore.pieces`), is made ready to be searched (`MusicDictionary`); the video is divided into scenes
(`find_scenes`); the cheapest runs of music through them are found (`search_runs`) and laid out as a cue
sheet (`run_sheet`), which with its sources is an `Arrangement`: it is rendered (`RenderedTrack`), and the
quality gate hears whether anything went wrong (`inspect_track`). `choose_music` does them all for many
clips; `arrange` also knows the other systems, such as that of Sergio & Lee (2020), a second at a time
(`nearest_snippets`, `cue_sheet`).
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "arrangement": ["Arrangement"],
        "assembly": ["assemble_music", "sources_of"],
        "beats": ["BEAT_COLUMNS", "describe_beats"],
        "choosing": ["Chosen", "chance_of", "choose_music", "kept_findings", "notes_of"],
        "composed": ["BAR_COLUMNS"],
        "cues": ["CUE_COLUMNS", "cue_sheet"],
        "dictionary": ["FeatureMapping", "MusicDictionary", "MusicPart"],
        "edges": ["EDGE_COLUMNS", "describe_edges"],
        "gate": ["FINDING_COLUMNS", "inspect_track"],
        "heard": ["heard_cost"],
        "index": ["SnippetIndex"],
        "joins": ["JoinCosts", "key_distance", "tempo_distance"],
        "library": ["REPORT_COLUMNS", "Library", "index_library"],
        "licences": ["licence_notes"],
        "options": ["JOIN_PRICES", "MusicOptions", "UnitSelection"],
        "render": ["RenderedTrack", "concatenate_track", "render_track"],
        "runs": ["RUN_COLUMNS", "going_on", "numbers_of", "on_beat", "run_sheet"],
        "scenes": ["Scene", "find_scenes"],
        "search": ["PlannedRun", "search_runs"],
        "selection": ["nearest_snippets", "select_units"],
        "snippets": ["SNIPPET_COLUMNS", "build_snippets", "eligible_snippets", "index_track"],
        "song_cache": ["SongCache"],
        "systems": ["SYSTEMS", "Brief", "arrange", "briefs"],
    },
)
