"""Speed and evidence, measured: every figure beside its reference in the same run (``make bench``)."""
