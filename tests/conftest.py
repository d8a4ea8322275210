"""What all tests share."""

from __future__ import annotations

import pytest

LONGEST_FIRST = ("tests/browser/", "tests/faults/", "tests/attacks/", "tests/pages/", "tests/cli/")
"""Folders whose files take long: begun first, so that no process of a parallel run ends alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try a test with a real browser, desktop or clock again before it fails: on a busy machine they miss a beat."""
    again = config.pluginmanager.hasplugin("rerunfailures")  # not where changes of the program are tried
    for item in items if again else ():
        file = item.nodeid.partition("::")[0]
        if item.get_closest_marker("browser") or item.get_closest_marker("clock") or "real" in file:
            item.add_marker(pytest.mark.flaky(reruns=2, reruns_delay=1))
    items.sort(key=lambda item: next((n for n, place in enumerate(LONGEST_FIRST) if item.nodeid.startswith(place)), 99))
