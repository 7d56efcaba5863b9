"""From the sound of a piece to its description."""

import numpy as np

from moodscore.pieces.bars import find_bars
from moodscore.pieces.beats import find_beats
from moodscore.pieces.ending import audible_span, find_ending
from moodscore.pieces.features import beat_attacks, beat_chroma, beat_features, beat_lows
from moodscore.pieces.jumps import best_jumps
from moodscore.pieces.listening import hear
from moodscore.pieces.piece import UNKNOWN, Piece
from moodscore.pieces.sections import find_sections
from moodscore.samples import SampleSource

#: What rings out so long before the end is not looked at for sections (s).
SILENCE_AFTER_S = 1.0


def analyse_piece(audio: SampleSource) -> Piece:
    """Describe a piece.

    Parameters
    ----------
    audio : SampleSource
        Its sound, read once and never held whole; channels are averaged.

    Returns
    -------
    Piece

    Raises
    ------
    MoodscoreError
        If samples are not floating point, not finite or far beyond full scale.
    """
    duration_s = audio.n_samples / audio.sample_rate
    heard = hear(audio)
    pulse = find_beats(heard, duration_s)
    chroma = beat_chroma(heard, pulse.beats_s)
    if pulse.has_beat:
        bass = beat_attacks(heard.bass, heard.onset_times, pulse.beats_s)
        position, metre, _ = find_bars(chroma, bass, beat_lows(heard, pulse.beats_s))
    else:
        position, metre = np.full(len(chroma), UNKNOWN), 0
    features = beat_features(heard, pulse.beats_s)
    begins_s, ends_s = audible_span(heard, duration_s)
    jump_from, jump_distance = best_jumps(features, position)
    return Piece(
        duration_s=duration_s,
        beats_s=pulse.beats_s,
        bar_position=position,
        metre=metre,
        beat_strength=pulse.strength,
        has_beat=pulse.has_beat,
        sections=_sections(features, position, metre, pulse.beats_s, ends_s),
        begins_s=begins_s,
        ends_s=ends_s,
        ending=find_ending(heard, ends_s),
        jump_from=jump_from,
        jump_distance=jump_distance,
    )


def _sections(
    features: np.ndarray, position: np.ndarray, metre: int, beats_s: np.ndarray, ends_s: float
) -> np.ndarray:
    """Sections of what is heard: the silence after the end is none."""
    heard = max(int(np.searchsorted(beats_s[:-1], ends_s - SILENCE_AFTER_S)), 1)
    return find_sections(features[:heard], position[:heard], metre)
