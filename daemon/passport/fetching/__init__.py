"""The one door to the network: limits, no private addresses, polite to hosts."""

from collections.abc import Awaitable, Callable

from passport.fetching.fetcher import Fetcher
from passport.fetching.observing import Asked
from passport.verification.documents import RemoteDocument

Fetch = Callable[[str], Awaitable[RemoteDocument]]
"""What the rest of the program knows of the network: a URL in, a document (or why there is none) out."""

__all__ = ["Asked", "Fetch", "Fetcher"]
