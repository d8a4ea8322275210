"""The road's times, in one run: start of the daemon, and from a browser's rename to the gallery's API.

    python tests/bench/bench_road.py

Prints seconds; the watcher settles 50 ms after a rename by a browser. Not collected by pytest.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "daemon")]

from tests.cli.test_cli_road import Program
from tests.issuer import Issuer

from passport.cli.speaking import Daemon
from passport.settings import Places

RUNS = 40


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder))
        places = Places.from_environment(program.environment)
        began = time.perf_counter()
        arguments = program.line("start", "--no-tray", "--no-browser", "--port", "0", "--watch", str(program.downloads))
        process = subprocess.Popen(arguments, env=program.environment, stdout=subprocess.DEVNULL)
        while (daemon := Daemon.find(places)) is None:
            time.sleep(0.01)
        print(f"ready after {time.perf_counter() - began:.2f} s")
        time.sleep(5)
        print(f"resident memory of the daemon when idle: {resident(process.pid)} MB (its worker process apart)")
        print(f"processor time of the daemon over 10 s of idling: {idle(process.pid):.2f} s")
        print_arrivals(program, daemon)
        process.terminate()
        process.wait(20)


def print_arrivals(program: Program, daemon: Daemon) -> None:
    """Rename badges as a browser does, and ask the API until each is there."""
    times = []
    for number in range(RUNS):
        partial = program.downloads / f"{number}.png.crdownload"
        partial.write_bytes(Issuer().signed_badge())
        time.sleep(0.2)
        began = time.perf_counter()
        partial.rename(program.downloads / f"{number}.png")
        while daemon.get("/badges", limit=1)["total"] <= number:
            time.sleep(0.005)
        times.append(time.perf_counter() - began)
    times.sort()
    middle, late = statistics.median(times) * 1000, times[int(RUNS * 0.95)] * 1000
    print(f"rename -> API: median {middle:.0f} ms, p95 {late:.0f} ms")
    print(json.dumps([round(t * 1000) for t in times]))


def resident(pid: int) -> int:
    """Return the resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024


def idle(pid: int) -> float:
    """Return the processor time that a process takes in 10 s (Linux)."""

    def used() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    before = used()
    time.sleep(10)
    return used() - before


if __name__ == "__main__":
    main()
