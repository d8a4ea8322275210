"""Untrusted heavy work in processes of its own, with limits on time, memory and files.

A hostile credential may cost minutes of CPU, a picture gigabytes of memory (security reference, findings 3, 4, 11).
In here it costs a worker: it is killed, the caller gets a WorkerError, and the daemon goes on.
"""

from passport.workers.limits import Limits
from passport.workers.pool import Workers

__all__ = ["Limits", "Workers"]
