"""What is known of a piece, against the truth of the demo library and against librosa's beats; its cost."""

import json
import tempfile
import time
from pathlib import Path

import mir_eval
import numpy as np

from moodscore.compute import Compute
from moodscore.demo import ensure_library
from moodscore.media import AudioFile
from moodscore.pieces import analyse_piece

TITLE = "songs of the demo library: F-measures (reference: librosa's beats; what is asked for), cost"
SEED = 20
#: What is asked for.
LEAST_BEATS_F, LEAST_BARS, LEAST_SECTIONS_F, MOST_COST = 0.90, 5, 0.60, 0.01
_LIBROSA_RATE = 22_050


def measure():
    """Yield name, figure, reference, ratio."""
    with tempfile.TemporaryDirectory() as folder:
        library = ensure_library(Path(folder) / "library", seed=SEED, compute=Compute())
        truths = json.loads((library / "truth.json").read_text())["songs"]
        songs = {file: AudioFile.open(library / file) for file in truths}
        analyse_piece(songs[next(iter(songs))])  # loads what is loaded once
        rows = {file: _row(songs[file], truth) for file, truth in truths.items()}
    for file, row in rows.items():
        if "beats" in row:
            yield (
                f"{file}: beats (librosa)",
                row["beats"],
                row["librosa"],
                row["beats"] / max(row["librosa"], 1e-9),
            )
    for file, row in rows.items():
        yield f"{file}: sections, ending", row["sections"], row["ending"], ""
    steady = [row for row in rows.values() if "beats" in row]
    beats, bars = np.mean([row["beats"] for row in steady]), sum(row["bars"] for row in steady)
    sections = np.mean([row["sections"] for row in rows.values()])
    cost = sum(row["seconds"] for row in rows.values()) / sum(row["length"] for row in rows.values())
    claimed = sum(row["bars_claimed"] for row in rows.values() if "beats" not in row)
    yield "beats, mean F of those that keep time (asked for)", beats, LEAST_BEATS_F, beats / LEAST_BEATS_F
    yield "songs whose bars are right, of six (asked for)", str(bars), str(LEAST_BARS), bars / LEAST_BARS
    yield "songs without a beat whose bars are claimed", str(claimed), "0", ""
    yield "sections, mean F of all (asked for)", sections, LEAST_SECTIONS_F, sections / LEAST_SECTIONS_F
    yield "processor time as share of length (asked for)", f"{cost:.4f}", f"{MOST_COST:.4f}", cost / MOST_COST


def _row(audio, truth):
    started = time.process_time()
    piece = analyse_piece(audio)
    row = {"seconds": time.process_time() - started, "length": piece.duration_s}
    row["sections"] = _sections_f(piece, np.array(truth["sections_s"]))
    right = "right" if piece.ending == truth["ending"] else "wrong"
    row["ending"] = f"{piece.ending} ({right})"
    row["bars_claimed"] = piece.metre > 0
    if truth["has_beat"]:
        beats = np.array(truth["beats_s"])
        downbeats = beats[np.array(truth["bar_position"]) == 0]
        row["beats"] = _beats_f(beats, piece.beats_s[:-1]) if piece.has_beat else 0.0
        row["librosa"] = _beats_f(beats, _librosa_beats(audio))
        row["bars"] = piece.metre == truth["metre"] and (
            _beats_f(downbeats, piece.beats_s[:-1][piece.bar_position == 0]) > LEAST_BEATS_F
        )
    return row


def _beats_f(truth, found):
    """Within 70 ms, where there is truth: beats are counted on through silence."""
    return mir_eval.beat.f_measure(truth, found[(found > truth[0] - 0.07) & (found < truth[-1] + 0.07)])


def _sections_f(piece, truth):
    """Within a beat, or half a second."""
    found = piece.beats_s[piece.sections]
    window = max(0.5, float(np.median(np.diff(piece.beats_s))))
    matched = len(mir_eval.util.match_events(truth, found, window)) if len(found) else 0
    return 2 * matched / (len(truth) + len(found))


def _librosa_beats(audio):
    import librosa

    y = librosa.resample(
        audio.read().mean(axis=1), orig_sr=audio.sample_rate, target_sr=_LIBROSA_RATE, res_type="soxr_hq"
    )
    return librosa.beat.beat_track(y=y, sr=_LIBROSA_RATE, units="time")[1]
