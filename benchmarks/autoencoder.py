"""``python -m benchmarks.autoencoder FOLDER``: whether a network trained in minutes makes music.

A small convolutional auto-encoder on log-mel spectrograms of the demo corpus, 128 numbers for each
1.5 s. Sound comes back by Griffin–Lim. "New" music is what it decodes half-way between two clips that it
has not seen. Printed: how far each stage is from the spectrogram it should have (mean absolute dB), and
how much of the attacks is left.
"""

import sys
import time
from pathlib import Path

import numpy as np

from moodscore.demo import plan_corpus, render_soundtrack

CORPUS_SEED, HELD_OUT = 2020, 9
RATE, BANDS, HOP, FRAMES, CODE = 22_050, 80, 256, 128, 128
FLOOR_DB, MINUTES = -80.0, 6.0
LISTENED_S = 6.0


def main(folder):
    import tensorflow as tf

    tf.keras.utils.set_random_seed(0)
    spectra = [_mel_db(_mono(recipe)) for recipe in plan_corpus(CORPUS_SEED)]
    seen, unseen = spectra[HELD_OUT:], spectra[:HELD_OUT]
    patches = np.concatenate([_patches(s, FRAMES // 4) for s in seen])
    network = _network(tf)
    network.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="mae")
    start, epochs = time.perf_counter(), 0
    while time.perf_counter() - start < 60 * MINUTES:
        network.fit(patches, patches, batch_size=32, epochs=1, verbose=0)
        epochs += 1
    print(f"{len(patches)} patches, {network.count_params()} weights, {epochs} epochs in {MINUTES:g} min")
    encoder, decoder = network.layers[-2:]
    errors = {}
    for name, group in (("clips it has seen", seen[:HELD_OUT]), ("clips it has not", unseen)):
        pairs = [(p, network.predict(p, verbose=0)) for p in (_patches(s, FRAMES) for s in group)]
        errors[name] = np.mean([np.abs(a - b).mean() for a, b in pairs]) * -FLOOR_DB
        print(f"{name}: decoded off by {errors[name]:.1f} dB")
    codes = [encoder.predict(_patches(s, FRAMES), verbose=0) for s in unseen[:2]]
    n = min(map(len, codes))
    new = _joined(decoder.predict((codes[0][:n] + codes[1][:n]) / 2, verbose=0))
    own = _joined(_patches(unseen[0], FRAMES))
    decoded = _joined(network.predict(_patches(unseen[0], FRAMES), verbose=0))
    for name, mel in (("original", own), ("decoded", decoded), ("new", new)):
        sound = _griffin_lim(mel)
        back = _mel_db(sound)[: len(mel)]
        off = np.abs(back - mel[: len(back)]).mean() * -FLOOR_DB
        rise = -FLOOR_DB * np.maximum(np.diff(mel, axis=0), 0).mean(axis=1)
        print(f"{name}: Griffin-Lim off by {off:.1f} dB, attacks rise by {np.percentile(rise, 98):.2f} dB")
        _write(Path(folder) / f"autoencoder_{name}.mp3", sound)


def _mono(recipe):
    import soxr

    return soxr.resample(render_soundtrack(recipe).mean(axis=1), 44_100, RATE)


def _mel_db(y):
    """Log-mel spectrogram in [0, 1]: 0 is `FLOOR_DB` below the strongest. [shape=(frames, bands)]."""
    import librosa

    power = librosa.feature.melspectrogram(y=y, sr=RATE, n_fft=1024, hop_length=HOP, n_mels=BANDS)
    level = librosa.power_to_db(power, ref=np.max, top_db=-FLOOR_DB)
    return (1 - level / FLOOR_DB).T.astype(np.float32)


def _patches(mel, step):
    starts = range(0, len(mel) - FRAMES + 1, step)
    return np.stack([mel[start : start + FRAMES] for start in starts])[..., None]


def _joined(patches):
    return np.clip(patches[..., 0].reshape(-1, BANDS), 0, 1)


def _network(tf):
    layers = tf.keras.layers
    encoder, decoder = tf.keras.Sequential(name="encoder"), tf.keras.Sequential(name="decoder")
    for filters in (32, 48, 64, 96):
        encoder.add(layers.Conv2D(filters, 5, strides=2, padding="same", activation="elu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(CODE))
    decoder.add(layers.Dense(FRAMES // 16 * BANDS // 16 * 96, activation="elu"))
    decoder.add(layers.Reshape((FRAMES // 16, BANDS // 16, 96)))
    for filters in (64, 48, 32):
        decoder.add(layers.Conv2DTranspose(filters, 5, strides=2, padding="same", activation="elu"))
    decoder.add(layers.Conv2DTranspose(1, 5, strides=2, padding="same"))
    return tf.keras.Sequential([tf.keras.Input((FRAMES, BANDS, 1)), encoder, decoder])


def _griffin_lim(mel):
    import librosa

    power = librosa.db_to_power(FLOOR_DB * (1 - mel.T), ref=1.0)
    return librosa.feature.inverse.mel_to_audio(power, sr=RATE, n_fft=1024, hop_length=HOP, n_iter=64)


def _write(path, y):
    import soundfile

    y = y[: int(LISTENED_S * RATE)]
    soundfile.write(path, 0.9 * y / np.abs(y).max(), RATE, format="MP3", compression_level=0.7)


if __name__ == "__main__":
    main(*sys.argv[1:])
