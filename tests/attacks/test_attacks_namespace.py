"""In a network of its own that sees every connection, nothing private is connected to (security 2.4: SSRF).

All forms of addresses x all URL fields of a badge x {direct, redirect, DNS, rebinding}, through real sockets and the
system's own lookup of names, with proxies named in the environment; posts and uploads, too. Where such a network may
not be made, `test_attacks_requests.py` asks the same of a seam.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from tests.attacks.namespace import possible, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not possible(), reason="networks of one's own are not permitted here (unshare, ip)"),
]


@cache
def tried(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("tests.attacks.strange_addresses", *arguments, timeout_s=3000))
    print(found)
    return found


def test_no_form_in_any_field_reaches_a_private_address_in_any_way():
    """Every form in every way, with an eighth of the fields each; each field with an eighth of the forms."""
    found = tried("--every", "8")
    assert found["wrong"] == {}
    assert found["proxied"] == 0
    assert {"direct", "redirect", "DNS", "rebinding", "posts", "uploads"} == set(found["tried"])
    assert sum(found["tried"].values()) > 1500
    assert found["public"] > 200, "what leads there by way of a public server did ask that server"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_no_form_in_any_field_reaches_a_private_address_all_of_them():
    found = tried("--every", "1")
    assert found["wrong"] == {}
    assert found["proxied"] == 0
    assert found["public"] > 2000


def test_with_the_defence_off_the_same_addresses_are_reached():
    """The defence off (a setting of closed networks): the watch sees connections to what may never be asked."""
    found = tried("--off", "--every", "31")
    reached = {where.rpartition(":")[0] for where in found["wrong"]}
    assert {"127.0.0.1", "169.254.169.254", "10.0.0.5", "fd00::5", "100.64.0.1"} <= reached
    assert len(reached) > 25
