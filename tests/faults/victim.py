"""A process that makes victims: for each line it reads it forks one, lets it act, and says how it ended.

Python's start is paid once, so that a kill costs milliseconds. Run as `python -m tests.faults.victim`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.faults import doors
from tests.faults.scenes import SCENES, Fact, anything

from passport.disk import Disk


def main() -> None:
    """Serve until standard input ends."""
    for line in sys.stdin:
        print(json.dumps(_one(json.loads(line))), flush=True)


def _one(order: dict[str, object]) -> dict[str, object]:
    child = os.fork()
    if child == 0:
        _act(order)
    after_s = order.get("after_s")
    if isinstance(after_s, float):
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return {
        "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
    }


def _act(order: dict[str, object]) -> None:
    """Do the scene; never returns. What is promised is written to a file at once: a kill does not take that back."""
    promises = os.open(str(order["promises"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def say(fact: Fact) -> None:
        os.write(promises, json.dumps(fact).encode() + b"\n")

    home, scene = Path(str(order["home"])), str(order["scene"])
    try:
        if scene == "anything":
            anything(home, _disk(order), say, int(str(order["seed"])))
        else:
            SCENES[scene].act(home, _disk(order), say)
    except BaseException:  # noqa: BLE001 (whatever it was, the parent is told)
        traceback.print_exc()
        os._exit(3)
    os._exit(0)


def _disk(order: dict[str, object]) -> Disk:
    base = _base(str(order.get("off") or ""))
    number = order.get("at")
    if number is None:
        return base
    return doors.Deadly(int(str(number)), str(order["how"]), base=base)


def _base(off: str) -> Disk:
    """Return the disk, or one with a defence switched off."""
    match off:
        case "flushing":
            return doors.Buffering()
        case "renaming":
            return doors.Copying()
        case "order":
            return doors.Hasty()
    return Disk()


if __name__ == "__main__":
    main()
