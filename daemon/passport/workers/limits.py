"""What a worker may use. Set by the worker itself before it reads its first job."""

from __future__ import annotations

import math
import sys

import msgspec

if sys.platform != "win32":  # there only the wall clock of the parent limits the worker
    import resource


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Security reference, section 2.3 and 3 (Workers) and goal G9."""

    memory_bytes: int = 512 << 20
    """Address space; 16 Mpx take 66 MB."""
    cpu_s: int = 5
    """Of one job."""
    wall_s: float = 15.0
    """Of one job; more than the CPU's, for computers that are busy."""
    files: int = 64


def restrict(limits: Limits) -> None:
    """Take away what a worker does not need: memory beyond its share, files to write, core dumps."""
    if sys.platform == "win32":
        return
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, limits.files)
    _lower(resource.RLIMIT_AS, limits.memory_bytes)


def allow_cpu(seconds: int) -> None:
    """Give the process so much CPU time from now on; beyond it the system kills it (SIGXCPU)."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _lower(kind: int, value: int) -> None:
    if sys.platform == "win32":
        return
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY and hard < value:
        return
    try:
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):  # macOS knows some limits by name only
        return
