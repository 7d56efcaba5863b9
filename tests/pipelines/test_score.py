"""One new video through stored models, node by node; the networks are stood in for."""

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from moodscore import music
from moodscore.compute import Compute
from moodscore.emotion import QUADRANTS, ReaderOptions
from moodscore.errors import MoodscoreError
from moodscore.fuzzy import ANFISRegressor
from moodscore.media import AudioFile, probe_clip, write_clip
from moodscore.music import MusicOptions, UnitSelection
from moodscore.pipelines.retrieval.nodes import index_snippets
from moodscore.pipelines.score import create_pipeline
from moodscore.pipelines.score.parameters import ScoreOptions
from moodscore.sound import AudioScaler
from moodscore.vision import MeasureOptions

SECONDS, FPS, RATE = 6, 10, 44_100
INPUTS = ["hue", "saturation", "intensity", "motion"]


def network(level):
    """The arrays of a network that asks for the same music of every picture."""
    layer = {"kernel": np.zeros((len(INPUTS), 4)), "recurrent": np.zeros((1, 4)), "bias": np.zeros(4)}
    dense = {"dense_kernel": np.zeros((1, 3)), "dense_bias": np.full(3, level)}
    return {f"lstm_1_{name}": array for name, array in layer.items()} | dense


@pytest.fixture
def film(tmp_path):
    """Dark and still, then bright and lively."""
    rng = np.random.default_rng(0)
    dark = [np.full((48, 64, 3), 30, np.uint8)] * (3 * FPS)
    bright = [rng.integers(150, 255, (48, 64, 3), dtype=np.uint8) for _ in range(3 * FPS)]
    sound = 0.1 * rng.standard_normal((SECONDS * RATE, 2)).astype(np.float32)
    write_clip(tmp_path / "new film.mp4", dark + bright, FPS, sound, RATE)
    return tmp_path / "new film.mp4"


@pytest.fixture(scope="module")
def models(corpus, visual_model):
    rows = corpus["visual_descriptors"].merge(corpus["segments"], on=["clip_id", "segment"])
    scaler = AudioScaler.fit(corpus["audio_features"])
    manifest = pd.DataFrame({"clip_id": rows["clip_id"].unique()}).assign(status="used", split="train")
    manifest["file"] = manifest["clip_id"] + ".mp4"
    tables = [corpus[name] for name in ("soundtracks", "segments")]
    index = index_snippets(
        *tables, manifest, corpus["audio_features"], scaler.to_dict(), 1.0, Compute(backend="serial")
    )
    return {
        "cluster_centres": visual_model.model_dump(),
        "descriptor_quantiles": {},
        "anfis_model": ANFISRegressor(n_mfs=[1, 1, 1, 2], max_epochs=2).fit(
            rows[INPUTS], rows[["valence", "arousal"]]
        ),
        "audio_scaler": scaler.to_dict(),
        "snippet_index": index,
        "soundtracks": corpus["soundtracks"],
        "library_index": pd.DataFrame(),
        **{f"{name}.lstm_arrays": network(0.2 * k + 0.2) for k, name in enumerate(QUADRANTS)},
    }


@pytest.fixture
def score(models, film, tmp_path):
    def score(selection=None, **options):
        given = models | {
            "score_cache": tmp_path / "cache",
            "library_cache": tmp_path / "songs",
            "params:score": ScoreOptions(**{"video": str(film)} | options),
            "params:segment_s": 1.0,
            "params:seed": 3,
            "params:anfis": ReaderOptions(min_dwell_s=2),
            "params:retrieval": selection or MusicOptions(collage=UnitSelection(no_repeat_s=2)),
            "params:visual_features.measure": MeasureOptions(),
            "params:compute": Compute(backend="serial", scratch=str(tmp_path / "scratch")),
        }
        pipeline = create_pipeline()
        datasets = {name: MemoryDataset(value, copy_mode="assign") for name, value in given.items()}
        made = {name: MemoryDataset(copy_mode="assign") for name in pipeline.all_outputs()}
        SequentialRunner().run(pipeline, DataCatalog(datasets | made), only_missing_outputs=False)
        return made

    return score


def test_from_a_video_to_its_score(score, film):
    made = score()
    ends = {name: made[name].load() for name in create_pipeline().outputs()}
    ((name, video),) = ends["scored_video"].items()
    assert name == "new film.mp4"
    assert probe_clip(video).duration_s == probe_clip(film).duration_s == SECONDS
    assert ends["score_container"] == {"reason": None, "left_out": []}
    assert ends["score_loudness"]["lufs"] == pytest.approx(-16, abs=0.2)
    assert len(ends["score_figure"].axes) == 5
    assert list(ends["score_findings"])[-3:] == ["check", "at_s", "finding"]


@pytest.fixture
def tables(score, monkeypatch):
    """The tables of a run that the runner would forget."""

    def tables(selection=None, **options):
        monkeypatch.setattr(MemoryDataset, "release", lambda self: None)
        made = score(selection, **options)
        names = ("score_emotion", "score_audio_features", "score_cue_sheet", "score_soundtrack")
        return [made[name].load() for name in names]

    return tables


def test_the_reading_routes_and_the_network_asks(tables):
    emotion, asked, cues, track = tables(MusicOptions(system="collage"))
    assert not emotion["is_given"].any()
    assert emotion["arousal"].iloc[1] < emotion["arousal"].iloc[4]
    level = {name: 0.2 * k + 0.2 for k, name in enumerate(QUADRANTS)}
    np.testing.assert_allclose(asked["tempo"], emotion["routed_quadrant"].map(level))
    assert cues["valence"].tolist() == emotion["valence"].tolist()
    runs = tables()[2]
    middles = emotion["start_s"] + 0.5
    for run in runs.itertuples():
        heard = emotion[(middles >= run.start_s) & (middles < run.end_s)]
        assert run.valence == pytest.approx(heard["valence"].mean())
    (audio,) = track.values()
    assert isinstance(audio, AudioFile)
    assert audio.n_samples == cues["stop_sample"].iloc[-1] == SECONDS * RATE


def test_a_given_emotion_is_followed(tables):
    emotion, asked, cues, _ = tables(MusicOptions(system="collage"), emotion="0-2:neg_low, 4-:9/9")
    assert emotion["routed_quadrant"].tolist()[:2] == ["neg_low"] * 2
    assert asked["tempo"].tolist()[:2] == pytest.approx([0.8] * 2)
    assert cues["quadrant"].tolist()[4:] == ["pos_high"] * 2
    assert emotion["is_given"].tolist() == [True, True, False, False, True, True]


def test_what_a_person_sets_is_a_scene(tables, monkeypatch):
    """To the tenth of a second, though segments last one."""
    briefs, choose = [], music.choose_music
    monkeypatch.setattr(
        music, "choose_music", lambda own, *a, **k: briefs.extend(own) or choose(own, *a, **k)
    )
    tables(emotion="0-2.3:neg_low, 3.9-:9/9")
    scenes = [(scene.start_s, scene.is_given, scene.quadrant) for scene in briefs[0].scenes]
    assert scenes[0] == (0.0, True, "neg_low") and scenes[-1] == (3.9, True, "pos_high")
    assert scenes[1][:2] == (2.3, False)


def test_other_takes_are_other_music(tables):
    first, again, other = (tables(take=take)[2] for take in (0, 0, 4))
    pd.testing.assert_frame_equal(first, again)
    assert not first["source_clip"].equals(other["source_clip"])


def test_the_paper_cuts_hard(tables):
    cues = tables(selection=MusicOptions(system="paper"))[2]
    assert set(cues["join"]) <= {"start", "hard", "neighbour"}
    assert not cues["gain_db"].any()


def test_without_a_video_it_says_so(score):
    with pytest.raises(MoodscoreError, match=r"score\.video: names no video"):
        score(video="")


def test_an_index_of_an_older_version_is_refused(score, models, monkeypatch):
    monkeypatch.setitem(models, "snippet_index", models["snippet_index"].drop(columns="beat_s"))
    with pytest.raises(MoodscoreError, match="lacks beat_s, an older version made it"):
        score()
