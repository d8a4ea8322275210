"""A worker whose jobs go wrong on purpose: the text of a `Clean` job says how. Started like the real one."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from passport.errors import ParseError
from passport.workers.child import main
from passport.workers.jobs import Clean, Job


def handle(job: Job) -> object:
    assert isinstance(job, Clean)
    how, _, detail = job.text.partition(" ")
    return WAYS[how](detail)


def burn(_: str) -> str:
    while True:
        pass


def spend(detail: str) -> str:
    until = time.process_time() + float(detail)
    while time.process_time() < until:
        pass
    return "spent"


def grow(detail: str) -> str:
    return str(len(bytearray(int(detail) << 20)))


def sleep(detail: str) -> str:
    time.sleep(float(detail))
    return "slept"


def write(detail: str) -> str:
    with Path(detail).open("wb", buffering=0) as file:
        file.write(b"x" * 100)
    return "written"


def files(_: str) -> str:
    return str(len([os.open("/", os.O_RDONLY) for _ in range(1000)]))


def speak(_: str) -> str:
    print("nonsense on stdout", flush=True)
    os.write(1, b"\xff" * 64)
    return "spoken"


def leave(_: str) -> str:
    os._exit(3)


def crash(_: str) -> str:
    raise ZeroDivisionError


def sentence(_: str) -> str:
    raise ParseError("line 1", "This is no badge.")


def wrong_type(_: str) -> int:
    return 7


def unsendable(_: str) -> object:
    return object()


def surroundings(_: str) -> str:
    core = resource.getrlimit(resource.RLIMIT_CORE)
    return json.dumps(
        {"environment": dict(os.environ), "folder": str(Path.cwd()), "core": core, "flags": sys.flags.isolated}
    )


def pid(_: str) -> str:
    return str(os.getpid())


WAYS = {f.__name__: f for f in (burn, spend, grow, sleep, write, files, speak, leave, crash, sentence)} | {
    f.__name__: f for f in (wrong_type, unsendable, surroundings, pid)
}

if __name__ == "__main__":
    main(*sys.argv[1:], handle=handle)
