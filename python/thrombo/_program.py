"""The command ``thrombo``: the program that the wheel carries."""

import sys

from ._thrombo import main as _main


def main() -> None:
    """Run the program with the arguments of this process, and end with its exit code."""
    sys.exit(_main(sys.argv[1:]))
