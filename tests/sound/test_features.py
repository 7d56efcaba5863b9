import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.signal
import soxr
from threadpoolctl import threadpool_limits

from moodscore.errors import MoodscoreError
from moodscore.media import AudioFile, Waveform, write_audio
from moodscore.sound import listening, musical_cues, sound_features, tempo_loudness_rhythm
from moodscore.sound.loudness import loudness, power_spectral_density
from moodscore.sound.tempo import splice_tempi

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
TLR = ["segment", "tempo", "loudness", "rhythm", "is_silent"]
CUES = ["segment", "mode", "brightness", "onset_rate", "key"]


def all_numbers(table):
    return table.to_numpy(dtype=np.float64)


def all_tables(y, sr=44100, **options):
    return pd.concat(
        [
            sound_features(y, sr, **options),
            tempo_loudness_rhythm(y, sr, variant="paper", **options).add_prefix("paper_"),
        ],
        axis=1,
    )


@pytest.fixture(scope="module")
def music(cadence, drums):
    return cadence(0, "major", n_chords=8) + 0.1 * drums(120, 8)


def test_columns_and_types(music):
    table = sound_features(music, 44100)
    assert list(table) == [*TLR, *CUES[1:]]
    assert list(tempo_loudness_rhythm(music, 44100)) == TLR
    assert list(musical_cues(music, 44100)) == CUES
    assert table["segment"].tolist() == list(range(8))
    assert table["is_silent"].dtype == bool
    assert table["key"].dtype.kind == "i"
    assert table["key"].between(0, 23).all()


def test_both_tables_are_what_each_is_by_itself(music):
    table = sound_features(music, 44100)
    pd.testing.assert_frame_equal(table[TLR], tempo_loudness_rhythm(music, 44100))
    pd.testing.assert_frame_equal(table[CUES], musical_cues(music, 44100))


def test_loudness_and_rhythm_against_a_loop(music):
    table = tempo_loudness_rhythm(music, 44100)
    for segment in range(8):
        louds, rhythms = [], []
        for splice in range(10):
            first = segment * 44100 + splice * 4410
            sound = music[first : first + 4410]
            louds.append(loudness(power_spectral_density(sound[None]))[0])
            _, density = scipy.signal.periodogram(sound, 44100, nfft=8192)
            rhythms.append(np.log(max(np.var(density, ddof=1), 1e-20)))
        assert table["loudness"][segment] == pytest.approx(np.mean(louds), rel=1e-10)
        assert table["rhythm"][segment] == pytest.approx(np.mean(rhythms), rel=1e-10)


def test_paper_tempo_against_a_loop(music):
    table = tempo_loudness_rhythm(music, 44100, variant="paper")
    low = soxr.resample(music, 44100, 8000, "HQ")
    for segment in range(8):
        splices = low[segment * 8000 : (segment + 1) * 8000].reshape(10, 800)
        bpm = np.concatenate([splice_tempi(splice[None]) for splice in splices])
        assert table["tempo"][segment] == pytest.approx(np.nanmean(bpm))


def test_as_in_the_paper_against_the_obvious_way(music, cadence):
    obvious = runpy.run_path(str(BENCHMARKS / "obvious_sound.py"))["splice_by_splice"]
    stereo = np.column_stack([music, np.roll(cadence(3, "minor", 8), 999)]).astype(np.float32)
    splices = obvious(stereo)
    assert np.isfinite(splices[:, 1:]).all()
    expected = np.nanmean(splices.reshape(8, 10, 3), axis=1)
    table = tempo_loudness_rhythm(stereo, 44100, variant="paper")
    np.testing.assert_allclose(table[["tempo", "loudness", "rhythm"]], expected, rtol=1e-3)


def test_the_variant_changes_the_tempo_alone(drums):
    default, paper = (tempo_loudness_rhythm(drums(120, 10), 44100, variant=v) for v in ("default", "paper"))
    pd.testing.assert_frame_equal(default.drop(columns="tempo"), paper.drop(columns="tempo"))
    np.testing.assert_allclose(default["tempo"], 120, rtol=0.02)
    assert (paper["tempo"] >= 600).all()


def test_cues_of_a_cadence(cadence):
    major, minor = (musical_cues(cadence(2, scale), 44100) for scale in ("major", "minor"))
    assert (major["key"] == 2).all()
    assert (minor["key"] == 14).all()
    assert (major["mode"] > 0.1).all()
    assert (minor["mode"] < -0.1).all()


def test_channels_are_averaged(music):
    stereo = np.column_stack([music, np.roll(music, 1000)])
    pd.testing.assert_frame_equal(all_tables(stereo), all_tables(stereo.mean(axis=1)), check_exact=True)


@pytest.mark.parametrize("sr", [48000, 96000])
def test_another_sample_rate_changes_little(music, sr):
    other = all_tables(soxr.resample(music, 44100, sr, "VHQ"), sr)
    table = all_tables(music)
    np.testing.assert_allclose(other["loudness"], table["loudness"], rtol=0.01)
    np.testing.assert_allclose(other["rhythm"], table["rhythm"], atol=0.01)
    np.testing.assert_allclose(other["tempo"], table["tempo"], rtol=0.01)
    np.testing.assert_allclose(other["mode"], table["mode"], atol=0.02)
    np.testing.assert_allclose(other["brightness"], table["brightness"], atol=0.1)
    np.testing.assert_allclose(other["onset_rate"], table["onset_rate"], atol=0.26)
    np.testing.assert_array_equal(other["key"], table["key"])


def test_single_precision_changes_little(music):
    single, double = all_tables(music.astype(np.float32)), all_tables(music)
    np.testing.assert_allclose(all_numbers(single), all_numbers(double), rtol=1e-4, atol=1e-4)


def test_blocks_change_nothing(music, monkeypatch):
    whole = all_tables(music, segment_s=0.7)
    monkeypatch.setattr(listening, "BLOCK_S", 0.31)
    pd.testing.assert_frame_equal(all_tables(music, segment_s=0.7), whole, rtol=1e-5)


def test_the_number_of_threads_changes_nothing(music):
    with threadpool_limits(1):
        one = all_tables(music)
    with threadpool_limits(4):
        four = all_tables(music)
    pd.testing.assert_frame_equal(one, four, check_exact=True)


def test_the_input_is_left_alone(music):
    before = music.copy()
    all_tables(music)
    np.testing.assert_array_equal(music, before)
    music.setflags(write=False)
    all_tables(music)


@pytest.mark.parametrize("segment_s", [0.1, 0.25, 0.5, 3.0, 8.0])
def test_other_segment_lengths(music, segment_s):
    table = all_tables(music, segment_s=segment_s)
    assert len(table) == round(8 / segment_s)
    assert np.isfinite(all_numbers(table)).all()


def test_a_segment_is_the_mean_of_its_halves(music):
    halves, wholes = (tempo_loudness_rhythm(music, 44100, s) for s in (0.5, 1.0))
    for name in ("loudness", "rhythm"):
        np.testing.assert_allclose(
            halves[name].to_numpy().reshape(-1, 2).mean(axis=1), wholes[name], rtol=1e-12
        )


def test_the_last_partial_segment(music):
    assert len(sound_features(music[: int(7.4 * 44100)], 44100)) == 7
    assert len(sound_features(music[: int(7.6 * 44100)], 44100)) == 8


def test_as_many_segments_as_asked_for(music):
    fewer, usual, more = (tempo_loudness_rhythm(music, 44100, n_segments=n) for n in (5, None, 11))
    assert [len(fewer), len(usual), len(more)] == [5, 8, 11]
    pd.testing.assert_frame_equal(more[:8], usual)
    assert more["is_silent"].tolist() == [False] * 8 + [True] * 3
    assert (more["tempo"][8:] == usual["tempo"].median()).all()


def test_a_silent_passage_takes_the_tempo_and_key_of_the_rest(cadence, drums):
    sound = cadence(7, "minor", 12) + 0.1 * drums(100, 12)
    table = sound_features(np.concatenate([np.zeros(44100 * 6), sound]), 44100)
    silent, heard = table[:6], table[6:]
    assert silent["is_silent"].all()
    assert not heard["is_silent"].any()
    assert silent["tempo"].tolist() == [heard["tempo"].median()] * 6
    assert (silent["loudness"] == 0).all()
    np.testing.assert_allclose(silent["rhythm"], np.log(1e-20))
    assert (silent["key"] == 19).all()
    assert (silent["mode"] == 0).all()
    assert (silent["onset_rate"] == 0).all()
    assert silent["brightness"].tolist() == [heard["brightness"].median()] * 6


def test_a_silent_soundtrack():
    table = all_tables(np.zeros((44100 * 3, 2)))
    assert table["is_silent"].all()
    assert (table["tempo"] == 120).all()
    assert (table["paper_tempo"] == 120).all()
    assert (table["loudness"] == 0).all()
    np.testing.assert_allclose(table["rhythm"], np.log(1e-20))


@pytest.mark.parametrize(("dbfs", "silent"), [(-78, False), (-82, True)])
def test_silence_is_below_minus_80_dbfs(dbfs, silent, sine):
    table = tempo_loudness_rhythm(sine(440, 2, 10 ** (dbfs / 20)), 44100)
    assert (table["is_silent"] == silent).all()


def one_click():
    y = np.zeros(44100 * 5)
    y[100_000] = 1.0
    return y


DEGENERATE = {
    "silence": np.zeros(44100 * 2),
    "one click": one_click(),
    "square": np.sign(np.sin(np.arange(44100 * 2) * 0.05)),
    "constant": np.ones(44100 * 2),
    "denormal": np.full(44100 * 2, 1e-310),
    "sine": np.sin(np.arange(44100 * 2) * 0.1),
    "alternating": np.tile([1.0, -1.0], 44100),
    "far beyond full scale": 1e6 * np.random.default_rng(0).standard_normal(44100 * 2),
    "single precision noise floor": np.full(44100 * 2, 1e-42, dtype=np.float32),
}


@pytest.mark.parametrize("name", DEGENERATE)
@pytest.mark.parametrize("sr", [8000, 44100, 48000])
def test_never_nan_never_infinite(name, sr):
    table = all_tables(DEGENERATE[name], sr)
    assert len(table) >= 2
    assert np.isfinite(all_numbers(table)).all()


@pytest.mark.parametrize("variant", ["default", "paper"])
@pytest.mark.parametrize("name", DEGENERATE)
def test_never_nan_never_infinite_in_single_precision(name, variant):
    with np.errstate(under="ignore"):
        y = DEGENERATE[name].astype(np.float32)
    table = sound_features(y, 44100, variant=variant)
    assert np.isfinite(all_numbers(table)).all()
    silent = name in ("silence", "constant", "denormal", "single precision noise floor")
    assert table["is_silent"].all() == silent


@pytest.mark.parametrize("variant", ["default", "paper"])
def test_a_file_of_three_tenths_of_a_second(tmp_path, sine, variant):
    write_audio(tmp_path / "short.flac", Waveform(sine(440, 0.3)[:, None], 44100))
    file = AudioFile.open(tmp_path / "short.flac")
    assert len(sound_features(file, variant=variant)) == 0
    table = sound_features(file, n_segments=1, variant=variant)
    assert np.isfinite(all_numbers(table)).all()
    assert not table["is_silent"].any()


@pytest.mark.parametrize("variant", ["default", "paper"])
def test_a_file_is_measured_like_its_samples(tmp_path, music, variant):
    write_audio(tmp_path / "music.flac", Waveform(np.column_stack([music, 0.5 * music]), 44100))
    file = AudioFile.open(tmp_path / "music.flac")
    table = sound_features(file, variant=variant)
    pd.testing.assert_frame_equal(
        table, sound_features(file.read(), 44100, variant=variant), check_exact=True
    )
    pd.testing.assert_frame_equal(table[TLR], tempo_loudness_rhythm(file, variant=variant), check_exact=True)
    pd.testing.assert_frame_equal(table[CUES], musical_cues(file), check_exact=True)


def test_a_gain_of_a_tenth_shifts_the_rhythm_by_ln_1e_minus_4(sine):
    noise = 0.1 * np.random.default_rng(4).standard_normal(44100 * 3)  # above the floor throughout
    loud, quiet = (
        tempo_loudness_rhythm(gain * (noise + sine(440, 3)), 44100)["rhythm"] for gain in (1.0, 0.1)
    )
    np.testing.assert_allclose(quiet - loud, np.log(1e-4), rtol=0, atol=1e-9)


def test_a_constant_is_silent():
    assert tempo_loudness_rhythm(np.ones(44100 * 2), 44100)["is_silent"].all()


@pytest.mark.parametrize("n_samples", [0, 1, 100, 13230])
def test_less_than_half_a_segment(n_samples, sine):
    y = sine(440, 1)[:n_samples]
    for table in (sound_features(y, 44100), tempo_loudness_rhythm(y, 44100, variant="paper")):
        assert len(table) == 0
        assert list(table)[:5] == TLR
    forced = all_tables(y, n_segments=2)
    assert len(forced) == 2
    assert np.isfinite(all_numbers(forced)).all()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"segment_s": 0.05}, "segment_s"),
        ({"segment_s": np.nan}, "segment_s"),
        ({"n_segments": -1}, "n_segments"),
        ({"variant": "fast"}, "variant"),
    ],
)
def test_options_out_of_range_are_refused(options, word):
    with pytest.raises(MoodscoreError, match=word):
        tempo_loudness_rhythm(np.zeros(44100), 44100, **options)


def test_a_nan_in_the_sound_is_refused(music):
    spoilt = music.copy()
    spoilt[100_000] = np.nan
    with pytest.raises(MoodscoreError, match="NaN"):
        sound_features(spoilt, 44100)


def test_importing_the_room_imports_nothing_heavy():
    code = (
        "import sys, moodscore.sound; "
        "print(sorted({'librosa', 'scipy', 'pandas', 'soxr', 'numba'} & set(sys.modules))); "
        "from moodscore.sound import sound_features; "
        "print(sorted({'librosa.onset', 'librosa.beat', 'tensorflow', 'matplotlib', 'sklearn', 'cv2'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]
