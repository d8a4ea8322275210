"""The command line. Each command is a client of the HTTP API, with the daemon running or without it.

What a command needs is imported when that command runs: `--help` and `verify` do not pay for a web server.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that was typed, and end with its status."""
    from passport.cli.running import run

    sys.exit(run(sys.argv[1:]))
