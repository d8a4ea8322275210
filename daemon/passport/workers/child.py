"""The worker process: one job after the other, each within its limits, until the other side is gone."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from passport.errors import PassportError
from passport.workers import frames
from passport.workers.handling import handle, warm
from passport.workers.jobs import Job, Reply
from passport.workers.limits import Limits, allow_cpu, restrict


def main(limits_json: str, warming: str, handle: Callable[[Any], object] = handle, jobs: object = Job) -> None:
    """Work within the limits. `warming` is `warm` or `cold`; `jobs` are what `handle` takes."""
    limits = msgspec.json.decode(limits_json, type=Limits)
    restrict(limits)
    answers = _own_stdout()
    if warming == "warm":
        threading.Thread(target=warm, daemon=True).start()
    decoder = msgspec.msgpack.Decoder(jobs)
    while (message := frames.read(0)) is not None:
        allow_cpu(limits.cpu_s)
        frames.write(answers, msgspec.msgpack.encode(_reply(message, decoder, handle)))


def _own_stdout() -> int:
    """Keep the way to the parent to ourselves: nothing that prints may speak on it."""
    answers = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def _reply(message: bytes, decoder: msgspec.msgpack.Decoder[Any], handle: Callable[[Any], object]) -> Reply:
    try:
        return Reply(problem=None, value=msgspec.Raw(msgspec.msgpack.encode(handle(decoder.decode(message)))))
    except PassportError as error:
        return Reply(problem=str(error))
    except MemoryError:
        return Reply(problem="It needs more memory than it may have.")
    except Exception as error:  # noqa: BLE001 (whatever hostile input raises is an answer)
        return Reply(problem=f"It cannot be worked on ({type(error).__name__}).")
