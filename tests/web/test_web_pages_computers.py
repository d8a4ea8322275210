"""The page “Computers”, with its buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.vault.computers_material import acquainted, carry
from tests.web.pages_material import passport_in

from passport.errors import VaultError


@dataclass
class Carrying:
    """Remembers what it was told."""

    code: str | None = None
    problem: str | None = None
    busy: bool = False
    told: list = field(default_factory=list)

    async def move(self, folder: Path) -> None:
        if folder.name == "wrong":
            raise VaultError("That is no folder.")
        self.told.append(("move", folder))
        self.busy = True

    async def join(self, folder: Path) -> str:
        self.told.append(("join", folder))
        self.code = "ABCD-EFGH"
        return self.code

    async def give_up(self) -> None:
        self.told.append(("give-up",))
        self.code = None


async def text_of(passport, path: str = "/computers") -> str:
    return (await passport.get(path)).body.decode()


async def test_a_passport_on_one_computer_can_be_moved_or_join(tmp_path):
    carrying = Carrying()
    async with passport_in(tmp_path, carrying=carrying) as passport:
        page = await text_of(passport)
        assert "This is the first computer" in page
        assert "Another one has it already" in page
        await passport.post("/computers", "do=join&folder=/x/sync")
        page = await text_of(passport)
        assert "ABCD-EFGH" in page
        assert 'http-equiv="refresh"' in page
        await passport.post("/computers", "do=give-up")
        answer = await passport.post("/computers", "do=move&folder=/x/wrong")
        assert answer.status == 422
        await passport.post("/computers", "do=move&folder=/x/sync")
        assert carrying.told == [("join", Path("/x/sync")), ("give-up",), ("move", Path("/x/sync"))]
        assert "being carried over" in await text_of(passport)
        carrying.busy, carrying.problem = False, "The disk is <full>."
        assert "The disk is &lt;full&gt;." in await text_of(passport)


async def test_a_daemon_that_cannot_carry_offers_nothing(tmp_path):
    async with passport_in(tmp_path) as passport:
        assert "This is the first computer" not in await text_of(passport)
        assert (await passport.post("/computers", "do=move&folder=/x/sync")).status == 409


async def test_the_buttons_of_a_shared_passport(tmp_path):
    anna, berta = acquainted(tmp_path / "two", 2)
    berta.vault.decide("profile", {"name": "B"})
    carry(anna, berta)
    anna.vault.computers.take_up()
    async with passport_in(tmp_path / "web", vault=anna.vault) as passport:
        page = await text_of(passport)
        assert "They share this passport" in page
        assert "berta" in page
        assert page.count('value="revoke"') == 1
        await passport.post("/computers", f"do=rename&device={berta.device}&name=The+%3Cold%3E+one")
        assert "The &lt;old&gt; one" in await text_of(passport)
        assert (await passport.post("/computers", "do=confirm&code=AAAA-AAAA")).status == 422
        assert (await passport.post("/computers", f"do=revoke&device={anna.device}")).status == 422
        assert (await passport.post("/computers", f"do=revoke&device={berta.device}")).status == 303
        page = await text_of(passport)
        assert "taken out" in page
        assert 'value="revoke"' not in page
    berta.close()
