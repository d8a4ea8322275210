"""What all tests share."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try a test with a real browser, desktop or clock again before it fails: on a busy machine they miss a beat."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        if item.get_closest_marker("browser") or item.get_closest_marker("clock") or "real" in file:
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=1))
