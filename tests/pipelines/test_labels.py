"""The labels pipeline without any video, and known corpora on their way into the ingest pipeline."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner

from moodscore.compute import Compute
from moodscore.emotion import QUADRANTS, RATING_COLUMNS, CorpusOptions
from moodscore.media import write_clip
from moodscore.pipelines import ingest, labels
from moodscore.pipelines.labels.parameters import LabelOptions

CONF = Path(__file__).parents[2] / "conf"
RATE = 44_100
N_PEOPLE, N_VIDEOS = 32, 40
DEAP_HEADER = "Participant_id,Trial,Experiment_id,Start_time,Valence,Arousal,Dominance,Liking,Familiarity"


def settings_of(environment, folder):
    """Catalog entries and parameters of an environment, its data below another folder."""
    loader = OmegaConfigLoader(str(CONF), env=environment, base_env="base", default_run_env="base")
    entries = {name: dict(entry) for name, entry in loader["catalog"].items() if "{" not in name}
    for entry in entries.values():
        for key in {"filepath", "path"} & set(entry):
            entry[key] = str(folder / entry[key])
    return entries, loader["parameters"]


def run(pipeline, environment, folder):
    """Run it as configured; parameters as the models that nodes get."""
    entries, parameters = settings_of(environment, folder)
    catalog = DataCatalog.from_config({n: e for n, e in entries.items() if n in pipeline.datasets()})
    given = {
        "compute": Compute(backend="serial"),
        "segment_s": parameters["segment_s"],
        "seed": parameters["seed"],
        "ingest": CorpusOptions(**parameters["ingest"]),
        "labels": LabelOptions(**parameters["labels"]),
    }
    for name, value in given.items():
        catalog[f"params:{name}"] = MemoryDataset(value)
    SequentialRunner().run(pipeline, catalog)
    return catalog


@pytest.fixture
def deap(tmp_path):
    """A workspace with DEAP's ratings, made up: odd videos please, the first half excites."""
    rng = np.random.default_rng(0)
    rows = []
    for person in range(1, N_PEOPLE + 1):
        for trial, video in enumerate(rng.permutation(N_VIDEOS) + 1, start=1):
            valence = (7 if video % 2 else 3) + rng.uniform(-1.5, 1.5)
            arousal = (7 if video <= N_VIDEOS // 2 else 3) + rng.uniform(-1.5, 1.5)
            rows.append([person, trial, video, 0, valence, arousal, 5, valence, ""])
    folder = tmp_path / "data" / "01_raw" / "deap"
    folder.mkdir(parents=True)
    pd.DataFrame(rows, columns=DEAP_HEADER.split(",")).round(2).to_csv(
        folder / "participant_ratings.csv", index=False
    )
    return tmp_path


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING)
    return lambda: [record.message for record in caplog.records if record.name.startswith("moodscore")]


class TestLabels:
    def test_deap_needs_no_video(self, deap, warnings):
        catalog = run(labels.create_pipeline(), "deap", deap)
        mos = catalog.load("label_mos")
        assert mos["clip_id"].tolist() == [f"{number:02d}" for number in range(1, N_VIDEOS + 1)]
        assert mos["n_raters"].eq(N_PEOPLE).all()
        counts = catalog.load("label_counts").set_index("source")
        assert counts.loc["paper, Table 4", list(QUADRANTS)].tolist() == [250, 250, 350, 1050]
        assert counts.iloc[1][list(QUADRANTS)].tolist() == [450, 500, 450, 500]
        assert catalog.load("label_agreement")["icc_average"].gt(0.9).all()
        assert len(catalog.load("label_raters")) == 2 * N_PEOPLE
        assert catalog["labels_figure"].exists()
        assert warnings() == []

    def test_the_form(self, tmp_path, warnings):
        folder = tmp_path / "data" / "01_raw" / "lindsey"
        folder.mkdir(parents=True)
        spans = [
            "0 - 3:22",
            *(f"0:{n}0 - 0:{n}9" for n in range(1, 6)),
            "1:00 - 1:09",
            "1:10 - 1:19",
            "1:20 - 1:29",
        ]
        spans += ["0:06 - 1:13", "1:14 - 2:28", "2:29 - 4:06", "4:07 - 4:20", "4:21 - 5:09", "5:10 - 6:32"]
        spans += ["0:11 - 4:26", "0:10 - 4:15"]
        spans += [f"{n}:00 - {n}:30" for n in range(6)] + ["0:05 - 3:10", "0 - 3:50"]
        header = [f"Time: {span} [{score}]" for span in spans for score in ("Valence", "Arousal")]
        rows = [["Timestamp", "Name (optional)", *header, "Comment (optional)"]]
        answers = np.random.default_rng(1).integers(1, 5, (3, 50))
        answers[:2, 1::2] = 5 - answers[:2, 1::2]
        rows += [["4/26/2016 20:59:24", "", *row, "ok"] for row in answers.tolist()]
        text = "\n".join("\t".join(map(str, row)) for row in rows)
        (folder / "user_response_iconip16.tsv").write_text(text)
        counts = run(labels.create_pipeline(), "lindsey", tmp_path).load("label_counts")
        assert counts[["pos_high", "total"]].iloc[2].tolist() == [1605, 1605]
        assert not [line for line in warnings() if "the other way:" in line]

    def test_a_plain_table_of_ones_own(self, tmp_path, warnings):
        folder = tmp_path / "data" / "01_raw" / "own"
        folder.mkdir(parents=True)
        rows = [
            (clip, rater, score) for clip, score in zip("abcdef", range(2, 8), strict=True) for rater in "xyz"
        ]
        rows = [(c, "", "", r, 10 - s if r == "z" else s, 5 if r == "y" else s) for c, r, s in rows]
        pd.DataFrame(rows, columns=list(RATING_COLUMNS)).to_csv(folder / "ratings.csv", index=False)
        entries, _ = settings_of("own", tmp_path)
        assert entries["ratings"]["type"].endswith("RatingsDataset")
        catalog = run(labels.create_pipeline(), "own", tmp_path)
        assert len(catalog.load("label_counts")) == 1
        assert "rater y, arousal: gives 5 everywhere" in warnings()
        assert "rater z, valence: answers the other way round" in warnings()

    def test_the_demo(self, tmp_path, warnings):
        counts = run(labels.create_pipeline(), "base", tmp_path).load("label_counts")
        assert counts.loc[0, "total"] == 48
        assert warnings() == []


def test_a_few_of_deaps_videos_are_a_corpus(deap, warnings):
    """Four clips of forty: they are labelled, split and used, and the others are named."""
    folder = deap / "data" / "01_raw" / "deap" / "clips"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in (1, 2, 33, 34):
        frames = [rng.integers(0, 255, (36, 64, 3), dtype=np.uint8) for _ in range(40)]
        sound = (0.1 * rng.standard_normal((4 * RATE, 2))).astype(np.float32)
        write_clip(folder / f"{number:02d}.mp4", frames, 10, sound, RATE)
    catalog = run(ingest.create_pipeline(), "deap", deap)
    segments = catalog.load("segments")
    main = segments.drop_duplicates("clip_id").set_index("clip_id")["quadrant"].to_dict()
    assert main == {"01": "pos_high", "02": "neg_high", "33": "pos_low", "34": "neg_low"}
    assert segments.groupby("clip_id").size().eq(4).all() and segments["n_raters"].eq(N_PEOPLE).all()
    (line,) = warnings()
    missing = [f"{number:02d}" for number in range(1, N_VIDEOS + 1) if number not in (1, 2, 33, 34)]
    assert line.startswith(f"no clip for the ratings of: {', '.join(missing)}; the run goes on without them")
