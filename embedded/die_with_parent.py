"""Replaces itself with another program, which Linux stops when our parent process ends.

Usage: `python die_with_parent.py PARENT COMMAND…`. After `kill -9`, `mintpost dev` cannot stop its
children, so the kernel does. The program is separate because Python must not run code between fork
and exec in a process with threads. On other systems the command is only started.
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
    if os.getppid() != int(parent):  # The parent ended before prctl.
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - a list of words, no shell


if __name__ == "__main__":
    main()
