"""What one new video needs besides the pipeline's rooms: from its name to its finished files.

`look_at` measures a video once and keeps what it saw; `parse_cues` and `override_emotion` let a person
correct the reading; `finish_soundtrack` brings it to the
loudness players expect, with the video's own sound under it if that is wanted; `explain` says why in words.
`Outputs` names the files and puts them in place all at once, `newest_versions` picks the models.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "finishing": ["FinishedSoundtrack", "finish_soundtrack"],
        "outputs": ["Outputs", "default_output", "fingerprint", "list_videos"],
        "own_sound": ["own_music"],
        "overrides": ["EmotionSpan", "override_emotion", "parse_cues"],
        "parts": ["write_midi", "write_stems"],
        "scenes": ["Scene", "explain", "scenes_of"],
        "sighting": ["Sighting", "check_is_film", "look_at", "sampled_key", "strip_of"],
        "songs": ["index_songs"],
        "versions": ["newest_versions"],
    },
)
