"""Becomes another program, which Linux ends when the process that started it is gone.

`python tether.py PARENT COMMAND…`: so that no process stays behind even after `kill -9` of
`mintpost dev`, which cannot stop anything then. A program of its own, because Python may not
run anything between fork and exec where threads are. Elsewhere than on Linux it changes nothing.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):  # It went before we could ask to be told.
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - a list of words, no shell


if __name__ == "__main__":
    main()
