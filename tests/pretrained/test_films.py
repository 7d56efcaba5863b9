"""The reader of films that ships, against the corpus it is made of."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import spearmanr

from moodscore import vision
from moodscore.datasets import MeasuresDataset
from moodscore.emotion import (
    ReaderOptions,
    interval_labels,
    quadrant_of,
    read_emotion,
    read_ratings,
    settle_emotion,
    train_reader,
)
from moodscore.fuzzy import ANFISRegressor
from moodscore.pretrained import FOLDER, Shipped
from moodscore.sequence import LSTMNetwork, predict_routed_features

PROJECT = Path(__file__).parents[2]
SHIPPED = FOLDER / "readers" / "films"
CORPUS = PROJECT / "data" / "01_raw" / "films"
SCORES = ["valence", "arousal"]
QUADRANTS = ("pos_high", "pos_low", "neg_high", "neg_low")


@pytest.fixture(scope="module")
def options():
    return ReaderOptions(**yaml.safe_load((PROJECT / "conf/films/parameters.yml").read_text())["anfis"])


@pytest.fixture(scope="module")
def model():
    return vision.VisualModel.model_validate_json((SHIPPED / "centres.json").read_text())


@pytest.fixture(scope="module")
def films(model):
    """Every second, described by the centres that ship, with its clip's rating."""
    measures = MeasuresDataset(filepath=str(CORPUS / "measures.npz")).load()
    described = vision.describe(measures["histograms"], measures["motion"], model, vision.cues_of(measures))
    keys = pd.DataFrame({name: measures[name] for name in ("clip_id", "segment", "cut_s")})
    rated = interval_labels(read_ratings(CORPUS / "ratings.csv"))[["clip_id", *SCORES]]
    table = pd.concat([keys, described], axis=1).merge(rated, on="clip_id")
    return table.assign(quadrant=quadrant_of(table["valence"], table["arousal"]))


def test_it_is_the_one_a_run_makes(films, options):
    shipped = ANFISRegressor.load(SHIPPED / "reader.json")
    again, _ = train_reader(films, options.inputs, seed=0, **options.training)
    inputs = films[options.inputs]
    np.testing.assert_allclose(again.predict(inputs), shipped.predict(inputs), atol=1e-4)


def test_it_reads_as_many_films_positive_as_were_rated_so(films):
    shipped = ANFISRegressor.load(SHIPPED / "reader.json")
    read = films[["clip_id"]].join(pd.DataFrame(shipped.predict(films[shipped.input_names_]), columns=SCORES))
    shares = (read.groupby("clip_id").mean() > 5).mean()
    rated = (films.groupby("clip_id")[SCORES].first() > 5).mean()
    np.testing.assert_allclose(shares, rated, atol=0.03)


def test_its_training_moved_the_bells():
    shipped = ANFISRegressor.load(SHIPPED / "reader.json")
    assert (np.abs(shipped.premises_ - shipped.initial_premises_).max(axis=(1, 2)) > 0.02).all()


def test_its_record_says_what_it_reached():
    record = json.loads((SHIPPED / "record.json").read_text())
    reached = record["figures"]["emotion"]["left_out"]["ANFIS"]
    assert reached["n_clips"] == 99 and reached["n_sources"] == 25
    for name in ("valence_r", "arousal_r", "valence_side", "arousal_side"):
        assert reached[f"{name}_low"] < reached[name] < reached[f"{name}_high"]


def test_what_the_networks_ask_for_rises_with_the_arousal_of_films(films, model, options):
    """Tempo, loudness and rhythm: of networks that know drawings, by descriptors mapped to drawings."""
    shipped = Shipped("films")
    networks = {q: LSTMNetwork.from_arrays(shipped.load(f"{q}.lstm_arrays")) for q in QUADRANTS}
    reader = shipped.load("anfis_model")
    read = read_emotion(reader, films, reader.input_names_).assign(cut_s=films["cut_s"])
    emotion = pd.concat(
        [settle_emotion(own, segment_s=1.0, **options.settling) for _, own in read.groupby(films["clip_id"])]
    ).sort_index()
    emotion = pd.concat([films[["clip_id", "segment"]], emotion], axis=1)
    known = vision.map_descriptors(films, shipped.load("descriptor_quantiles"), model.inputs)
    asked = predict_routed_features(networks, known, emotion, inputs=model.inputs)
    clips = asked.merge(films[["clip_id", "segment", "arousal"]]).groupby("clip_id").mean()
    for name in ("tempo", "loudness", "rhythm"):
        rho, p = spearmanr(clips[name], clips["arousal"])
        assert rho > 0.2 and p < 0.05, (name, rho)
