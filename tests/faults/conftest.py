"""What the fault tests share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def fast_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: what is tested does not depend on the disk's speed."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place, prefix="badge-passport-") as folder:
        yield Path(folder)
