import numpy as np
import pytest
import soundfile as sf

from moodscore.media.audio_file import AudioFile
from moodscore.music import EDGE_COLUMNS, describe_edges
from moodscore.music.edges import BAND_EDGES_HZ, FLOOR_DB, HEAD_COLUMNS, TAIL_COLUMNS
from moodscore.music.sources import read_mirrored

RATE = 44100


def sine(frequency, amplitude, seconds):
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)


def test_a_sine_has_its_level_in_its_band(array_source):
    edges = describe_edges(array_source(sine(1000, 0.5, 2), RATE), [[0, RATE], [RATE, 2 * RATE]])
    level = 10 * np.log10(0.5**2 / 2)
    band = np.searchsorted(BAND_EDGES_HZ, 1000)  # bands are numbered from 1
    assert list(edges.columns) == list(EDGE_COLUMNS)
    assert edges.loc[1, "head_level_db"] == pytest.approx(level, abs=0.05)
    assert edges.loc[1, f"head_band_{band}"] == pytest.approx(level, abs=0.05)
    others = [f"head_band_{b}" for b in range(1, 9) if b != band]
    assert (edges.loc[1, others] < level - 40).all()


def test_bands_add_up_to_the_level_of_noise(array_source):
    rng = np.random.default_rng(0)
    noise = rng.normal(size=3 * RATE)
    spectrum = np.fft.rfft(noise)
    spectrum[np.fft.rfftfreq(len(noise), 1 / RATE) > 15000] = 0
    edges = describe_edges(array_source(0.1 * np.fft.irfft(spectrum), RATE), [[RATE, 2 * RATE]]).iloc[0]
    total = 10 * np.log10(np.sum(10 ** (edges[list(HEAD_COLUMNS[:-1])].to_numpy() / 10)))
    assert total == pytest.approx(edges["head_level_db"], abs=0.05)


def test_the_frame_is_centred_on_the_edge(array_source):
    sound = sine(1000, 0.5, 2)
    sound[RATE:] = 0
    edges = describe_edges(array_source(sound, RATE), [[RATE - 100, RATE], [RATE, RATE + 1200]])
    before, after = edges["tail_level_db"]
    assert edges.loc[1, "head_level_db"] == before == pytest.approx(10 * np.log10(0.5**2 / 2 / 2), abs=0.1)
    assert after == FLOOR_DB


def test_neighbours_share_their_edge(array_source):
    source = array_source(np.random.default_rng(0).normal(size=(40000, 2)))
    edges = describe_edges(source, [[0, 8000], [8000, 16000], [16000, 24000]])
    np.testing.assert_array_equal(
        edges.loc[:1, list(TAIL_COLUMNS)].to_numpy(), edges.loc[1:, list(HEAD_COLUMNS)].to_numpy()
    )


def test_silence_is_at_the_floor_and_no_snippet_is_no_row(array_source):
    source = array_source(np.zeros(8000))
    assert (describe_edges(source, [[0, 8000]]) == FLOOR_DB).all(axis=None)
    assert describe_edges(source, []).shape == (0, len(EDGE_COLUMNS))


def test_low_sample_rates_leave_high_bands_at_the_floor(array_source):
    noise = np.random.default_rng(0).normal(size=8000)
    edges = describe_edges(array_source(noise), [[2000, 6000]])
    assert edges.loc[0, "head_band_8"] == FLOOR_DB
    assert edges.loc[0, "head_band_1"] > -40


def test_reads_a_file_by_slice(tmp_path):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, size=(RATE, 2))
    sf.write(tmp_path / "a.flac", samples, RATE, subtype="PCM_24")
    edges = describe_edges(AudioFile.open(tmp_path / "a.flac"), [[0, RATE // 2], [RATE // 2, RATE]])
    assert np.isfinite(edges).all(axis=None)
    level = 10 * np.log10(np.mean(samples.mean(axis=1) ** 2))
    np.testing.assert_allclose(edges["head_level_db"], level, atol=1)  # mirrored, not silent, before 0


@pytest.mark.parametrize("n_samples", [1, 5, 40])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (7, 0), (0, 9), (7, 9), (30, 60)])
def test_mirrored_reading_is_symmetric_padding(array_source, n_samples, before, after):
    source = array_source(np.arange(2 * n_samples).reshape(n_samples, 2))
    expected = np.pad(source.samples, ((before, after), (0, 0)), mode="symmetric")
    for start in range(-before, n_samples + 1):
        for stop in range(max(start, 0), n_samples + after + 1):
            np.testing.assert_array_equal(
                read_mirrored(source, start, stop), expected[before + start : before + stop]
            )
