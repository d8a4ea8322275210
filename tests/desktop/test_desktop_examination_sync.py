"""The doctor and sync programs: recognised at the root of what they keep, however far above the vault it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from passport.desktop.examining_sync import LEAVE_OUT, sync_leaves_out

ALL = "\n".join(LEAVE_OUT)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "Sync" / "papers" / "Passport"
    folder.mkdir(parents=True)
    return folder


def hints(vault: Path) -> list[str | None]:
    return [finding.remedy for finding in sync_leaves_out(vault)]


@pytest.mark.parametrize(
    ("mark", "ignore"),
    [
        (".stfolder", ".stignore"),
        (".sync_0a1b2c.db", ".sync-exclude.lst"),
        ("._sync_0a1b2c.db", ".sync-exclude.lst"),
        (".dropbox.cache", "rules.dropboxignore"),
    ],
)
def test_each_program_reads_the_file_at_its_root(vault: Path, mark: str, ignore: str) -> None:
    root = vault.parents[1]
    (root / mark).mkdir()
    (vault / ignore).write_text(ALL)  # has no effect there
    (hint,) = hints(vault)
    assert hint == f"Write these lines into {root / ignore}: {', '.join(LEAVE_OUT)}."
    (root / ignore).write_text("// or so\n" + ALL)
    assert hints(vault) == [None]


@pytest.mark.parametrize(
    "line",
    ["incoming", "(?d)incoming", "**/incoming", "/papers/Passport/incoming", "papers/Passport/incoming/", "]incoming"],
)
def test_a_line_that_leaves_it_out(vault: Path, line: str) -> None:
    (vault.parents[1] / ".stfolder").mkdir()
    (vault.parents[1] / ".stignore").write_text(f"quarantine\n*.tmp\n{line}\n")
    assert hints(vault) == [None]


@pytest.mark.parametrize(
    "line", ["", "/incoming", "// incoming", "!incoming", "incoming2", "Passport/incoming", "papers/incoming"]
)
def test_a_line_that_does_not(vault: Path, line: str) -> None:
    (vault.parents[1] / ".stfolder").mkdir()
    (vault.parents[1] / ".stignore").write_text(f"quarantine\n*.tmp\n{line}\n")
    (hint,) = hints(vault)
    assert hint is not None
    assert hint.endswith(": incoming.")


def test_at_the_root_the_file_that_moving_wrote_suffices(vault: Path) -> None:
    (vault / ".stfolder").mkdir()
    (vault / ".stignore").write_text(ALL)
    assert hints(vault) == [None]


def test_without_a_program_it_says_what_to_leave_out(vault: Path) -> None:
    assert hints(vault) == [f"Let the sync program leave out: {', '.join(LEAVE_OUT)}."]


def test_what_is_no_text_is_nothing_said(vault: Path) -> None:
    (vault / ".stfolder").mkdir()
    (vault / ".stignore").write_bytes(b"\xff\xfe\0" * 1000)
    (hint,) = hints(vault)
    assert hint is not None
