"""Watched folders that end with the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.intake.watching_material import Scene


@pytest.fixture
def scene(tmp_path):
    scenes: list[Scene] = []

    def make(folder: Path | None = None, **options) -> Scene:
        place = folder or tmp_path / "downloads"
        if options.pop("create", True):
            place.mkdir(exist_ok=True)
        scenes.append(Scene(place, **options))
        return scenes[-1]

    yield make
    for one in scenes:
        one.watcher.stop()
        assert not one.watcher._thread.is_alive()
