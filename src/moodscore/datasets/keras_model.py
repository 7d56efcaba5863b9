"""A Keras network in a ``.keras`` file."""

from moodscore.sequence import start_tensorflow

# Before kedro-datasets imports TensorFlow: its logging and threads are set up at the first import.
start_tensorflow()

from kedro_datasets.tensorflow import TensorFlowModelDataset  # noqa: E402


class KerasModelDataset(TensorFlowModelDataset):
    """kedro-datasets' model dataset over TensorFlow as moodscore sets it up: quiet and reproducible."""
