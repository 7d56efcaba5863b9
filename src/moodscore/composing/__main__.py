"""``python -m moodscore.composing page.html``: a page to listen to, a grid of moods."""

import argparse
from pathlib import Path

from moodscore.composing.listening import write_page


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m moodscore.composing", description=__doc__)
    parser.add_argument("page", type=Path, help="the HTML file to write")
    parser.add_argument("--seed", type=int, default=0, help="another seed is other music (0)")
    parser.add_argument("--seconds", type=float, default=16.0, help="length of each piece (16)")
    parser.add_argument("--soundfont", type=Path, help="a General MIDI .sf2 file to play it with")
    given = parser.parse_args()
    print(write_page(given.page, seed=given.seed, seconds=given.seconds, soundfont=given.soundfont))


if __name__ == "__main__":
    main()
