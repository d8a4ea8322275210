"""Which language is read where no browser says it."""

from __future__ import annotations

import pytest

from passport.settings import language_of


@pytest.mark.parametrize(
    ("setting", "environment", "found"),
    [
        (None, {"LANG": "fi_FI.UTF-8"}, "fi-FI"),
        (None, {"LANG": "sr_RS.UTF-8@latin"}, "sr-RS"),
        (None, {"LANG": "fi"}, "fi"),
        (None, {"LANG": "en_US.UTF-8", "LC_MESSAGES": "fi_FI"}, "fi-FI"),
        (None, {"LANG": "en_US.UTF-8", "LC_MESSAGES": "fi_FI", "LC_ALL": "sv_SE"}, "sv-SE"),
        (None, {"LANG": "fi_FI.UTF-8", "LC_ALL": "C"}, None),  # LC_ALL counts, and it names no language
        (None, {"LANG": "fi_FI.UTF-8", "LC_ALL": ""}, "fi-FI"),
        (None, {"LANG": "C.UTF-8"}, None),
        (None, {"LANG": "POSIX"}, None),
        (None, {"LANG": ""}, None),
        (None, {"LANG": "." * 10}, None),
        (None, {"LANG": "x" * 5000}, None),
        (None, {"LC_TIME": "fi_FI.UTF-8"}, None),
        (None, {}, None),
        ("fi", {"LC_ALL": "en_US.UTF-8"}, "fi"),
    ],
)
def test_what_is_set_comes_before_what_the_computer_speaks(setting, environment, found):
    assert language_of(setting, environment) == found
