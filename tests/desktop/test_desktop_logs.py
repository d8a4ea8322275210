"""Nothing secret reaches the log."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from passport.desktop.logs import FILES, MAX_BYTES, keep_log, redacted


@pytest.mark.parametrize(
    "line",
    [
        "GET http://127.0.0.1:22343/open?ticket=CANARY",
        "GET https://issuer.example/a?identity__email=CANARY@example.org",
        "Authorization: Bearer CANARY",
        "authorization: Passport CANARY",
        "Cookie: passport-22343=CANARY; other=1",
        "token=CANARY",
        '{"code": "CANARY"}',
        "passphrase: CANARY",
        "sent to CANARY@example.org",
    ],
)
def test_secrets_are_taken_out(line: str) -> None:
    assert "CANARY" not in redacted(line)


def test_plain_lines_stay() -> None:
    assert redacted("took in 3 badges from /home/ann/Downloads") == "took in 3 badges from /home/ann/Downloads"


def test_the_file_is_private_and_tracebacks_are_redacted_too(tmp_path: Path) -> None:
    handler = keep_log(tmp_path / "log" / "a.log")
    try:
        try:
            int("token=CANARY")
        except ValueError:
            logging.getLogger("test").exception("failed")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    file = tmp_path / "log" / "a.log"
    assert "ValueError" in file.read_text()
    assert "CANARY" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_rotates_and_stays_bounded(tmp_path: Path) -> None:
    handler = keep_log(tmp_path / "a.log")
    try:
        for _ in range(9 * MAX_BYTES // 100_000):
            logging.getLogger("test").info("x" * 100_000)
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    files = list(tmp_path.iterdir())
    assert 1 < len(files) <= FILES + 1
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
