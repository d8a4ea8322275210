"""Where the system's file events can be trusted: not on network mounts, and only within the kernel's limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePath

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "vboxsf", "prl_fs"}
)
_LOCAL_FUSE = frozenset({"fuse.gocryptfs", "fuse.encfs", "fuse.ntfs-3g", "fuse.exfat", "fuse.lxcfs"})
_MOUNTS = Path("/proc/self/mountinfo")
_LIMITS = Path("/proc/sys/fs/inotify")


@dataclass(frozen=True, slots=True)
class WatchLimits:
    """The kernel's limits for inotify (Linux); beyond `watches`, new folders are not watched and nobody says so."""

    watches: int
    instances: int
    queued_events: int


def needs_polling(folder: Path) -> str | None:
    """Return why a folder's events cannot be trusted, or None."""
    if str(folder).startswith("\\\\"):
        return "network folder"
    try:
        table = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        kind = mount_type(table, folder.resolve())
    except (OSError, RuntimeError):
        return None
    return f"network folder ({kind})" if is_network(kind) else None


def mount_type(table: str, folder: PurePath) -> str:
    """Return the type of the file system a folder lies on. `table` is proc(5) mountinfo; later lines lie above."""
    best, kind = -1, ""
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        point = PurePath(_unescaped(fields[4]))
        if (folder == point or point in folder.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split(" ")[0]
    return kind


def is_network(kind: str) -> bool:
    """Whether others may change files on a file system of this type without this computer being told."""
    return kind in _NETWORK or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)


def watch_limits() -> WatchLimits | None:
    """Return the kernel's limits, for `doctor` and the activity page; None where there are none."""
    try:
        values = [
            int((_LIMITS / f"max_{name}").read_text()) for name in ("user_watches", "user_instances", "queued_events")
        ]
    except (OSError, ValueError):
        return None
    return WatchLimits(*values)


def _unescaped(text: str) -> str:
    for code, plain in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, plain)
    return text
