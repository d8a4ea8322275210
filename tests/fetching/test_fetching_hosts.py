"""Who is asked at the same time, who is left alone for a while, and that nobody is remembered for ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from passport.fetching.hosts import PATIENCE, REST_S, Hosts


class Monotonic:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def busy(hosts: Hosts, names: list[str]) -> int:
    """Ask all at once; return how many were asked at the same time at most."""
    now = most = 0

    async def ask(name: str) -> None:
        nonlocal now, most
        async with hosts.turn(name):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    await asyncio.gather(*(ask(name) for name in names))
    return most


async def test_few_at_a_time():
    assert await busy(Hosts(Monotonic()), ["a.example"] * 30) == 2
    assert await busy(Hosts(Monotonic()), [f"{n}.example" for n in range(60)]) == 8


async def test_whoever_leaves_us_waiting_rests_for_a_while():
    clock = Monotonic()
    hosts = Hosts(clock)
    for _ in range(PATIENCE):
        assert not hosts.rests("a.example")
        hosts.timed_out("a.example")
    assert hosts.rests("a.example")
    assert not hosts.rests("b.example")
    clock.now += REST_S
    assert not hosts.rests("a.example")
    hosts.timed_out("a.example")  # after the rest one more is enough
    assert hosts.rests("a.example")


async def test_an_answer_makes_good():
    hosts = Hosts(Monotonic())
    for _ in range(PATIENCE - 1):
        hosts.timed_out("a.example")
    hosts.answered("a.example")
    hosts.answered("never-asked.example")
    hosts.timed_out("a.example")
    assert not hosts.rests("a.example")


async def test_who_is_quiet_is_forgotten_and_who_rests_is_not():
    clock = Monotonic()
    hosts = Hosts(clock)
    async with hosts.turn("fine.example"):
        assert set(hosts._hosts) == {"fine.example"}
    assert hosts._hosts == {}
    with suppress(TimeoutError):
        async with hosts.turn("slow.example"):
            hosts.timed_out("slow.example")
            raise TimeoutError
    await busy(hosts, ["fine.example"])
    assert set(hosts._hosts) == {"slow.example"}
    assert hosts._hosts["slow.example"].users == 0
