"""A score for a film of two minutes with four moods, from the demo library, beside what else could be played.

Everything stands on the last run of the demo workspace: what the networks asked for, the judge, the scale.
"""

import resource
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from moodscore import emotion, music, sound
from moodscore.compute import Compute
from moodscore.metrics import BeatGrid, continuity, longest_run_s
from moodscore.music import Brief, MusicDictionary, MusicOptions, MusicPart, arrange, heard_cost
from moodscore.pieces import Piece, PieceCache, analyse_pieces

TITLE = "choosing among 300 songs of 4 minutes for a film of 10 minutes"
RATE = 44_100
MOOD_S, MOODS = 30, ("pos_high", "neg_low", "pos_low", "neg_high")
TAKES = 4
_KEYS = ["clip_id", "segment"]
_SHOWN = (
    "joins_per_min",
    "changes_per_min",
    "median_run_s",
    "longest_run_s",
    "beat_kept",
    "bar_kept",
    "changes_at_cuts",
    "cuts_on_beats",
    "cuts_on_beats_chance",
    "jump_distance_median",
    "target_cost",
    "ends",
)
_SONGS, _SONG_S, _FILM_S = 300, 240, 600


def measure() -> Iterator[tuple[str, float, float, float]]:
    """Yield name, seconds or MiB, bound, ratio."""
    brief, dictionary = _large()
    before = time.perf_counter()
    arrange("moodscore", brief, dictionary)
    seconds = time.perf_counter() - before
    yield "seconds", seconds, 10.0, seconds / 10.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "peak memory of the process (MiB)", peak, 1024.0, peak / 1024


def compared(load) -> pd.DataFrame:
    """The measures of the systems on the same film, one row a system and take.

    ``load`` returns a dataset of the last run by its name.
    """
    judge = emotion.Judge.from_dict(load("emotion_judge"))
    scaler = sound.AudioScaler.from_dict(load("audio_scaler"))
    cache = load("library_cache")
    songs = music.index_library(
        load("library_folder"),
        music.SongCache(cache),
        judge=judge,
        scaler=scaler,
        segment_s=1.0,
        compute=Compute(),
    )
    pieces, _ = analyse_pieces(songs.sources, PieceCache(cache), Compute())
    mapping = sound.QuantileMap.fit(load("snippet_index"), songs.snippets)

    def dictionary(**options) -> MusicDictionary:
        part = MusicPart(songs.snippets, songs.sources, mapping)
        options = MusicOptions(music="library", **options)
        return MusicDictionary([part], segment_s=1.0, options=options, describe=lambda _: pieces)

    brief = _film(load)
    rows = []
    for system in ("random", "paper", "collage", "moodscore"):
        for take in range(TAKES if system == "moodscore" else 1):
            arrangements = arrange(system, brief, dictionary(), seed=[load("params:seed")], take=take)
            rows.append(_row(f"{system} {take}".removesuffix(" 0"), arrangements, brief, dictionary()))
    alone = dictionary(change_at="never")
    rows.append(_row("one song, cut to length", arrange("moodscore", brief, alone), brief, alone))
    return pd.DataFrame(rows).set_index("system")


def _row(name: str, arrangements, brief: Brief, dictionary: MusicDictionary) -> dict:
    """Means over the takes of a system, as far as chance is in it."""
    grids = {
        name: BeatGrid(piece.beats_s[:-1], piece.bar_position)
        for name, piece in dictionary.pieces.items()
        if piece.has_beat
    }
    cuts_s = brief.targets["cut_s"].dropna().to_numpy()
    duration_s = brief.n_samples / brief.sample_rate
    measured = [
        continuity(arranged.cues, grids, cuts_s)
        | {
            "longest_run_s": longest_run_s(arranged.cues),
            "target_cost": heard_cost(arranged.cues, brief.targets, dictionary, duration_s=duration_s),
            "ends": bool(arranged.cues.get("ending", pd.Series([""])).iloc[-1]),
        }
        for arranged in arrangements
    ]
    return {"system": name, **pd.DataFrame(measured)[list(_SHOWN)].mean().to_dict()}


def _film(load) -> Brief:
    """Clips of the corpus one after the other, half a minute of each mood: what the networks asked for."""
    segments, cuts = load("segments"), load("visual_descriptors")
    table = segments[[*_KEYS, "quadrant"]].rename(columns={"quadrant": "label"})
    table = table.merge(load("predicted_audio_features"), on=_KEYS).merge(
        load("emotion_predictions"), on=_KEYS
    )
    table = table.merge(cuts[[*_KEYS, "cut_s", "cut_strength"]], on=_KEYS)
    parts, start_s = [], 0.0
    for mood in MOODS:
        other = segments.loc[segments["quadrant"] != mood, "clip_id"]
        own = table[~table["clip_id"].isin(other)].sort_values(_KEYS).head(MOOD_S)
        place = start_s + np.arange(len(own))
        # A clip that follows another begins with a cut.
        is_first = own["segment"].to_numpy() == 0
        inside = own["cut_s"].to_numpy() - own["segment"].to_numpy() + place
        parts.append(own.assign(start_s=place, cut_s=np.where(is_first & (place > 0), place, inside)))
        start_s += len(own)
    targets = pd.concat(parts, ignore_index=True).assign(segment=np.arange(int(start_s)))
    return Brief("film", targets, None, round(start_s * RATE), RATE)


def _large() -> tuple[Brief, MusicDictionary]:
    """Random songs with beats and bars, and a random film of scenes of 40 s."""
    rng = np.random.default_rng(0)
    n = _SONGS * _SONG_S
    names = np.repeat([f"song {number}" for number in range(_SONGS)], _SONG_S)
    second = np.tile(np.arange(_SONG_S), _SONGS)
    table = pd.DataFrame(
        {
            "clip_id": names,
            "segment": second,
            "start_sample": second * RATE,
            "stop_sample": (second + 1) * RATE,
            "loudness_sone": rng.uniform(1, 30, n),
            "is_silent": False,
            "kind": "library",
            "file": names,
            "licence": "",
            **_walk(rng, n),
        }
    )
    pieces = {name: _piece(rng) for name in np.unique(names)}
    source = _Silence()
    part = MusicPart(table, dict.fromkeys(pieces, source))
    options = MusicOptions(music="library")
    dictionary = MusicDictionary([part], segment_s=1.0, options=options, describe=lambda _: pieces)
    segment = np.arange(_FILM_S)
    moods = np.array(MOODS)[segment // 40 % len(MOODS)]
    targets = pd.DataFrame(_walk(rng, _FILM_S)).assign(
        segment=segment, start_s=segment * 1.0, quadrant=moods, confidence=1.0
    )
    return Brief("film", targets, None, _FILM_S * RATE, RATE), dictionary


class _Silence:
    """A source that is never read."""

    sample_rate, n_samples, channels = RATE, _SONG_S * RATE, 2


def _walk(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    smooth = {
        name: np.clip(rng.uniform(size=n // 20 + 1).repeat(20)[:n], 0, 1) for name in ("tempo", "loudness")
    }
    smooth["rhythm"] = rng.uniform(size=n // 20 + 1).repeat(20)[:n]
    return smooth | {name: rng.uniform(1, 9, n // 40 + 1).repeat(40)[:n] for name in ("valence", "arousal")}


def _piece(rng: np.random.Generator) -> Piece:
    beats_s = np.arange(0, _SONG_S, rng.uniform(0.4, 0.8))
    n = len(beats_s) - 1
    leave = rng.integers(0, n // 4 - 1, (n, 20)) * 4 + (np.arange(n)[:, np.newaxis] - 1) % 4
    return Piece(
        duration_s=float(_SONG_S),
        beats_s=beats_s,
        bar_position=np.arange(n) % 4,
        metre=4,
        beat_strength=0.8,
        has_beat=True,
        sections=np.arange(32, n, 64),
        begins_s=0.0,
        ends_s=float(beats_s[-1]),
        ending="ends",
        jump_from=leave.astype(np.int32),
        jump_distance=rng.uniform(0.1, 1.0, (n, 20)).astype(np.float32),
    )
