"""Inside a network of its own: every form of a private address in every URL field, four ways. Prints what was reached.

`unshare -rnm python -m tests.attacks.strange_addresses [--off] [--every N]`; see `test_attacks_namespace.py`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.attacks.namespace import PROXY, PUBLIC, Watch, internet, lead_everything_here
from tests.attacks.test_attacks_requests import FIELDS, KEYS, NOW, ask_all, urls
from tests.fetching.test_fetching_addresses import NAMES, PRIVATE
from tests.issuer import Issuer

from passport.fetching import Fetcher
from passport.fetching.posting import NotReachedError, Poster, Sending, UnansweredError
from passport.fetching.uploading import Uploader, UploadError
from passport.settings import NetworkSettings

FORMS = list(urls())
ADDRESSES = [address for address in PRIVATE if "%" not in address]
OWN_PORT = 22343
NEVER_ASKED = {"OB 3 jku", "OB 3 x5u", "OB 3 context"}


def answers(name: str, lookup: int) -> list[str]:
    """What names lead to: `d7.example` to a private address at once, `b7.example` the second time it is asked for."""
    label = name.partition(".")[0]
    if name in NAMES:
        return NAMES[name]
    if label[:1] == "d" and label[1:].isdigit():
        private = ADDRESSES[int(label[1:])]
        return [PUBLIC, private] if int(label[1:]) % 2 else [private]  # one public address makes the other no better
    if label[:1] == "b" and "-" in label:
        return [PUBLIC] if lookup == 1 else [ADDRESSES[int(label[1:].partition("-")[0])]]
    return [PUBLIC] if name == "public.example" else []


def moves(path: str) -> str:
    """Where a path leads: `/r/7` to the seventh form, `/b/b7-1.example` to that name once more."""
    match path.split("/")[1:3]:
        case ["r", number] if number.isdigit():
            return FORMS[int(number)]
        case ["b", name]:
            return f"http://{name}/x"
    return ""


def ways() -> Iterator[tuple[str, str]]:
    """Yield every way to a private address, as it stands in a badge."""
    for number, form in enumerate(FORMS):
        yield "direct", form
        if form.isprintable():  # others cannot stand in a header
            yield "redirect", f"http://public.example/r/{number}"
            yield "redirect", f"https://public.example/r/{number}"
    for number in range(len(ADDRESSES)):
        yield "DNS", f"http://d{number}.example/x"
        yield "rebinding", f"http://b{number}-HERE.example/b/b{number}-HERE.example"


async def main(*, off: bool, every: int) -> dict[str, object]:
    """Try all, or every n-th pair of a form and a field; return how much was tried, and what was reached wrongly."""
    lead_everything_here()
    watch, tried, once = Watch(), Counter[str](), itertools.count()
    with tempfile.TemporaryDirectory() as folder:
        async with internet(answers, moves, Path(folder), "public.example") as ca:
            network = NetworkSettings(extra_ca=ca, allow_private_addresses=off)
            async with Fetcher(network, lambda: datetime.now(UTC), own_ports=lambda: {OWN_PORT}) as fetcher:
                for place, (how, url) in enumerate(ways()):
                    for turn, (name, make) in enumerate(FIELDS.items()):
                        if (how != "direct" and name in NEVER_ASKED) or (place + turn) % every:
                            continue
                        issuer = Issuer(key=KEYS.key, rsa_key=KEYS.rsa_key)
                        fresh = url.replace("HERE", str(next(once)))
                        await ask_all(issuer, make(issuer, fresh), fetcher)
                        tried[how] += 1
            begun = watch.settled()
            if not off:
                tried["posts"] = await post(network)
                tried["uploads"] = await upload(network)
    at_all = watch.settled()
    wrong = {f"{address}:{port}": n for (address, port), n in at_all.items() if address != PUBLIC}
    proxied = wrong.get(PROXY, 0)
    return {"tried": tried, "wrong": wrong, "public": sum(begun.values()) - sum(wrong.values()), "proxied": proxied}


async def post(network: NetworkSettings) -> int:
    """Give every form as the server of an account (Mastodon, Bluesky), and a server that leads on to it."""
    count = 0
    async with Poster(network, own_ports=lambda: {OWN_PORT}) as send:
        addresses = [form.replace("http://", "https://", 1) for form in FORMS]
        addresses += [f"https://d{number}.example/" for number in range(len(ADDRESSES))]
        addresses += [f"https://public.example/r/{number}" for number in range(len(FORMS))]
        for address in addresses:
            count += 1
            try:
                reply = await send(
                    Sending(method="POST", url=address, headers={"Authorization": "Bearer x"}, body=b"{}")
                )
            except (NotReachedError, UnansweredError):
                continue
            assert reply.status in {302, 404}, "a redirect is an answer, not a way to go"
    return count


async def upload(network: NetworkSettings) -> int:
    """Upload to a server that leads on (WebDAV), and to the daemon's own port."""
    count = 0
    async with Uploader(network, own_ports=lambda: {OWN_PORT}) as send:
        own = [f"http://{host}:{OWN_PORT}/" for host in ("127.0.0.1", "[::1]", "localhost", "0.0.0.0", "127.1")]
        schemes = ["file:///etc/passwd", "gopher://public.example/", "data:,x", "ftp://public.example/"]
        for address in (*own, *schemes, *(f"https://public.example/r/{number}" for number in range(len(FORMS)))):
            count += 1
            try:
                answer = await send("PUT", address, {"Authorization": "Basic x"}, b"<p>")
            except UploadError:
                continue
            assert answer.status in {302, 404}, address
            assert "/r/" in address, address
    return count


if __name__ == "__main__":
    assert NOW
    print(json.dumps(asyncio.run(main(off="--off" in sys.argv, every=int(sys.argv[-1])))))
