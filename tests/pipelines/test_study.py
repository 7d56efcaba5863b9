"""The study pipeline with its own catalog entries, on a small corpus."""

import itertools
import json
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner
from pydantic import ValidationError

from moodscore.compute import Compute
from moodscore.datasets import StudyAnswersDataset
from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, Clip, Waveform, decode_soundtrack, probe_clip, write_audio, write_clip
from moodscore.music import MusicOptions, build_snippets, index_track
from moodscore.pipelines.study import create_pipeline
from moodscore.pipelines.study.parameters import StudyOptions
from moodscore.sound import AudioScaler
from moodscore.study import StudyKey, assignment, read_key, summarise_answers
from moodscore.study.answers import ANSWER_COLUMNS

CONF = Path(__file__).parents[2] / "conf" / "base"
RATE = 44_100
SHOWN = ["clip_00", "clip_04", "clip_08"]
CONSENT = "Taking part is voluntary."


@pytest.fixture(scope="module")
def inputs(corpus, tmp_path_factory):
    """What the pipeline starts from: three scored clips of five seconds."""
    folder = tmp_path_factory.mktemp("clips")
    frames = [np.full((36, 64, 3), 9 * k, dtype=np.uint8) for k in range(25)]
    clips, scored = [], {}
    for clip_id in SHOWN:
        original = corpus["soundtracks"][clip_id]().read()
        write_clip(folder / f"{clip_id}.mp4", frames, 5, original, RATE)
        write_audio(folder / f"{clip_id}.wav", Waveform(original[::-1].copy(), RATE))
        clips.append(Clip(clip_id, folder / f"{clip_id}.mp4"))
        scored[clip_id] = lambda path=folder / f"{clip_id}.wav": AudioFile.open(path)
    scaler = AudioScaler.fit(corpus["audio_features"])
    features = corpus["audio_features"]
    scaled = scaler.transform_keyed(features)
    labels = corpus["segments"][["clip_id", "segment", "valence", "arousal", "quadrant"]]
    return {
        "generated_soundtracks": scored,
        "clips": [*clips, Clip("unscored", folder / "unscored.mp4")],
        "snippet_index": snippets_of(corpus, features, scaled),
        "library_index": pd.DataFrame(),
        "library_cache": folder,
        "predicted_audio_features": scaled,
        "previous_audio_features": scaled,
        "emotion_predictions": labels.assign(confidence=1.0),
        "visual_descriptors": corpus["visual_descriptors"],
        "segments": corpus["segments"],
        "soundtracks": corpus["soundtracks"],
        "audio_features": features,
        "audio_scaler": scaler.to_dict(),
        "params:segment_s": 1.0,
        "params:retrieval": MusicOptions(),
        "params:compute": Compute(backend="serial"),
        "params:seed": 5,
        "params:study": StudyOptions(consent=CONSENT),
    }


def snippets_of(corpus, features, scaled):
    known = features.drop(columns="rhythm").rename(
        columns={"tempo": "tempo_bpm", "loudness": "loudness_sone"}
    )
    known = known.merge(scaled, on=["clip_id", "segment"]).merge(
        corpus["segments"].query("split == 'train'")[["clip_id", "segment", "valence", "arousal"]]
    )
    return build_snippets(
        index_track(
            corpus["soundtracks"][clip_id](), rows, segment_s=1.0, kind="soundtrack", file=f"{clip_id}.mp4"
        )
        for clip_id, rows in known.groupby("clip_id")
    )


@pytest.fixture
def run(inputs, tmp_path):
    runs = itertools.count()

    def run(**changed):
        text = (CONF / "catalog_study.yml").read_text().replace("${globals:workspace}", "demo")
        entries = yaml.safe_load(text.replace(" data/", f" {tmp_path}/data/"))
        del entries["_reporting"]
        catalog = DataCatalog.from_config(entries, save_version=f"2026-01-01T00.00.0{next(runs)}.000Z")
        for name, data in (inputs | changed).items():
            catalog[name] = MemoryDataset(data, copy_mode="assign")
        SequentialRunner().run(create_pipeline(), catalog)
        return tmp_path / "data" / "08_reporting" / "demo"

    return run


def key_of(reporting):
    return read_key(max(reporting.glob("study_key.json/*/study_key.json")))


def test_the_folder_holds_the_page_and_every_version_under_a_name_that_says_nothing(run, inputs):
    reporting = run()
    key = key_of(reporting)
    assert [video.video for video in key.videos] == SHOWN and key.systems == ("moodscore", "paper")
    visible = sorted(p.name for p in (reporting / "study").iterdir() if not p.name.startswith("."))
    assert visible == sorted([*key.files, "index.html"])
    secrets = [*SHOWN, *key.systems]
    named = (reporting / "study" / key.files[0]).read_bytes().count(b"moodscore")
    for path in (reporting / "study").iterdir():
        content = path.read_bytes()
        if path.suffix == ".mp4":  # every version alike says what made it, none what plays in it
            assert content.count(b"moodscore") == named
            content = content.replace(b"moodscore", b"")
        assert not [secret for secret in secrets if secret in path.name or secret.encode() in content]
    page = (reporting / "study" / "index.html").read_text(encoding="utf-8")
    assert all(file in page for file in key.files) and CONSENT in page


def test_each_version_has_the_picture_and_the_music_of_its_system(run, inputs, tmp_path):
    reporting = run(**{"params:study": StudyOptions(systems=("moodscore", "silence"), consent=CONSENT)})
    for video in key_of(reporting).videos:
        for version in video.versions:
            path = reporting / "study" / version.file
            assert probe_clip(path).duration_s == pytest.approx(5.0)
            decoded = partial(decode_soundtrack, path, tmp_path / "heard.flac", start_s=0.0, duration_s=5.0)
            if version.system == "silence":
                with pytest.raises(MoodscoreError, match="is silent"):
                    decoded()
            else:
                heard, scored = decoded().read(), inputs["generated_soundtracks"][video.video]().read()
                assert np.corrcoef(heard[:, 0], scored[:, 0])[0, 1] > 0.9


def test_the_same_run_makes_the_same_study(run):
    first, second = (key_of(run()) for _ in range(2))
    assert first == second


def test_a_part_of_the_videos_is_drawn_by_the_seed(run):
    few = {"params:study": StudyOptions(n_videos=2, consent=CONSENT)}
    shown = {
        seed: tuple(video.video for video in key_of(run(**few, **{"params:seed": seed})).videos)
        for seed in range(4)
    }
    assert all(len(videos) == 2 and set(videos) < set(SHOWN) for videos in shown.values())
    assert len(set(shown.values())) > 1


def test_without_a_scored_video_it_says_so(run):
    with pytest.raises(MoodscoreError, match="no video can be shown; none was scored"):
        run(generated_soundtracks={})


def test_answers_come_back_by_video_and_system(run, inputs, tmp_path):
    reporting = run()
    key = key_of(reporting)
    folder = tmp_path / "answers"
    folder.mkdir()
    for rater in ("anna", "ben"):
        (folder / f"{rater}.csv").write_text(answers_of(key, rater), encoding="utf-8")
    dataset = StudyAnswersDataset(filepath=str(folder), keys=str(reporting / "study_key.json"))
    mos, correlations, counts = summarise_answers(dataset.load(), inputs["segments"])
    assert mos[["system", "n"]].value_counts().to_dict() == {("moodscore", 2): 3, ("paper", 2): 3}
    # everybody gives the own system 7 and the other 3, and prefers it
    assert mos.groupby("system")["valence_mean"].unique().map(list).to_dict() == {
        "moodscore": [7.0],
        "paper": [3.0],
    }
    target = inputs["segments"].groupby("clip_id")["arousal"].mean()
    assert np.allclose(mos["arousal_target"], target[mos["video"]])
    assert correlations["n"].tolist() == [3] * 4
    assert counts[["moodscore", "paper", "either"]].to_numpy().tolist() == [[2, 0, 0]] * 3 + [[6, 0, 0]]


def answers_of(key: StudyKey, rater: str) -> str:
    """What the page writes for a rater who likes the first system."""
    systems = {version.file: version.system for video in key.videos for version in video.versions}
    rows = []
    for p in assignment(key, rater):
        common = {"study_id": key.study_id, "seed": key.seed, "rater": rater, "item": p.item}
        for file in p.files:
            score = 7 if systems[file] == key.systems[0] else 3
            rows.append(common | {"answer": "rating", "file": file, "valence": score, "arousal": score})
        preferred = "AB"[[systems[file] for file in p.files].index(key.systems[0])]
        pair = dict(zip(("file_a", "file_b"), p.files, strict=True))
        rows.append(common | {"answer": "preference", "preferred": preferred} | pair)
    return pd.DataFrame(rows, columns=list(ANSWER_COLUMNS)).to_csv(index=False, lineterminator="\r\n")


def test_every_version_of_the_key_is_offered_the_newest_first(tmp_path):
    for version in ("2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"):
        path = tmp_path / "study_key.json" / version / "study_key.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({}))
    dataset = StudyAnswersDataset(filepath=str(tmp_path / "none"), keys=str(tmp_path / "study_key.json"))
    assert not dataset.exists()
    assert [path.parent.name[:10] for path in dataset.load().keys] == ["2026-01-02", "2026-01-01"]
    assert dataset.load().key() is None


@pytest.mark.parametrize(
    ("systems", "message"),
    [
        (["moodscore", "mine"], "no system is called 'mine'"),
        (["paper", "paper"], "a system is not compared with itself"),
        (["paper", "oracle", "silence"], "at most 2 items"),
        ([], "at least 1 item"),
    ],
)
def test_wrong_systems_are_refused(systems, message):
    with pytest.raises(ValidationError, match=message):
        StudyOptions(systems=systems, consent=CONSENT)


def test_the_stored_parameters_are_valid():
    options = StudyOptions(**yaml.safe_load((CONF / "parameters_study.yml").read_text())["study"])
    assert options.systems == ("moodscore", "paper")


def test_the_previous_system_can_be_asked_about(run):
    folder = run(**{"params:study": StudyOptions(consent=CONSENT, systems=["moodscore", "previous"])})
    assert len(list((folder / "study").glob("*.mp4"))) > 0
    assert "previous" in (next(folder.glob("study_key.json/*/*"))).read_text()
