"""Files that strangers may have put there: regular ones are read, and nothing else is."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from passport.errors import IntakeError
from passport.intake.opening import MAX_FILE_BYTES, read_file, shape_of


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link(path: Path) -> None:
    target = path.with_name("secret")
    target.write_bytes(b"of others")
    path.symlink_to(target)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path)


def folder(path: Path) -> None:
    path.mkdir()


def door(path: Path) -> None:
    there = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(path.parent)  # addresses of this kind are short
    try:
        there.bind(path.name)
    finally:
        os.chdir(here)
        there.close()


@pytest.mark.skipif(os.name == "nt", reason="links and pipes as POSIX has them")
@pytest.mark.parametrize("lay", [pipe, link, endless, circle, folder, door])
def test_what_is_no_regular_file_is_not_read(lay, tmp_path: Path) -> None:
    path = tmp_path / "badge.png"
    lay(path)
    assert shape_of(str(path)) is None
    with pytest.raises(IntakeError, match=r"The file cannot be read: .+"):
        read_file(path)


@pytest.mark.parametrize("name", ["nothing.png", "a\0b.png"])
def test_what_is_not_there_or_cannot_be_has_no_shape(name: str, tmp_path: Path) -> None:
    assert shape_of(f"{tmp_path}/{name}") is None


def test_a_regular_file_is_read_whole_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "badge.png"
    path.write_bytes(b"x" * MAX_FILE_BYTES)
    assert read_file(path) == b"x" * MAX_FILE_BYTES
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(IntakeError, match=r"larger than 20 MiB"):
        read_file(path)
