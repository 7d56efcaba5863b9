"""The models that ship: what scoring needs where nobody has trained anything yet.

Small plain files below ``models/``, JSON and arrays without pickle, written from a finished run by
``kedro pretrain``. The four networks, the scale of the audio features, the judge and the quantiles of the
features in training belong together. A *reader set* is one of several ways to read pictures for them: a
fuzzy system with the cluster centres its descriptors are made by and, where it was trained on other pictures
than the networks, the quantiles that map its descriptors to theirs. `Shipped` loads one set with the rest;
`ship` writes them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "making": ["ship"],
        "shipped": ["FOLDER", "NETWORKS", "OPTIONAL", "READER_NAMES", "Shipped", "shipped_readers"],
    },
)
