import os

import av
import numpy as np
import pytest
import soundfile as sf

from moodscore.errors import MoodscoreError
from moodscore.media import SAMPLE_RATE, decode_song, list_songs

ALIGNED = 2
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def write_song(path, samples, rate=SAMPLE_RATE, *, codec, container=None, cover=None):
    """Encode samples [shape=(n, channels)]; ``cover`` is a picture that goes along."""
    layout = LAYOUTS[samples.shape[1]]
    with av.open(str(path), "w", format=container) as out:
        track = out.add_stream(codec, rate=rate, layout=layout)
        if cover is not None:
            picture = out.add_stream("mjpeg", rate=1)
            picture.height, picture.width, picture.pix_fmt = *cover.shape[:2], "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T, dtype=np.float32), "fltp", layout=layout
        )
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(track.format.name, layout, rate)
        packets = [packet for part in resampler.resample(frame) for packet in track.encode(part)]
        packets += track.encode(None)
        if cover is not None:
            packets[:0] = picture.encode(av.VideoFrame.from_ndarray(cover)) + picture.encode(None)
        out.mux(packets)
    return path


@pytest.fixture
def decode(tmp_path):
    def run(path):
        return decode_song(path, tmp_path / "decoded" / "song.flac")

    yield run
    left = list((tmp_path / "decoded").glob("*")) + list((tmp_path / "decoded").glob(".*"))
    assert [path.name for path in left] in ([], ["song.flac"]), "nothing half-written stays"


@pytest.mark.parametrize(
    ("name", "codec", "rate", "container"),
    [
        ("a.wav", "pcm_s16le", 44100, None),
        ("b.wav", "pcm_f32le", 96000, None),
        ("c.flac", "flac", 48000, None),
        ("d.mp3", "libmp3lame", 44100, None),
        ("e.mp3", "libmp3lame", 22050, None),
        ("f.opus", "libopus", 48000, None),
        ("g.m4a", "aac", 44100, "ipod"),
        ("h.m4a", "alac", 44100, "ipod"),
        ("i.aiff", "pcm_s16be", 44100, None),
        ("j.AIF", "pcm_s16be", 8000, "aiff"),
        ("k.mka", "libopus", 48000, "matroska"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_from_the_first_to_the_last_sample(
    decode, tmp_path, chirp, lag_of, name, codec, rate, container, channels
):
    path = write_song(tmp_path / name, chirp(2.3, rate, channels), rate, codec=codec, container=container)
    song, wanted = decode(path), chirp(2.3)[:, 0]
    assert (song.sample_rate, song.channels) == (SAMPLE_RATE, channels)
    assert abs(song.n_samples - len(wanted)) <= MILLISECOND
    heard = song.read()[:, -1]
    assert abs(lag_of(heard, wanted)) <= ALIGNED
    inside = slice(3000, -3000)
    assert np.corrcoef(heard[: len(wanted)][inside], wanted[: len(heard)][inside])[0, 1] > 0.99


#: The clock of an m4a file may tick once a millisecond.
MILLISECOND = 45


def test_lossless_stays_lossless(decode, tmp_path):
    samples = np.random.default_rng(0).integers(-(2**15), 2**15, (50_001, 2), dtype=np.int16)
    sf.write(tmp_path / "x.wav", samples, SAMPLE_RATE)
    np.testing.assert_array_equal(decode(tmp_path / "x.wav").read(), samples.astype("f4") / 2**15)


def test_surround_is_mixed_to_stereo(decode, tmp_path, chirp):
    samples = np.zeros((SAMPLE_RATE, 6), dtype=np.float32)
    samples[:, 2] = chirp(1.0)[:, 0]  # the centre is in the middle of the stereo picture
    song = decode(write_song(tmp_path / "x.flac", samples, codec="flac"))
    assert song.channels == 2
    heard = song.read()
    assert np.abs(heard).max() > 0.1
    np.testing.assert_allclose(heard[:, 0], heard[:, 1], atol=1e-4)


def test_a_longer_song_is_never_held_whole(decode, tmp_path):
    sf.write(tmp_path / "x.wav", np.zeros((60 * SAMPLE_RATE, 2), dtype=np.int16) + 99, SAMPLE_RATE)
    import tracemalloc

    tracemalloc.start()
    try:
        assert decode(tmp_path / "x.wav").n_samples == 60 * SAMPLE_RATE
        assert tracemalloc.get_traced_memory()[1] < 60 * SAMPLE_RATE * 2 * 4 / 5
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("name", "codec", "container"), [("x.mp3", "libmp3lame", None), ("x.m4a", "aac", "mp4")]
)
def test_a_cover_is_no_problem(decode, tmp_path, chirp, name, codec, container):
    cover = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    path = write_song(tmp_path / name, chirp(1.5), codec=codec, container=container, cover=cover)
    with av.open(str(path)) as file:
        assert file.streams.video, "the test needs a file with a picture"
    assert decode(path).n_samples == pytest.approx(1.5 * SAMPLE_RATE, abs=MILLISECOND)


@pytest.mark.parametrize("seed", range(3))
def test_a_protected_song_says_so(decode, tmp_path, chirp, seed):
    """Encryption leaves the container as it is; a few packets of noise may decode."""
    path = write_song(tmp_path / "x.m4a", chirp(3.0), codec="aac", container="ipod")
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    content, rng = path.read_bytes(), np.random.default_rng(seed)
    for packet in packets:
        content = content.replace(packet, rng.bytes(len(packet)))
    path.write_bytes(content)
    with pytest.raises(MoodscoreError, match=r"x\.m4a: [^\n]*protected \(DRM\)$"):
        decode(path)


def test_an_unknown_format_says_so(decode, tmp_path, chirp):
    path = write_song(tmp_path / "x.mka", chirp(1.0), codec="flac", container="matroska")
    path.write_bytes(path.read_bytes().replace(b"A_FLAC", b"A_WXYZ"))
    with pytest.raises(MoodscoreError, match=r"x\.mka: its format is not known; it may be protected"):
        decode(path)


@pytest.mark.parametrize("content", [b"", b"this is no music\n" * 99, b"ID3\x03\0\0\0\0\0\0"])
def test_what_is_no_sound_is_refused(decode, tmp_path, content):
    (tmp_path / "x.mp3").write_bytes(content)
    with pytest.raises(MoodscoreError, match=r"^[^\n]*x\.mp3: [^\n]*decoded[^\n]*$"):
        decode(tmp_path / "x.mp3")


def test_a_picture_alone_is_refused(decode, make_clip):
    with pytest.raises(MoodscoreError, match=r"mute\.mp4: holds no sound"):
        decode(make_clip("mute.mp4"))


def test_a_missing_file_is_refused(decode, tmp_path):
    with pytest.raises(MoodscoreError, match="no such file"):
        decode(tmp_path / "gone.mp3")


@pytest.mark.parametrize("level", [0.0, 5e-5])
def test_silence_is_refused(decode, tmp_path, level):
    sf.write(tmp_path / "x.wav", np.full((SAMPLE_RATE, 1), level), SAMPLE_RATE, subtype="PCM_24")
    with pytest.raises(MoodscoreError, match=r"x\.wav: is silent"):
        decode(tmp_path / "x.wav")


def test_numbers_that_are_none_are_refused(decode, tmp_path):
    samples = np.full((SAMPLE_RATE, 1), 0.1, dtype=np.float32)
    samples[777] = np.nan
    sf.write(tmp_path / "x.wav", samples, SAMPLE_RATE, subtype="FLOAT")
    with pytest.raises(MoodscoreError, match=r"x\.wav: .*not finite"):
        decode(tmp_path / "x.wav")


def test_half_a_song_is_half_a_song(decode, tmp_path, chirp):
    path = write_song(tmp_path / "x.mp3", chirp(4.0), codec="libmp3lame")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 1.5 * SAMPLE_RATE < decode(path).n_samples < 2.5 * SAMPLE_RATE


def test_a_wrong_estimate_of_the_length_cuts_nothing(decode, tmp_path, chirp):
    """Without its first packet, which counts the others, an mp3 file's length is a guess."""
    quiet = np.concatenate([chirp(1.0), 0.001 * chirp(1.0), chirp(1.0)])
    with av.open(str(tmp_path / "x.mp3"), "w", options={"write_xing": "0", "id3v2_version": "0"}) as out:
        track = out.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="mono", options={"q": "4"})
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(quiet.T), "fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        out.mux(track.encode(frame))
        out.mux(track.encode(None))
    assert decode(tmp_path / "x.mp3").n_samples >= 3 * SAMPLE_RATE


class TestListing:
    def touch(self, folder, *names):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()

    def test_songs_of_all_folders_by_name(self, tmp_path):
        self.touch(tmp_path, "b.mp3", "a/z.FLAC", "a/b/c.opus", "cover.jpg", "LICENSES.csv", "notes.txt")
        assert [song.file for song in list_songs(tmp_path)] == ["a/b/c.opus", "a/z.FLAC", "b.mp3"]
        assert all(song.path == tmp_path / song.file for song in list_songs(tmp_path))

    def test_hidden_files_are_no_songs(self, tmp_path):
        self.touch(tmp_path, "a.mp3", "._a.mp3", ".trash/b.mp3")
        (tmp_path / "folder.mp3").mkdir()
        assert [song.file for song in list_songs(tmp_path)] == ["a.mp3"]

    def test_links_are_followed_once(self, tmp_path):
        self.touch(tmp_path, "elsewhere/album/a.mp3", "library/b.mp3")
        library = tmp_path / "library"
        (library / "albums").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        (tmp_path / "elsewhere" / "round").symlink_to(library, target_is_directory=True)
        (library / "gone.mp3").symlink_to(tmp_path / "nowhere.mp3")
        assert [song.file for song in list_songs(library)] == ["albums/album/a.mp3", "b.mp3"]

    def test_accents_are_composed(self, tmp_path):
        self.touch(tmp_path, "Cafe\u0301.mp3")
        assert [song.file for song in list_songs(tmp_path)] == ["Caf\u00e9.mp3"]

    def test_names_that_are_the_same_to_a_reader_are_refused(self, tmp_path):
        self.touch(tmp_path, "Cafe\u0301.mp3", "Caf\u00e9.mp3")
        if len(list(tmp_path.iterdir())) == 1:
            pytest.skip("this file system composes accents itself")
        with pytest.raises(MoodscoreError, match="would both be Caf\u00e9"):
            list_songs(tmp_path)

    @pytest.mark.skipif(os.name != "posix", reason="names are text there")
    def test_a_name_that_is_no_text(self, tmp_path):
        path = os.fsencode(tmp_path) + b"/caf\xe9.mp3"
        try:
            os.close(os.open(path, os.O_CREAT))
        except OSError:
            pytest.skip("this file system takes no such name")
        [song] = list_songs(tmp_path)
        assert song.file == "caf\ufffd.mp3"
        assert song.path.is_file()

    def test_without_a_folder_it_says_what_to_do(self, tmp_path):
        with pytest.raises(
            MoodscoreError, match=r"library: there is no such folder; create it and put songs"
        ):
            list_songs(tmp_path / "library")

    def test_without_songs_it_says_what_to_do(self, tmp_path):
        self.touch(tmp_path, "cover.jpg")
        with pytest.raises(MoodscoreError, match=r"holds no song; put music there \(wav, flac, mp3"):
            list_songs(tmp_path)


def tone(hertz, seconds, rate=44100, channels=1):
    wave = 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


#: Links of a chain: codec, pitch, length, rate and channels of each.
CHAINS = {
    "radio.ogg": [("vorbis", 400, 1.0, 44100, 2), ("vorbis", 900, 0.5, 44100, 2)],
    "radio.opus": [
        ("libopus", 400, 1.0, 48000, 2),
        ("libopus", 900, 1.0, 48000, 2),
        ("libopus", 600, 1.0, 48000, 2),
    ],
    "other rates.ogg": [("vorbis", 400, 1.0, 44100, 2), ("vorbis", 900, 1.0, 22050, 1)],
    "mono first.ogg": [("vorbis", 400, 1.0, 22050, 1), ("vorbis", 900, 1.0, 48000, 2)],
    "other codecs.oga": [("flac", 400, 1.0, 44100, 2), ("libopus", 900, 1.0, 48000, 2)],
}


def write_chain(tmp_path, name):
    links = []
    for number, (codec, hertz, seconds, rate, channels) in enumerate(CHAINS[name]):
        samples = tone(hertz, seconds, rate, channels)
        links.append(tmp_path / f"{number}.link")
        if codec == "vorbis":
            sf.write(links[-1], samples, rate, format="OGG", subtype="VORBIS")
        else:
            write_song(links[-1], samples, rate, codec=codec, container="ogg")
    path = tmp_path / name
    path.write_bytes(b"".join(link.read_bytes() for link in links))
    return path


def pitches(audio, links):
    """The pitch in the middle of each link, and where the last one ends."""
    heard, start = audio.read(), 0.0
    found = []
    for _, _, seconds, *_ in links:
        middle = round((start + seconds / 2) * SAMPLE_RATE)
        piece = heard[middle - 4096 : middle + 4096, 0] * np.hanning(8192)
        found.append(float(np.abs(np.fft.rfft(piece, 1 << 16)).argmax() * SAMPLE_RATE / (1 << 16)))
        start += seconds
    return found, start


@pytest.mark.parametrize("name", CHAINS)
def test_chained_ogg_is_read_whole(decode, tmp_path, name):
    audio = decode(write_chain(tmp_path, name))
    found, seconds = pitches(audio, CHAINS[name])
    assert found == pytest.approx([link[1] for link in CHAINS[name]], abs=3)
    assert audio.n_samples / SAMPLE_RATE == pytest.approx(seconds, abs=0.05)
    assert audio.channels == max(link[4] for link in CHAINS[name])


def test_a_recording_begun_in_mid_stream(decode, tmp_path):
    """Its first link lacks its beginning, and something between the links is damaged."""
    path = write_chain(tmp_path, "radio.ogg")
    first, second = (tmp_path / f"{number}.link" for number in (0, 1))
    cut = first.read_bytes()
    cut = cut[cut.index(b"OggS", len(cut) // 2) :]
    path.write_bytes(cut + b"garbage" + second.read_bytes())
    audio = decode(path)
    assert audio.n_samples / SAMPLE_RATE == pytest.approx(0.5, abs=0.05)


def test_a_chain_that_cannot_be_decoded(decode, tmp_path):
    path = write_chain(tmp_path, "radio.ogg")
    path.write_bytes(path.read_bytes().replace(b"vorbis", b"sivrob"))
    with pytest.raises(MoodscoreError, match=r"radio\.ogg: "):
        decode(path)
