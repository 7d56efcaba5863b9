"""From pictures to sound: one recurrent network per quadrant of the valence-arousal plane.

Sergio and Lee (2020) train four networks of long short-term memory, one on the segments of each
quadrant, which read the visual descriptors of a scene and write the tempo, loudness and rhythm of
its music. :mod:`~moodscore.sequence.windows` cuts the training sequences,
:mod:`~moodscore.sequence.models` trains the networks, :mod:`~moodscore.sequence.borrowing` finds a
network for a quadrant that has too little material of its own, and
:mod:`~moodscore.sequence.routing` lets the quadrant of a scene pick the network that reads it, and
:mod:`~moodscore.sequence.forward` reads with a trained network's plain arrays.

This is the only package that uses TensorFlow. It imports it when a network is first trained; reading
forward takes numpy alone.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "borrowing": ["check_material", "lender"],
        "forward": ["LSTMNetwork"],
        "models": ["build_lstm", "build_simple_rnn", "train_lstm", "train_simple_rnn"],
        "options": ["NetworkOptions"],
        "routing": ["predict_audio_features", "predict_routed_features"],
        "tensorflow_runtime": ["start_tensorflow"],
        "windows": ["TrainingWindows", "training_windows", "unbroken_runs"],
    },
)
