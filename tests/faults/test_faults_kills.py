"""kill -9 at every operation and at random moments: nothing acknowledged is lost, nothing is there by halves.

50 kills here; all points of all scenes and thousands of random moments in `scripts/test --long`. Each kill is proven to
have landed: the process died of SIGKILL. What the tests are worth is shown by disks whose defences are off.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.faults.checking import Found, examine
from tests.faults.killing import Killer, Stage, kill_at, killer, promises, spread
from tests.faults.scenes import SCENES, two_badges

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need fork and SIGKILL"),
]
LONG = pytest.mark.long
RANDOM_KILLS = int(os.environ.get("BADGE_PASSPORT_KILLS", "500"))
"""Of the long run; 3,000 was tried, too."""


@pytest.fixture(scope="module")
def stages(fast_folder: Path) -> list[Stage]:
    return [Stage.set_up(scene, fast_folder) for scene in SCENES]


@pytest.fixture(scope="module")
def murderer():
    with killer() as found:
        yield found


def kill_all(murderer: Killer, chosen, folder: Path, *, off: str = "") -> tuple[int, Found]:
    """Kill at all the points; return how many kills landed, and all that was wrong after any."""
    landed, wrong = 0, Found()
    for stage, point in chosen:
        found = kill_at(murderer, stage, point, folder / "victim", off=off)
        if found is None:
            continue
        landed += 1
        where = f"{stage.scene}, {point[1]} operation {point[0]} ({stage.operations[point[0] - 1]}): "
        for kind in ("lost", "fileless", "half", "stuck"):
            getattr(wrong, kind).extend(where + what for what in getattr(found, kind))
    return landed, wrong


def test_forty_kills_at_operations_lose_nothing(murderer, stages, fast_folder):
    chosen = spread(stages, 40)
    landed, wrong = kill_all(murderer, chosen, fast_folder)
    assert landed == 40
    assert wrong == Found()


def test_ten_kills_at_random_moments_lose_nothing(murderer, fast_folder):
    assert random_kills(murderer, fast_folder, 10) == 10


@LONG
@pytest.mark.timeout(3600)
def test_kills_at_every_operation_lose_nothing(murderer, stages, fast_folder):
    chosen = spread(stages, 1 << 30)
    landed, wrong = kill_all(murderer, chosen, fast_folder)
    print(f"{landed} kills landed at {len(chosen)} points of {len(stages)} scenes")
    assert wrong == Found()
    assert landed == len(chosen) > 500


@LONG
@pytest.mark.timeout(3600)
def test_many_kills_at_random_moments_lose_nothing(murderer, fast_folder):
    landed = random_kills(murderer, fast_folder, RANDOM_KILLS)
    print(f"{landed} kills landed at random moments")
    assert landed == RANDOM_KILLS


def random_kills(murderer: Killer, folder: Path, wanted: int) -> int:
    """Kill one process after the other in one and the same vault, each after a random while; return how many landed."""
    chance = random.Random(5)
    home = folder / f"home-{wanted}"
    home.mkdir()
    facts = [fact for fact in two_badges(home) if "kept" in fact]
    latest: dict[str, int] = {}
    for number in range(1, wanted + 1):
        ended = murderer.order(
            scene="anything",
            home=str(home),
            promises=str(folder / "promises"),
            seed=number,
            after_s=0.01 + chance.random() * 0.15,
        )
        assert ended["killed"], ended
        said = promises(folder)
        (folder / "promises").unlink(missing_ok=True)
        latest |= {fact["noted"][0]: fact["at_least"] for fact in said if "noted" in fact}
        fresh = [fact for fact in said if "noted" not in fact]
        facts += fresh
        notes = [{"noted": [name], "at_least": least} for name, least in latest.items()]
        everything = number % 100 == 0 or number == wanted
        asked = [*(facts if everything else fresh), *notes]
        found = examine(home, asked, goes_on=number % 10 == 0 and not everything, only_facts=not everything)
        assert found == Found(), number
    return wanted


# -- with a defence off the same tests must fail -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("off", "scene", "kind"),
    [("flushing", "decision", "lost"), ("renaming", "import", "half"), ("order", "import", "fileless")],
)
def test_a_defence_that_is_off_is_noticed(murderer, stages, fast_folder, off, scene, kind):
    (stage,) = (stage for stage in stages if stage.scene == scene)
    wanted = {"flushing": ("write", "after"), "renaming": ("rename", "middle"), "order": ("write", "after")}[off]
    points = [(number, wanted[1]) for number, name in enumerate(stage.operations, 1) if name == wanted[0]]
    found = Found()
    for point in points:
        _, found = kill_all(murderer, [(stage, point)], fast_folder, off=off)
        if getattr(found, kind):
            break
    assert getattr(found, kind), f"without {off} nothing was noticed"
