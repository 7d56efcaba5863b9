"""Composed music: does it mean what it should, is it always another, and what does it cost.

A grid of 5 × 5 moods, five seeds each, is composed, rendered and measured from the sound alone: by librosa
(tempo, onsets, level, brightness, chroma) and by the judge, trained on the demo corpus and never on composed
music. The judge and the composer believe in the same literature, so librosa's figures count for more.
"""

import itertools
import resource
import time

import numpy as np
import pandas as pd

from moodscore.composing import STRONG_CUT, CompositionBrief, FilmScene, compose, plain_targets
from moodscore.demo import plan_corpus, render_soundtrack, simulate_ratings
from moodscore.emotion import Judge, segment_labels
from moodscore.segments import segment_bounds
from moodscore.sound import sound_features

TITLE = "composed music, measured from the sound (reference: the bar, or chance)"
GRID = (1.5, 3.25, 5.0, 6.75, 8.5)
SEEDS = range(5)
PIECE_S, RATE = 24, 44_100
#: Valence this far from neutral should be heard as major or minor.
CLEAR = 1.5
CORPUS_SEED = 2020
_CHROMA_S = 0.5
_HALF_DAY_S = 7200


def measure():
    """Yield name, value, reference, ratio."""
    grid, chromas = measured_grid()
    yield from figures(grid)
    yield from _variety(chromas)
    yield from _cuts()
    yield from _cost()


def brief_of(valence, arousal, seconds, cuts=None):
    """A film of one mood with the targets that the literature names."""
    scene = FilmScene(0.0, float(seconds), valence, arousal, "pos_high", False)
    more = {} if cuts is None else {"cuts": cuts}
    n_samples = round(seconds * RATE)
    return CompositionBrief(
        [scene], plain_targets(valence, arousal, max(1, int(seconds))), n_samples, RATE, **more
    )


def measured_grid(seeds=SEEDS, seconds=PIECE_S):
    """What is heard in each piece, one row each; the chroma sequence of each."""
    judge = _judge()
    rows, chromas = [], {}
    for valence, arousal, seed in itertools.product(GRID, GRID, seeds):
        sound = compose(brief_of(valence, arousal, seconds), seed=seed).track().whole()
        heard, chroma = _by_librosa(sound.mean(axis=1))
        features = sound_features(sound, RATE)
        opinion = judge.predict(features).mean()
        rows.append(
            {"valence": valence, "arousal": arousal, "seed": seed}
            | heard
            | {"judge_valence": opinion["valence"], "judge_arousal": opinion["arousal"]}
            | {"mode": features["mode"].mean()}
        )
        chromas[valence, arousal, seed] = chroma
    return pd.DataFrame(rows), chromas


def _by_librosa(y):
    """Tempo, onset rate, level, brightness and mode of a piece, and its chroma every half second."""
    import librosa

    envelope = librosa.onset.onset_strength(y=y, sr=RATE)
    onsets = librosa.onset.onset_detect(onset_envelope=envelope, sr=RATE)
    tempo = float(np.squeeze(librosa.feature.tempo(onset_envelope=envelope, sr=RATE)))
    chroma = librosa.feature.chroma_cqt(y=y, sr=RATE, hop_length=4096)
    step = round(_CHROMA_S * RATE / 4096)
    sequence = librosa.util.sync(chroma, range(0, chroma.shape[1], step))
    return {
        "tempo": tempo,
        "onset_rate": len(onsets) * RATE / len(y),
        "loudness": 10 * np.log10(np.mean(y**2) + 1e-12),
        "brightness": float(np.log(librosa.feature.spectral_centroid(y=y, sr=RATE)).mean()),
        "librosa_mode": _mode_of(chroma.mean(axis=1)),
    }, sequence


def _mode_of(chroma):
    """Best major less best minor correlation with the profiles of Temperley (1999), not the judge's."""
    profiles = (
        (5, 2, 3.5, 2, 4.5, 4, 2, 4.5, 2, 3.5, 1.5, 4),
        (5, 2, 3.5, 4.5, 2, 4, 2, 4.5, 3.5, 2, 1.5, 4),
    )
    fits = [
        max(np.corrcoef(np.roll(profile, key), chroma)[0, 1] for key in range(12)) for profile in profiles
    ]
    return fits[0] - fits[1]


def _judge():
    """The judge of sound, trained on all of the demo corpus."""
    recipes = plan_corpus(CORPUS_SEED)
    tables = []
    for recipe in recipes:
        features = sound_features(render_soundtrack(recipe), RATE)
        bounds = segment_bounds(recipe.n_frames / 15)[: len(features)]
        tables.append(features.assign(clip_id=recipe.clip_id, start_s=bounds[:, 0], end_s=bounds[:, 1]))
    features = pd.concat(tables, ignore_index=True)
    labels = segment_labels(simulate_ratings(recipes, seed=CORPUS_SEED), features)
    known = labels["valence"].notna().to_numpy()
    return Judge().fit(features[known].reset_index(drop=True), labels[known].reset_index(drop=True))


def figures(grid):
    """Yield how well what is heard follows what was meant."""
    cues = ["tempo", "onset_rate", "loudness"]
    r2 = _r2(grid[cues].assign(tempo=np.log(grid["tempo"])), grid["arousal"])
    yield "R² of arousal on tempo, onset rate and loudness (librosa)", r2, 0.8, r2 / 0.8
    clear = grid[np.abs(grid["valence"] - 5) >= CLEAR]
    for name, column in (("librosa, Temperley's profiles", "librosa_mode"), ("our own ears", "mode")):
        share = float(((clear[column] > 0) == (clear["valence"] > 5)).mean())
        yield f"mode right where valence is clear ({name})", share, 0.9, share / 0.9
    for cue in ("onset_rate", "loudness", "brightness", "tempo"):
        r = float(grid[cue].corr(grid["arousal"], method="spearman"))
        yield f"rank correlation of {cue.replace('_', ' ')} with arousal", r, 0.0, np.nan
    for side in ("valence", "arousal"):
        r = float(grid[f"judge_{side}"].corr(grid[side]))
        yield f"correlation of {side} as judged with {side} as meant", r, 0.0, np.nan


def _r2(table, y):
    design = np.column_stack([np.ones(len(table)), table.to_numpy()])
    rest = y - design @ np.linalg.lstsq(design, y.to_numpy(), rcond=None)[0]
    return float(1 - rest.var() / y.var())


def chroma_distance(one, other):
    """Mean cosine distance of two chroma sequences, moment by moment, in the best of twelve keys."""
    n = min(one.shape[1], other.shape[1])
    a, b = (x[:, :n] / np.maximum(np.linalg.norm(x[:, :n], axis=0), 1e-9) for x in (one, other))
    return float(min(1 - (np.roll(a, key, axis=0) * b).sum(axis=0).mean() for key in range(12)))


def _variety(chromas):
    """The least distance between seeds of one mood, and from the demo corpus, beside the median of seeds."""
    pairs = [
        chroma_distance(chromas[v, a, s], chromas[v, a, t])
        for v, a in itertools.product(GRID, GRID)
        for s, t in itertools.combinations(SEEDS, 2)
    ]
    usual = float(np.median(pairs))
    yield "least distance of chroma between seeds (reference: median)", min(pairs), usual, min(pairs) / usual
    demo = [_by_librosa(render_soundtrack(recipe).mean(axis=1))[1] for recipe in plan_corpus(CORPUS_SEED)]
    nearest = min(chroma_distance(mine, theirs) for mine in chromas.values() for theirs in demo)
    yield "least distance of chroma from the demo corpus (the same)", nearest, usual, nearest / usual


def cuts_on_beats(composition):
    """Share of strong cuts within 80 ms of a beat, and what chance would give."""
    beats = composition.beats_s
    cuts = composition.brief.cuts
    strong = cuts["cut_s"][cuts["cut_strength"] >= STRONG_CUT].to_numpy()
    hits = np.array([np.abs(beats - cut).min() <= 0.08 for cut in strong])
    gaps = np.diff(np.append(beats, composition.brief.duration_s))
    return float(hits.mean()), float(np.minimum(0.16, gaps).sum() / composition.brief.duration_s)


def _cuts():
    """Cuts at random, a second and a half to six seconds apart on average."""
    for every in (1.5, 3.0, 6.0):
        shares = []
        for seed, arousal in itertools.product(range(5), GRID):
            rng = np.random.default_rng(seed)
            moments = np.cumsum(rng.exponential(every, 200))
            moments = moments[moments < 119]
            cuts = pd.DataFrame({"cut_s": moments, "cut_strength": rng.uniform(0.35, 1, len(moments))})
            shares.append(cuts_on_beats(compose(brief_of(6.0, arousal, 120, cuts), seed=seed)))
        kept, chance = np.mean(shares, axis=0).tolist()
        yield (
            f"strong cuts on beats, one cut every {every:g} s (reference: chance)",
            kept,
            chance,
            kept / chance,
        )


def _cost():
    """CPU time of a minute; memory of two hours, read block by block."""
    slowest = 0.0
    for valence, arousal in ((2.0, 8.0), (8.0, 8.0), (5.0, 5.0)):
        start = time.process_time()
        compose(brief_of(valence, arousal, 60), seed=1).track().whole()
        slowest = max(slowest, time.process_time() - start)
    yield "a minute composed and rendered, seconds of CPU (bar: 3)", slowest, 3.0, slowest / 3.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    track = compose(brief_of(7.0, 7.0, _HALF_DAY_S), seed=1).track()
    for first in range(0, track.n_samples, 1 << 20):
        track.read(first, first + (1 << 20))
    seconds = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    yield (
        "two hours composed and rendered, seconds (reference: its own time)",
        seconds,
        7200.0,
        seconds / 7200,
    )
    yield (
        "… memory it needs beyond what a minute did, MiB (the sound alone is 2423)",
        grown,
        2423.0,
        grown / 2423,
    )
