"""The models that ship: whole, usable, and what `ship` writes is what `Shipped` loads."""

import json

import numpy as np
import pandas as pd
import pytest

from moodscore.emotion import QUADRANTS, Judge, read_emotion
from moodscore.errors import MoodscoreError
from moodscore.fuzzy import ANFISRegressor
from moodscore.music import SNIPPET_COLUMNS
from moodscore.pretrained import NETWORKS, Shipped, ship, shipped_readers
from moodscore.pretrained.making import TOLERANCE, largest_difference
from moodscore.sequence import LSTMNetwork, predict_audio_features
from moodscore.sound import FEATURES, AudioScaler, QuantileMap
from moodscore.vision import VisualModel, cues_of, describe, map_descriptors

INPUTS = ["hue", "saturation", "intensity", "motion"]
rng = np.random.default_rng(0)


@pytest.fixture(scope="module", params=shipped_readers())
def shipped(request):
    return Shipped(request.param)


def test_there_is_a_reader():
    assert "demo" in shipped_readers()


def test_the_record_says_which_run_and_how_good(shipped):
    for part in shipped.record.values():
        assert part["moodscore"] and part["workspace"]
    assert shipped.record["reader"]["figures"]["emotion"]
    assert shipped.record["shared"]["figures"]["judge"]["held_out"]["accuracy"] > 0.5


def test_pictures_are_read_and_the_networks_answer(shipped):
    """From histograms to what the music should be, by nothing but what ships."""
    model = VisualModel.model_validate(shipped.load("cluster_centres"))
    histograms = rng.dirichlet(np.ones(256), (12, 3)).astype(np.float32)
    looks = ("vividness", "colourfulness", "dark", "log_motion", "log_cut_rate", "motion", "cut_rate")
    cues = cues_of({name: rng.uniform(0.01, 0.1, 12) for name in looks} | {"histograms": histograms})
    seen = describe(histograms, rng.uniform(0, 0.1, 12), model, cues)
    reader = shipped.load("anfis_model")
    read = read_emotion(reader, seen, reader.input_names_)
    seen = map_descriptors(seen, shipped.load("descriptor_quantiles"), model.inputs)
    assert read[["valence", "arousal"]].apply(lambda scores: scores.between(1, 9)).all(axis=None)
    table = pd.concat([seen, read], axis=1).assign(clip_id="film", segment=range(12))
    networks = {q: LSTMNetwork.from_arrays(shipped.load(f"{q}.lstm_arrays")) for q in QUADRANTS}
    asked = predict_audio_features(networks, table, inputs=model.inputs)
    assert asked[list(FEATURES)].apply(lambda share: share.between(0, 1)).all(axis=None)


def test_songs_are_scaled_and_judged(shipped):
    scaler = AudioScaler.from_dict(shipped.load("audio_scaler"))
    heard = pd.DataFrame({"tempo": [60.0, 160.0], "loudness": [1.0, 20.0], "rhythm": [-40.0, -10.0]})
    assert (scaler.transform(heard).diff().iloc[1] >= 0).all()
    cues = heard.assign(mode=[-0.1, 0.1], brightness=[6.0, 8.0], onset_rate=[1.0, 6.0])
    felt = Judge.from_dict(shipped.load("emotion_judge")).predict(cues)
    assert felt["arousal"].is_monotonic_increasing


def test_the_stand_in_for_the_index_has_the_quantiles_and_no_music(shipped):
    index = shipped.load("snippet_index")
    assert tuple(index) == SNIPPET_COLUMNS
    assert not index["is_silent"].any() and index["clip_id"].isna().all()
    library = pd.DataFrame(rng.uniform(size=(50, 3)), columns=list(FEATURES))
    mapped = QuantileMap.fit(index, library).transform(index)
    np.testing.assert_allclose(mapped.max(), library.max())


def test_nothing_is_pickled(shipped):
    files = [path for path in shipped._folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".npz"}
    assert sum(path.stat().st_size for path in files) < 8e6


@pytest.fixture
def made(tmp_path):
    """Models as a run leaves them, and where they are shipped to."""
    seen = pd.DataFrame(rng.uniform(size=(40, 4)), columns=INPUTS)
    felt = pd.DataFrame({"valence": 1 + 8 * seen["intensity"], "arousal": 1 + 8 * seen["motion"]})
    kernel, recurrent = rng.normal(0, 0.3, (2, 4, 16))
    layer = {"kernel": kernel, "recurrent": recurrent, "bias": np.ones(16)}
    arrays = {f"lstm_1_{name}": array for name, array in layer.items()}
    arrays |= {"dense_kernel": rng.normal(0, 0.3, (4, 3)), "dense_bias": np.zeros(3)}
    snippets = pd.DataFrame(rng.uniform(size=(300, 3)), columns=list(FEATURES)).assign(is_silent=False)
    models = {
        "anfis_model": ANFISRegressor(n_mfs=[1, 1, 1, 2], max_epochs=2).fit(seen, felt),
        "cluster_centres": {"hue_cut": 0.25},
        "audio_scaler": AudioScaler((40.0, 0.0, -40.0), (200.0, 20.0, 0.0)).to_dict(),
        "emotion_judge": {"intercept": {"valence": 5.0}},
        "snippet_index": snippets,
        **dict.fromkeys(NETWORKS, arrays),
    }
    return models, tmp_path / "models", seen


def test_what_is_shipped_is_what_is_loaded(made):
    models, folder, seen = made
    files = ship(models, {"versions": {"a": "1"}}, reader="demo", folder=folder)
    assert sorted(files) == sorted(path for path in folder.rglob("*") if path.is_file())
    assert shipped_readers(folder) == ("demo",)
    again = Shipped("demo", folder)
    record = {"format": 1, "versions": {"a": "1"}}
    assert again.version == {"set": "demo", "shared": record, "reader": record}
    for name in ("cluster_centres", "audio_scaler", "emotion_judge"):
        assert again.load(name) == models[name]
    np.testing.assert_array_equal(
        again.load("anfis_model").predict(seen), models["anfis_model"].predict(seen)
    )
    network = again.load(NETWORKS[0])
    assert {array.dtype for array in network.values()} == {np.dtype(np.float16)}
    assert largest_difference(models[NETWORKS[0]], network) <= TOLERANCE
    quantiles = np.quantile(models["snippet_index"][list(FEATURES)], np.linspace(0, 1, 101), axis=0)
    np.testing.assert_array_equal(again.load("snippet_index")[list(FEATURES)].astype(float), quantiles)


def test_a_network_that_half_precision_would_change_ships_in_single(made):
    models, folder, _ = made
    large = {name: array * 1e6 for name, array in models[NETWORKS[0]].items()}
    ship(models | {NETWORKS[0]: large}, {}, folder=folder)
    assert {array.dtype for array in Shipped("demo", folder).load(NETWORKS[0]).values()} == {
        np.dtype(np.float32)
    }


def test_another_reader_leaves_the_rest_as_it_is(made):
    models, folder, _ = made
    ship(models, {"run": 1}, reader="demo", folder=folder)
    quantiles = {"source": {"hue": [0.0, 1.0]}, "target": {"hue": [0.0, 0.5]}}
    changed = models | {"audio_scaler": {}, "cluster_centres": {"hue_cut": 0.5}}
    ship(
        changed | {"descriptor_quantiles": quantiles},
        {"run": 2},
        reader="films",
        with_networks=False,
        folder=folder,
    )
    assert shipped_readers(folder) == ("films", "demo")
    films, demo = Shipped("films", folder), Shipped("demo", folder)
    assert films.load("descriptor_quantiles") == quantiles
    assert demo.load("descriptor_quantiles") == {}
    assert films.load("audio_scaler") == demo.load("audio_scaler") == models["audio_scaler"]
    assert films.load("cluster_centres") != demo.load("cluster_centres")
    assert (films.record["reader"]["run"], films.record["shared"]["run"]) == (2, 1)


def test_what_is_missing_is_named(made):
    models, folder, _ = made
    with pytest.raises(MoodscoreError, match="emotion_judge: the run has none to ship"):
        ship({name: model for name, model in models.items() if name != "emotion_judge"}, {}, folder=folder)
    ship(models, {}, folder=folder)
    with pytest.raises(MoodscoreError, match="films: does not come with this version; there is demo"):
        Shipped("films", folder)
    (folder / "pos_low.npz").write_bytes(b"PK\x03\x04 damaged")
    with pytest.raises(MoodscoreError, match=r"pos_low\.npz: cannot be read"):
        Shipped("demo", folder).load("pos_low.lstm_arrays")
    (folder / "record.json").write_text(json.dumps({"format": 0}))
    with pytest.raises(MoodscoreError, match="another version of moodscore"):
        Shipped("demo", folder)
