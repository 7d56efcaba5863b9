"""Decoding and encoding: the only door to video files (PyAV) and to stored sound (soundfile).

Conventions
-----------
A clip's time starts at the first presentation time stamp of its picture. Everything in moodscore is
measured from there, whatever time stamps the container carries. Pictures are uint8 RGB ``(h, w, 3)``,
sound is float32 ``(n, channels)`` in [-1, 1].
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "audio_file": ["AudioFile", "Waveform", "write_audio"],
        "encode": ["write_clip"],
        "excerpt": ["encode_excerpt"],
        "frames": ["PICTURE_SIDE", "Glimpse", "Sample", "preview_frames", "sampled_frames", "watched_frames"],
        "_blocks": ["blocks_of", "store_blocks", "store_track"],
        "loudness": ["Loudness", "Normalised", "master", "mastered", "measure_loudness", "normalise"],
        "mixing": ["Presence", "mix_with_original", "write_stem"],
        "probe": ["VIDEO_SUFFIXES", "Clip", "ClipInfo", "list_clips", "probe_clip"],
        "remux": ["ScoredFile", "ScoredVideo", "mux_soundtrack", "score_video"],
        "song": ["SONG_SUFFIXES", "Song", "decode_song", "list_songs"],
        "soundtrack": ["SAMPLE_RATE", "decode_soundtrack", "sampled_sound", "spoken_language"],
        "strip": ["film_strip"],
        "wholeness": ["check_is_whole"],
    },
)
