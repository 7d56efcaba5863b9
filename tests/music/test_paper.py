"""The published method, said again as plainly as can be: what ``paper`` plays is this, bit for bit."""

import numpy as np
import pandas as pd
import pytest

from moodscore.music import (
    CUE_COLUMNS,
    MusicDictionary,
    MusicOptions,
    MusicPart,
    arrange,
    cue_sheet,
    nearest_snippets,
)
from moodscore.music.systems import Brief

RATE = 8000
FEATURES = ("tempo", "loudness", "rhythm")


def published(targets, snippets, sources, n_samples):
    """Segment by segment: the snippet of least mean absolute error, the first of equals, cut as it comes."""
    songs = snippets.to_dict("records")
    wanted = targets.to_dict("records")
    rows = []
    for k, want in enumerate(wanted):
        start = round(want["start_s"] * RATE)
        stop = round(wanted[k + 1]["start_s"] * RATE) if k + 1 < len(wanted) else n_samples
        best, least = None, np.inf
        for song in songs:
            error = (
                abs(want["tempo"] - song["tempo"])
                + abs(want["loudness"] - song["loudness"])
                + abs(want["rhythm"] - song["rhythm"])
            ) / 3
            if not song["is_silent"] and error < least:
                best, least = song, error
        before = rows[-1] if rows else None
        plays_on = (
            before is not None
            and before["source_clip"] == best["clip_id"]
            and before["source_segment"] + 1 == best["segment"]
        )
        source_start = before["source_stop_sample"] if plays_on else best["start_sample"]
        source_stop = min(source_start + stop - start, sources[best["clip_id"]].n_samples)
        rows.append(
            {
                "clip_id": "film",
                "segment": want["segment"],
                "start_s": start / RATE,
                "end_s": stop / RATE,
                "start_sample": start,
                "stop_sample": stop,
                "source_kind": best["kind"],
                "source_clip": best["clip_id"],
                "source_file": best["file"],
                "source_licence": best["licence"],
                "source_segment": best["segment"],
                "source_start_s": source_start / RATE,
                "source_end_s": source_stop / RATE,
                "source_start_sample": source_start,
                "source_stop_sample": source_stop,
                **{f"predicted_{name}": want[name] for name in FEATURES},
                **{f"target_{name}": want[name] for name in FEATURES},
                **{f"chosen_{name}": best[name] for name in FEATURES},
                "target_cost": least,
                "join_cost": 0.0,
                "gain_db": 0.0,
                "join": "start" if before is None else "neighbour" if plays_on else "hard",
                "crossfade_s": 0.0,
                **{name: want[name] for name in ("quadrant", "valence", "arousal", "confidence")},
            }
        )
    return pd.DataFrame(rows)


@pytest.mark.parametrize("seed", range(4))
def test_it_takes_what_the_paper_takes_bit_for_bit(make_snippets, make_targets, array_source, seed):
    rng = np.random.default_rng(seed)
    snippets = make_snippets(4, 12, seed=seed, is_silent=rng.uniform(size=48) < 0.2)
    targets = make_targets(25, seed=seed)
    if seed % 2:  # with many equals, and runs of neighbours
        snippets[list(FEATURES)] = snippets[list(FEATURES)].round(1)
        targets[list(FEATURES)] = targets[list(FEATURES)].round(1)
        own = snippets.loc[13:18, list(FEATURES)].to_numpy()
        targets.loc[4:9, list(FEATURES)] = own
        snippets.loc[13:18, "is_silent"] = False
    sources = {f"clip{k}": array_source(np.zeros((12 * RATE, 1)), RATE) for k in range(4)}
    n_samples = 25 * RATE - int(rng.integers(-3000, 3000))
    expected = published(targets, snippets, sources, n_samples)
    assert tuple(expected) == CUE_COLUMNS
    music = MusicDictionary(
        [MusicPart(snippets, sources)], segment_s=1.0, options=MusicOptions(system="paper")
    )
    shape = {"n_samples": n_samples, "sample_rate": RATE}
    selection = nearest_snippets(targets, music)
    sheet = cue_sheet(targets, music, selection, clip_id="film", hard=True, **shape)
    arranged = arrange("paper", Brief("film", targets, None, **shape), music)[0].cues
    for cues in (sheet, arranged):
        rest = cues.drop(columns="target_cost")
        pd.testing.assert_frame_equal(
            rest, expected.drop(columns="target_cost"), check_exact=True, check_dtype=False
        )
        np.testing.assert_allclose(cues["target_cost"], expected["target_cost"], rtol=0, atol=2e-16)
    assert len(set(expected["join"])) == 3 or not seed % 2
