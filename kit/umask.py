"""Keeps what our processes make to their user."""

import os


def set_umask() -> None:
    """Make every file and folder of this process its user's alone, folders above included."""
    os.umask(0o077)
