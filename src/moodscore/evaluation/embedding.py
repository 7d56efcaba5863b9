"""Laying the segments out on a plane by what their pictures look like.

References
----------
.. [1] van der Maaten, L. and Hinton, G., "Visualizing data using t-SNE", Journal of Machine Learning
   Research 9, 2008.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: More segments would take minutes and hide each other.
MAX_SEGMENTS = 1500
#: Neighbours a segment is laid out by; t-SNE wants fewer than a third of the segments.
_PERPLEXITY = 30.0
_LEAST_SEGMENTS = 5


def embed_descriptors(descriptors: pd.DataFrame, inputs: Sequence[str], *, seed: int) -> pd.DataFrame:
    """t-SNE [1]_ of visual descriptors.

    Parameters
    ----------
    descriptors : pd.DataFrame
        ``clip_id, segment`` and ``inputs``. Of more than 1500 segments a random 1500 are laid out.
    inputs : sequence of str
        Columns of the descriptor.
    seed : int
        Of the choice; the layout starts from the principal components.

    Returns
    -------
    pd.DataFrame
        ``clip_id, segment, x, y``; the axes have no meaning, only nearness has. Empty for fewer than
        five segments.
    """
    if len(descriptors) > MAX_SEGMENTS:
        rows = np.random.default_rng(seed).choice(len(descriptors), MAX_SEGMENTS, replace=False)
        descriptors = descriptors.iloc[np.sort(rows)]
    if len(descriptors) < _LEAST_SEGMENTS:
        return pd.DataFrame({"clip_id": [], "segment": [], "x": [], "y": []})
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(_PERPLEXITY, (len(descriptors) - 1) / 3)
    layout = TSNE(perplexity=perplexity, init="pca", random_state=seed, n_jobs=1)
    with threadpool_limits(1):  # so that the picture does not depend on the number of cores
        places = layout.fit_transform(descriptors[list(inputs)].to_numpy(dtype=np.float64))
    keys = descriptors[["clip_id", "segment"]].reset_index(drop=True)
    return pd.concat([keys, pd.DataFrame(places.astype(np.float64), columns=["x", "y"])], axis=1)
