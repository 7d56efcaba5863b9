"""The models that ship; see the files below ``models/``."""
