"""A watcher and a vault in a process of their own, for a long time; answers one line for each that it is asked.

`python -m tests.faults.soaking HOME FOLDER`
"""

from __future__ import annotations

import json
import logging
import os
import sys
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.vault.vault_material import arrival, opened

from passport.intake.known import Known
from passport.intake.settling import Pace
from passport.intake.watching import Watcher
from passport.settings import WatchSettings


def main(home: Path, folder: Path) -> None:
    """Watch until standard input ends."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    vault = opened(home, clock=lambda: datetime.now(UTC))
    taken: set[str] = set()
    pool = ThreadPoolExecutor(2)

    def keep(path: Path) -> bool:
        data = path.read_bytes()
        vault.put(arrival(data, number=zlib.crc32(data)))
        taken.add(path.name)
        return True

    def take(path: Path) -> Future[bool]:
        return pool.submit(keep, path)

    watcher = Watcher(
        WatchSettings(folders=(folder,), rescan_s=3600.0),
        take,
        known=Known(home / "known"),
        pace=Pace(slow_s=0.2, supervise_s=0.2, poll_s=0.5, patience_s=3.0, retry_s=0.8),
    )
    watcher.start()
    for line in sys.stdin:
        if line.strip() == "status":
            about = {"rss": rss(), "taken": len(taken), "busy": watcher.busy, "badges": vault.search().total}
            print(json.dumps(about), flush=True)
        else:
            print(json.dumps(sorted(taken)), flush=True)
    watcher.stop()
    vault.close()


def rss() -> int:
    """Return the memory of this process in KiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
