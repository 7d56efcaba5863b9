"""The pipelines from features to scored soundtracks, on small tables in memory."""

import json

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from moodscore.compute import Compute
from moodscore.datasets import FreshPartitionedDataset
from moodscore.emotion import QUADRANTS, ReaderOptions
from moodscore.media import Clip, write_clip
from moodscore.music import MusicOptions
from moodscore.pipelines import anfis, audio_features, baseline, evaluation, lstm_x4, retrieval
from moodscore.pipelines.evaluation.parameters import EvaluationOptions
from moodscore.pipelines.lstm_x4.nodes import train_network
from moodscore.sequence import LSTMNetwork, NetworkOptions
from moodscore.sound import SoundOptions
from moodscore.study import AnswerFolder

pytestmark = pytest.mark.slow


class KeptDataset(MemoryDataset):
    """In memory, and not forgotten once the last node has read it."""

    def __init__(self, data=...):
        super().__init__(**({} if data is ... else {"data": data}), copy_mode="assign")

    def _release(self):
        pass


INPUTS = ["hue", "saturation", "intensity", "motion"]
HELD_OUT = ["clip_00", "clip_04", "clip_08", "clip_12"]
TRACKS = {"generated_soundtracks": ".wav", "compared_soundtracks": ".flac"}
STEPS = [
    audio_features.create_pipeline().only_nodes("fit_audio_scaler"),
    anfis.create_pipeline(),
    lstm_x4.create_pipeline(),
    baseline.create_pipeline(),
    retrieval.create_pipeline(),
    evaluation.create_pipeline(),
]


def catalog_of(corpus, folder):
    """Everything in memory but the rendered tracks, which a partitioned dataset hands out one by one."""
    manifest = corpus["segments"].drop_duplicates("clip_id")[["clip_id", "split"]]
    video = folder / "any.mp4"
    write_clip(video, np.full((25, 36, 64, 3), 99, np.uint8), 5, np.zeros((44_100, 1), np.float32), 44_100)
    inputs = corpus | {
        "clips": [Clip(clip_id, video) for clip_id in HELD_OUT],
        "clip_manifest": manifest.assign(
            status="used", start_s=0.0, duration_s=5.0, file=manifest["clip_id"] + ".mp4"
        ),
        "study_answers": AnswerFolder(folder / "nobody", ()),
        "metrics_history": {},
        "library_index": pd.DataFrame(),
        "library_cache": folder,
        "params:compute": Compute(backend="serial"),
        "params:segment_s": 1.0,
        "params:workspace": "test",
        "params:audio_features": SoundOptions(),
        "params:seed": 0,
        "params:anfis": ReaderOptions(max_epochs=10),
        "params:lstm_x4": NetworkOptions(window=4, max_epochs=5),
        "params:retrieval": MusicOptions(),
        "params:evaluation": EvaluationOptions(max_seen_clips=2),
    }
    groups = {name.removeprefix("params:"): value for name, value in inputs.items() if "params:" in name}
    inputs["parameters"] = {
        name: value.model_dump() if hasattr(value, "model_dump") else value for name, value in groups.items()
    }
    inputs |= {f"params:{quadrant}.quadrant": quadrant for quadrant in QUADRANTS}
    catalog = DataCatalog({name: KeptDataset(data) for name, data in inputs.items()})
    for name in sum(STEPS).all_outputs() - TRACKS.keys():
        catalog[name] = KeptDataset()
    for name, suffix in TRACKS.items():
        catalog[name] = FreshPartitionedDataset(
            path=str(folder / name), dataset="moodscore.datasets.AudioDataset", filename_suffix=suffix
        )
    return catalog


@pytest.fixture(scope="module")
def catalog(corpus, tmp_path_factory):
    catalog = catalog_of(corpus, tmp_path_factory.mktemp("tracks"))
    SequentialRunner().run(sum(STEPS), catalog)
    return catalog


def test_every_segment_is_read_and_routed(catalog, corpus):
    read = catalog["emotion_predictions"].load()
    labels = corpus["segments"]
    assert len(read) == len(labels)
    assert read[["valence", "arousal"]].to_numpy().min() >= 1
    both = labels.merge(read, on=["clip_id", "segment"], suffixes=("_label", ""))
    held_out = both[both["split"] == "held_out"]
    assert (held_out["quadrant"] == held_out["quadrant_label"]).mean() >= 0.75
    assert set(read["routed_quadrant"]) == set(QUADRANTS)


def test_every_quadrant_has_its_own_network(catalog):
    curves = {q: catalog[f"{q}.learning_curve"].load() for q in QUADRANTS}
    for quadrant, curve in curves.items():
        assert curve["learnt_from"].eq(quadrant).all()
        assert len(curve) <= 5
    predicted = catalog["predicted_audio_features"].load()
    assert predicted[["tempo", "loudness", "rhythm"]].to_numpy().min() >= 0
    assert predicted[["tempo", "loudness", "rhythm"]].to_numpy().max() <= 1


def test_only_training_clips_are_in_the_dictionary(catalog):
    assert not set(catalog["snippet_index"].load()["clip_id"]) & set(HELD_OUT)
    assert not set(catalog["cue_sheet"].load()["source_clip"]) & set(HELD_OUT)


def test_every_clip_has_a_cue_sheet_and_the_held_out_ones_a_track(catalog, corpus):
    cues = catalog["cue_sheet"].load()
    assert set(cues["clip_id"]) == set(corpus["soundtracks"])
    for _, own in cues.groupby("clip_id"):
        edges = [0, *own["stop_sample"]]
        assert own["start_sample"].tolist() == edges[:-1] and edges[-1] == 5 * 44_100
    tracks = catalog["generated_soundtracks"].load()
    assert sorted(tracks) == HELD_OUT
    for load in tracks.values():
        track = load()
        assert (track.n_samples, track.channels) == (5 * 44_100, 2)
        assert 0.001 < np.abs(track.read()).max() <= 10 ** (-1 / 20)


def test_the_tracks_pass_the_quality_gate_and_are_drawn(catalog):
    gate = catalog["quality_gate"].load()
    assert sorted(gate["clip_id"].unique()) == HELD_OUT and gate["kept"].any()
    pd.testing.assert_frame_equal(catalog["cue_sheet_csv"].load(), catalog["cue_sheet"].load())
    pictures = catalog["track_pictures"].load()
    assert sorted(pictures) == HELD_OUT
    assert pictures["clip_00"]().axes


def test_metrics_have_their_structure_and_are_json(catalog):
    metrics = json.loads(json.dumps(catalog["metrics"].load(), allow_nan=False))
    assert list(metrics) == ["corpus", "labels", "emotion", "judge", "systems", "original", "improvement"]
    reading = {
        "accuracy",
        "majority_accuracy",
        "balanced_accuracy",
        "macro_f1",
        "valence_ccc",
        "arousal_ccc",
        "n",
    }
    for side in ("seen", "held_out"):
        assert reading <= set(metrics["emotion"][side])
        assert {"accuracy", "valence_ccc", "arousal_ccc", "n"} <= set(metrics["judge"][side])
    systems = ["silence", "random", "mean", "previous", "paper", "collage", "moodscore", "composed", "oracle"]
    assert list(metrics["systems"]) == systems
    assert set(metrics["improvement"]) == set(systems) - {"previous"}
    assert set(metrics["improvement"]["moodscore"]["held_out"]) == {"percent", "wilcoxon_p", "ci95"}
    assert metrics["original"]["held_out"]["join_auc_flux"] > 0
    every = {"mae_waveform", "mae_tlr", "log_mel_distance", "emotion_match", "fd_mfcc", "join_auc_flux"}
    every |= {"join_auc_click", "join_auc_loudness", "unique_ratio", "longest_run_s", "valence_ccc"}
    every |= {"joins_per_min", "changes_per_min", "median_run_s", "beat_kept", "bar_kept", "changes_at_cuts"}
    every |= {"cuts_on_beats", "cuts_on_beats_chance", "jump_distance", "target_cost"}
    for sides in metrics["systems"].values():
        assert sides["seen"]["n_clips"] == 2
        assert sides["held_out"]["n_clips"] == 4
        for scores in sides.values():
            assert every <= set(scores)
            assert {"join_auc_flux", "join_auc_click", "join_auc_loudness"} <= set(scores)
    assert metrics["labels"]["held_out"]["pos_high"] == 5


def test_figures_are_drawn(catalog):
    for name in (
        "learning_curve_figure",
        "membership_figure",
        "emotion_timelines",
        "emotion_plane",
        "systems_figure",
    ):
        assert catalog[name].load().axes
    pairs = catalog["spectrogram_pairs"].load()
    assert sorted(pairs) == HELD_OUT
    assert pairs["clip_00"]().axes


def test_the_report_shows_every_scored_clip_and_every_system(catalog):
    page = catalog["report"].load()
    assert all(f">{clip_id}</h3>" in page for clip_id in HELD_OUT)
    # original, previous, paper, collage, moodscore, composed
    assert page.count("<audio") == 6 * len(HELD_OUT)
    assert "anfis.max_epochs" in page and "Nobody has been asked yet" in page
    tracks = catalog["compared_soundtracks"].load()
    rivals = ("collage", "composed", "paper", "previous")
    assert sorted(tracks) == sorted(f"{s}/{c}" for s in rivals for c in HELD_OUT)


def test_the_delivered_cue_sheet_is_the_one_that_is_measured(catalog):
    delivered = catalog["cue_sheet"].load()
    sheets = catalog["system_cue_sheets"].load()
    # The sheets of other systems have columns more, and all what was measured of them.
    measured = sheets.loc[sheets["system"] == "moodscore", list(delivered)]
    delivered = delivered[delivered["clip_id"].isin(measured["clip_id"])]
    pd.testing.assert_frame_equal(
        measured.reset_index(drop=True), delivered.reset_index(drop=True), check_dtype=False
    )


def test_nothing_fitted_knows_the_held_out_clips(catalog, corpus, tmp_path):
    """Whatever the held-out clips look and sound like, every model and the dictionary stay the same."""
    planted = dict(corpus)
    for name in ("visual_descriptors", "audio_features"):
        table = corpus[name].copy()
        numbers = table.select_dtypes(float).columns
        table.loc[table["clip_id"].isin(HELD_OUT), numbers] = 0.123
        planted[name] = table
    planted["soundtracks"] = corpus["soundtracks"] | dict.fromkeys(HELD_OUT, corpus["soundtracks"]["clip_01"])
    other = catalog_of(planted, tmp_path)
    fitted = ["audio_scaler", "anfis_model", "emotion_judge", "snippet_index", "pos_high.lstm_model"]
    fitted += ["previous_anfis_model", "previous_positive_network"]
    SequentialRunner().run(sum(STEPS).to_outputs(*fitted), other)
    assert other["audio_scaler"].load() == catalog["audio_scaler"].load()
    assert other["emotion_judge"].load() == catalog["emotion_judge"].load()
    pd.testing.assert_frame_equal(other["snippet_index"].load(), catalog["snippet_index"].load())
    for network in ("pos_high.lstm_model", "previous_positive_network"):
        weights = [c[network].load().get_weights() for c in (catalog, other)]
        for old, new in zip(*weights, strict=True):
            np.testing.assert_array_equal(old, new)
    np.testing.assert_array_equal(
        catalog["anfis_model"].load().consequents_, other["anfis_model"].load().consequents_
    )


def test_a_quadrant_without_enough_segments_borrows(catalog, caplog):
    sequences = catalog["training_sequences"].load()
    few = sequences[(sequences["quadrant"] != "neg_low") | (sequences["segment"] == 0)]
    arguments = (few, catalog["cluster_centres"].load())
    options = NetworkOptions(window=4, max_epochs=2)
    with caplog.at_level("WARNING", logger="moodscore"):
        borrowed, _, curve = train_network(*arguments, "neg_low", options, 0)
    lent, arrays, _ = train_network(*arguments, "neg_high", options, 0)
    assert curve["learnt_from"].eq("neg_high").all()
    assert "neg_low has 3 training segments" in caplog.text
    for theirs, ours in zip(lent.get_weights(), borrowed.get_weights(), strict=True):
        np.testing.assert_array_equal(theirs, ours)
    pictures = few[INPUTS].to_numpy(np.float32)[None]
    np.testing.assert_allclose(
        LSTMNetwork.from_arrays(arrays).predict_on_batch(pictures), lent.predict_on_batch(pictures), atol=1e-5
    )
