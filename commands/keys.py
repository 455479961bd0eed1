"""`mintpost keys`: the keys that sign licenses."""

import sys

from licensing.signing import generate_private_key


def generate() -> None:
    """Print a new signing key for LICENSE_SIGNING_KEY or its file. Keep it secret, keep it safe."""
    sys.stdout.write(generate_private_key())
