"""What a process of the program never leaves behind for others: files that they may read, its memory in a core dump."""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    import resource


def be_private() -> int:
    """From now on nothing that is written is for others (security reference 2.5), and a crash writes no memory down.

    Return the umask of before.
    """
    before = os.umask(0o077)
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    return before
