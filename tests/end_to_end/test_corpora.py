"""Corpora as they come: lopsided ones, ones without a quadrant, a few clips of a large one.

From the features on everything is the real thing. The features themselves are made up, so that a corpus
takes seconds: each quadrant looks and sounds its own way.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.project import configure_project
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from kedro.validation.parameter_validator import ParameterValidator

from moodscore.datasets import FreshPartitionedDataset
from moodscore.emotion import QUADRANTS, split_clips
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.pipeline_registry import register_pipelines
from moodscore.pipelines import anfis, audio_features, baseline, evaluation, lstm_x4, retrieval

pytestmark = pytest.mark.slow

CONF = Path(__file__).parents[2] / "conf"
RATE, SEED = 44_100, 0
STEPS = (
    audio_features.create_pipeline().only_nodes("fit_audio_scaler")
    + anfis.create_pipeline()
    + lstm_x4.create_pipeline()
    + baseline.create_pipeline()
    + retrieval.create_pipeline()
    + evaluation.create_pipeline()
)
MIDDLE = {"pos_high": (7.5, 7.5), "pos_low": (7.5, 2.5), "neg_high": (2.5, 7.5), "neg_low": (2.5, 2.5)}

#: A tenth of the windows of the paper's Table 1 (1359, 70, 129, 47), in eight clips as there: by clip, how
#: many segments of which quadrant follow each other.
LOPSIDED = {
    "rival": [("pos_high", 20)],
    "veil": [("pos_high", 8), ("pos_low", 3), ("neg_low", 3), ("pos_high", 6)],
    "phantom": [("neg_high", 13), ("neg_low", 2), ("pos_high", 5)],
    "flight": [("pos_high", 20)],
    "crystallize": [("pos_high", 20)],
    "moon": [("pos_high", 12), ("pos_low", 4), ("pos_high", 4)],
    "medley": [("pos_high", 18)],
    "elements": [("pos_high", 23)],
}
NOBODY_SAD = {f"{q}_{take}": [(q, 4)] for q in ("pos_high", "pos_low", "neg_high") for take in range(4)}
#: What somebody has who got five videos of a corpus of forty.
FIVE_CLIPS = {
    "01": [("pos_high", 12)],
    "02": [("pos_high", 12)],
    "17": [("neg_high", 4)],
    "33": [("neg_low", 12)],
    "34": [("neg_low", 12)],
}
ONE_MOOD = {"01": [("pos_high", 12)], "02": [("pos_high", 12)], "03": [("pos_low", 9)]}


class KeptDataset(MemoryDataset):
    """In memory, and not forgotten once the last node has read it."""

    def __init__(self, data=...):
        super().__init__(**({} if data is ... else {"data": data}), copy_mode="assign")

    def _release(self):
        pass


@pytest.fixture(scope="module")
def parameters():
    """The default, with shorter trainings, as nodes get it."""
    configure_project("moodscore")
    loader = OmegaConfigLoader(str(CONF), base_env="base", default_run_env="base")
    given = loader["parameters"] | {"seed": SEED, "compute": {"backend": "serial"}}
    given["anfis"] |= {"max_epochs": 20}
    given["lstm_x4"] |= {"max_epochs": 3}
    given["evaluation"] |= {"max_seen_clips": 1}
    return ParameterValidator(register_pipelines()).validate_raw_params(given)


def segments_of(layout):
    """Rated segments of clips: the middle of a quadrant, a little off."""
    rng = np.random.default_rng(SEED)
    rows = [
        (clip, number, number, number + 1.0, 5, *np.add(MIDDLE[quadrant], rng.normal(0, 0.4, 2)), quadrant)
        for clip, runs in layout.items()
        for number, quadrant in enumerate(q for q, length in runs for _ in range(length))
    ]
    names = ["clip_id", "segment", "start_s", "end_s", "n_raters", "valence", "arousal", "quadrant"]
    table = pd.DataFrame(rows, columns=names).astype({"quadrant": "string", "start_s": float})
    return table.assign(split=table["clip_id"].map(split_clips(table, seed=SEED)))


def features_of(segments):
    """Pictures and sounds that tell the emotion, with noise."""
    rng = np.random.default_rng(SEED)
    positive, aroused = ((segments[name].to_numpy() - 1) / 8 for name in ("valence", "arousal"))

    def near(values, noise=0.05):
        return values + rng.normal(0, noise, len(segments))

    keys = segments[["clip_id", "segment"]]
    picture = {"hue": positive, "saturation": aroused, "intensity": positive, "motion": aroused}
    sound = {
        "tempo": near(60 + 100 * aroused, 3),
        "loudness": near(10 * aroused + 1, 0.2),
        "rhythm": near(-20 + 8 * aroused, 0.3),
        "is_silent": False,
        "mode": near(positive - 0.5),
        "brightness": near(6 + aroused),
        "onset_rate": near(4 * aroused, 0.2),
        "key": 0,
    }
    seen = {name: np.clip(near(values), 0, 1) for name, values in picture.items()}
    return keys.assign(**seen), keys.assign(**sound)


def soundtracks_of(segments, folder):
    """Pulses of noise, as loud as the clip is aroused."""
    rng = np.random.default_rng(SEED)
    files = {}
    for clip, rows in segments.groupby("clip_id"):
        loudness = np.repeat(0.02 * rows["arousal"].to_numpy(), RATE)
        pulses = np.exp(-8 * (np.arange(len(loudness)) / RATE * 2 % 1))
        sound = (loudness * pulses * rng.standard_normal(len(loudness))).astype(np.float32)
        write_audio(folder / f"{clip}.flac", Waveform(np.column_stack([sound, sound]), RATE))
        files[clip] = AudioFile.open(folder / f"{clip}.flac")
    return {clip: (lambda file=file: file) for clip, file in files.items()}


def catalog_of(layout, parameters, folder):
    segments = segments_of(layout)
    pictures, sounds = features_of(segments)
    manifest = segments.groupby("clip_id").agg(split=("split", "first"), duration_s=("end_s", "max"))
    manifest = manifest.reset_index().assign(status="used", file=lambda clips: clips["clip_id"] + ".mp4")
    inputs = {
        "segments": segments,
        "visual_descriptors": pictures,
        "audio_features": sounds,
        "soundtracks": soundtracks_of(segments, folder),
        "clip_manifest": manifest,
        "cluster_centres": {
            "options": {},
            "centres": {},
            "hue_cut": 0.0,
            "mean_shares": {},
            "maxima": {},
            "motion_range": [0.0, 1.0],
        },
        "clips": [],
        "library_index": pd.DataFrame(),
        "library_cache": folder,
    }
    inputs |= {f"params:{name}": value for name, value in parameters.items()}
    inputs |= {f"params:{quadrant}.quadrant": quadrant for quadrant in QUADRANTS}
    catalog = DataCatalog({name: KeptDataset(data) for name, data in inputs.items()})
    for name in STEPS.all_outputs() - {"generated_soundtracks"}:
        catalog[name] = KeptDataset()
    catalog["generated_soundtracks"] = FreshPartitionedDataset(
        path=str(folder / "tracks"), dataset="moodscore.datasets.AudioDataset", filename_suffix=".wav"
    )
    return catalog


def learnt_from(catalog):
    curves = {quadrant: catalog.load(f"{quadrant}.learning_curve") for quadrant in QUADRANTS}
    return {quadrant: curve["learnt_from"].unique().tolist() for quadrant, curve in curves.items()}


def borrowing(caplog):
    """Who is said to borrow from whom."""
    lines = [r.message for r in caplog.records if "borrows the network of" in r.message]
    return {line.split()[0]: line.split()[-1] for line in lines if line.startswith(QUADRANTS)}


def check_tracks(catalog, layout):
    """Every held-out clip has got music that can be heard, as long as the clip."""
    segments = catalog.load("segments")
    held_out = segments.loc[segments["split"] == "held_out", "clip_id"].unique()
    tracks = catalog.load("generated_soundtracks")
    assert sorted(tracks) == sorted(held_out)
    for clip, load in tracks.items():
        track = load()
        assert track.n_samples == RATE * sum(length for _, length in layout[clip])
        assert np.abs(track.read()).max() > 0.001


def test_imbalance_as_in_the_paper(parameters, tmp_path, caplog):
    catalog = catalog_of(LOPSIDED, parameters, tmp_path)
    assert catalog.load("segments")["quadrant"].value_counts()[list(QUADRANTS)].tolist() == [136, 7, 13, 5]
    with caplog.at_level("WARNING", logger="moodscore"):
        SequentialRunner().run(STEPS.to_outputs("emotion_scores", "generated_soundtracks"), catalog)
    borrowed = {"pos_low": "pos_high", "neg_low": "neg_high"}
    assert borrowing(caplog) == borrowed
    assert learnt_from(catalog) == {quadrant: [borrowed.get(quadrant, quadrant)] for quadrant in QUADRANTS}
    check_tracks(catalog, LOPSIDED)
    read = catalog.load("emotion_scores")["seen"]
    assert read["balanced_accuracy"] > 0.7, "the rare quadrants are drowned by the frequent one"


def test_a_quadrant_without_a_single_segment(parameters, tmp_path, caplog):
    catalog = catalog_of(NOBODY_SAD, parameters, tmp_path)
    with caplog.at_level("WARNING", logger="moodscore"):
        SequentialRunner().run(STEPS.to_outputs("metrics", "generated_soundtracks"), catalog)
    assert borrowing(caplog) == {"neg_low": "neg_high"}
    assert "neg_low has 0 training segments" in caplog.text
    assert learnt_from(catalog)["neg_low"] == ["neg_high"]
    check_tracks(catalog, NOBODY_SAD)
    metrics = json.loads(json.dumps(catalog.load("metrics"), allow_nan=False))
    assert metrics["labels"]["neg_low"] == 0
    assert metrics["emotion"]["held_out"]["accuracy"] > metrics["emotion"]["held_out"]["majority_accuracy"]


def test_a_few_clips_are_enough_if_two_quadrants_are(parameters, tmp_path, caplog):
    catalog = catalog_of(FIVE_CLIPS, parameters, tmp_path)
    with caplog.at_level("WARNING", logger="moodscore"):
        SequentialRunner().run(STEPS.to_outputs("generated_soundtracks"), catalog)
    assert borrowing(caplog) == {"pos_low": "pos_high", "neg_high": "neg_low"}
    check_tracks(catalog, FIVE_CLIPS)


def test_below_that_it_is_said_in_one_line(parameters, tmp_path):
    catalog = catalog_of(ONE_MOOD, parameters, tmp_path)
    with pytest.raises(MoodscoreError, match=r"1 of four quadrants .* lstm_x4\.min_segments") as refusal:
        SequentialRunner().run(STEPS.to_outputs("training_sequences"), catalog)
    assert "pos_high 12, pos_low 9, neg_high 0, neg_low 0" in str(refusal.value)
    assert "\n" not in str(refusal.value)
