"""The person who runs a command, as the operating system names them."""

import getpass
import os


def asker() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # A container may run as a user that has no name.
        return f"user {os.getuid()}"
