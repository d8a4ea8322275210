"""What the program is doing when it is cut off: each scene prepares a vault, then acts, and says what it promised.

What is said (`Say`) is a fact that must be true ever after, whatever happens to the process:

| fact | means |
|---|---|
| `{"kept": id, "sha256": …}` | the entry is there with its file |
| `{"noted": [ids], "at_least": n}` | these entries have a note of that number or a later one |
| `{"twins": [ids]}` | these were only ever decided together, so their notes are equal |
| `{"gone": id}` | it was purged |
| `{"revoked": id}` | its last report says so |
| `{"identities": n}` | settings.toml has at least so many |

Of what is kept beside the vault: `scenes_beside`.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.scenes_beside import Fact, Say, connecting, first_connections, posting, some_posts
from tests.vault.vault_material import arrival, credential, opened, places_in, report, some_documents

from passport.disk import Disk
from passport.settings.writing import write_settings
from passport.vault.compacting import MANY_SEGMENTS
from passport.vault.vault import Vault
from passport.verification.report import Verdict

PASSPHRASE = "correct horse battery"


@dataclass(frozen=True)
class Scene:
    """A vault to begin with, and what is done with it then."""

    prepare: Callable[[Path], list[Fact]]
    act: Callable[[Path, Disk, Say], None]


def badge(number: int, size: int = 1500) -> bytes:
    """Return a file that is unlike all others, of more than one sector."""
    return b"\x89PNG" + random.Random(number).randbytes(size)


def put(vault: Vault, number: int) -> Fact:
    """Put a badge with documents of its own; return what is promised then."""
    coming = arrival(badge(number), number=number, documents=some_documents(b"%d" % number * 400))
    entry = vault.put(coming).entry
    return {"kept": entry.id, "sha256": entry.sha256}


def note(vault: Vault, ids: list[str], number: int) -> Fact:
    """Decide something of several badges at once."""
    vault.decide_all({f"badge:{i}": {"note": f"{number:06d}", f"tag:t{number % 3}": True} for i in ids})
    return {"noted": ids, "at_least": number}


def two_badges(home: Path) -> list[Fact]:
    vault = opened(home)
    facts = [put(vault, 1), put(vault, 2)]
    ids = [str(fact["kept"]) for fact in facts]
    facts += [note(vault, ids, 1), {"twins": ids}]
    vault.close()
    return facts


def ids_of(vault: Vault) -> list[str]:
    return sorted(entry.id for entry in vault.search(limit=1000, include_trashed=True).entries)


# -- the first start ---------------------------------------------------------------------------------------------------


def nothing(_home: Path) -> list[Fact]:
    return []


def beginning(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    fact = put(vault, 1)
    say(fact)
    say(note(vault, [str(fact["kept"])], 1))
    vault.close()


# -- importing ---------------------------------------------------------------------------------------------------------


def importing(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    for number in (3, 4, 3, 5):
        say(put(vault, number))
    vault.close()


# -- deciding and verifying --------------------------------------------------------------------------------------------


def deciding(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    ids = ids_of(vault)
    for number in range(2, 7):
        say(note(vault, ids, number))
    first = vault.entry(ids[0])
    assert first is not None
    revoked = report(Verdict.REVOKED, made_of=vault.report(first.id).credential or credential())
    vault.record_report(first.id, revoked, some_documents(b"revoked" * 300))
    say({"revoked": first.id})
    vault.close()


# -- compaction and purging --------------------------------------------------------------------------------------------


def many_segments(home: Path) -> list[Fact]:
    facts = two_badges(home)
    ids = [str(fact["kept"]) for fact in facts if "kept" in fact]
    for number in range(2, MANY_SEGMENTS + 2):
        vault = opened(home)
        facts[2:3] = [note(vault, ids, number)]
        vault.close()
    return facts


def compacting(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    say(note(vault, ids_of(vault), 1000))
    vault.close()


def purging(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    say(put(vault, 3))
    fourth = put(vault, 4)
    vault.purge(str(fourth["kept"]))
    say({"gone": fourth["kept"]})
    say(put(vault, 5))
    vault.close()


# -- an older form -----------------------------------------------------------------------------------------------------


def first_form(home: Path) -> list[Fact]:
    facts = two_badges(home)
    root = home / "vault"
    for store in ("objects", "documents"):
        for path in list((root / store).glob("*/*")):
            path.rename(root / store / path.name)
            path.parent.rmdir()
    marker = json.loads((root / "vault.json").read_text())
    (root / "vault.json").write_text(json.dumps({**marker, "format": 1}))
    return facts


def migrating(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    say(note(vault, ids_of(vault), 2))
    vault.close()


# -- bringing back -----------------------------------------------------------------------------------------------------


def with_backup(home: Path) -> list[Fact]:
    other = home / "elsewhere"
    vault = opened(other)
    ids = [str(put(vault, number)["kept"]) for number in (1, 6, 7)]
    note(vault, ids[1:], 5)
    vault.back_up(home / "backup.age", PASSPHRASE, work_factor=10)
    vault.close()
    shutil.rmtree(other)
    return [*two_badges(home), {"twins": ids[1:]}]


def restoring(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    for restored in vault.restore(home / "backup.age", PASSPHRASE):
        entry = vault.entry(restored.id)
        assert entry is not None, restored
        say({"kept": entry.id, "sha256": entry.sha256})
    vault.close()


# -- deriving the index ------------------------------------------------------------------------------------------------


def reindexing(home: Path, disk: Disk, say: Say) -> None:
    vault = opened(home, disk=disk)
    vault.reindex()
    say(note(vault, ids_of(vault), 2))
    vault.close()


# -- settings ----------------------------------------------------------------------------------------------------------


def first_settings(home: Path) -> list[Fact]:
    facts = two_badges(home)
    (home / "settings.toml").write_text('# mine\nidentities = ["one@example.org"]\n')
    return [*facts, {"identities": 1}]


def setting(home: Path, disk: Disk, say: Say) -> None:
    for number in range(2, 5):
        write_settings(places_in(home), {"identities": [f"{n}@example.org" for n in range(number)]}, disk)
        say({"identities": number})


SCENES = {
    "beginning": Scene(nothing, beginning),
    "import": Scene(two_badges, importing),
    "decision": Scene(two_badges, deciding),
    "compaction": Scene(many_segments, compacting),
    "purge": Scene(two_badges, purging),
    "migration": Scene(first_form, migrating),
    "restore": Scene(with_backup, restoring),
    "reindex": Scene(two_badges, reindexing),
    "settings": Scene(first_settings, setting),
    "posts": Scene(some_posts, posting),
    "connections": Scene(first_connections, connecting),
}


def anything(home: Path, disk: Disk, say: Say, seed: int) -> None:
    """Go on for ever with a bit of everything; new badges have numbers of their own for each seed."""
    chance = random.Random(seed)
    vault = opened(home, disk=disk)
    for step in range(1 << 30):
        ids = ids_of(vault)[:6]
        match chance.randrange(8):
            case 0 | 1 | 2:
                say(put(vault, seed * 10_000 + step))
            case 3 | 4 | 5 if len(ids) > 1:
                say(note(vault, [chance.choice(ids)], seed * 10_000 + step))
            case 6 if step % 5 == 0:
                fact = put(vault, seed * 10_000 + step)
                vault.purge(str(fact["kept"]))
                say({"gone": fact["kept"]})
            case 7 if step % 7 == 0:
                vault.close()
                vault = opened(home, disk=disk)
