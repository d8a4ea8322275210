"""The threats, what stands against each, and the tests that show it: the table in `daemon/README.md` is made from this.

`python -m tests.attacks.threats` writes the table anew; `test_attacks_threats.py` keeps it true.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
README = ROOT / "daemon" / "README.md"
BEGIN, END = "<!-- threats: made by tests/attacks/threats.py -->", "<!-- end of threats -->"


@dataclass(frozen=True)
class Threat:
    """One row: who tries what, what stands against it, and the tests (`file::function`, below `tests/`)."""

    who: str
    attack: str
    defence: str
    tests: tuple[str, ...]


def threats() -> list[Threat]:
    """Return all rows."""
    rows = tomllib.loads((HERE / "threats.toml").read_text(encoding="utf-8"))["threat"]
    return [Threat(**{**row, "tests": tuple(row["tests"])}) for row in rows]


def holes() -> list[tuple[str, str, str]]:
    """Return the holes that others had: whose, which, and the test."""
    rows = tomllib.loads((HERE / "holes.toml").read_text(encoding="utf-8"))["hole"]
    return [(whose, which, test) for whose, which, test in rows]


def table() -> str:
    """Return the tables in Markdown."""
    rows = ["| who | tries | stopped by | shown by |", "|---|---|---|---|"]
    for threat in threats():
        tests = "<br>".join(f"`{test}`" for test in threat.tests)
        rows.append(f"| {threat.who} | {threat.attack} | {threat.defence} | {tests} |")
    rows += ["", "Holes that others had, each a case here:", "", "| whose | which | the case |", "|---|---|---|"]
    rows += [f"| {whose} | {which} | `{test}` |" for whose, which, test in holes()]
    return "\n".join(rows)


def written() -> str:
    """Return what stands in the README now."""
    return README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    """Write the table into the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
