"""Each defence switched off, one at a time, in a copy of the tree: the tests of its threat must fail then.

`python -m tests.attacks.defences [WORD]` tries those whose attack has the word in it.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE = Path("daemon/passport")


@dataclass(frozen=True)
class Switch:
    """A defence that can be switched off: a text of a file and what stands there instead; or a test that does it."""

    attack: str
    file: str = ""
    old: str = ""
    new: str = ""
    test: str = ""
    control: str = ""


def switches() -> list[Switch]:
    """Return all."""
    return [Switch(**row) for row in tomllib.loads((HERE / "defences.toml").read_text(encoding="utf-8"))["off"]]


def still_passing(word: str = "") -> list[str]:
    """Switch each defence off, and return those whose test passes all the same; or fails with everything on."""
    sys.path.insert(0, str(ROOT / "scripts"))
    import trying

    trying.preload()
    wrong = []
    with tempfile.TemporaryDirectory(prefix="badge-passport-defences-") as place:
        folder = Path(place) / "tree"
        folder.mkdir()
        trying.copy_tree(folder)
        for switch in switches():
            if switch.control or word not in switch.attack:
                continue
            file, test = folder / PACKAGE / switch.file, [f"tests/{switch.test}"]
            source = file.read_text(encoding="utf-8")
            sound = trying.run_child(folder, test, marked="not long")
            file.write_text(source.replace(switch.old, switch.new), encoding="utf-8")
            off = trying.run_child(folder, test, marked="not long")
            file.write_text(source, encoding="utf-8")
            print(f"on: {sound:9} off: {off:9} {switch.attack} ({switch.file})", flush=True)
            if sound != "SURVIVED" or off == "SURVIVED":
                wrong.append(switch.attack)
    return wrong


if __name__ == "__main__":
    sys.exit(f"not shown: {wrong}" if (wrong := still_passing(" ".join(sys.argv[1:]))) else 0)
