"""openbadgeslib in a process of its own: reads a job from standard input, prints what it said and how long it took.

Its own ways are called as its documentation shows: `OB3LdpVerifier`, `OB3Verifier`, `OB2Verifier`.
"""

from __future__ import annotations

import json
import sys
import time


def judge(case: dict, key: str, text: str):
    """Return a function that verifies once, and raises when the badge is not good."""
    kind = case["kind"]
    if kind == "ldp":
        from openbadgeslib.ob3.ldp import OB3LdpVerifier

        return lambda: OB3LdpVerifier(pubkey_pem=key).verify(text)
    if kind == "sd":
        from openbadgeslib.ob3.ldp import verify_data_integrity_proof

        return lambda: verify_data_integrity_proof(json.loads(text), key)
    if kind == "jwt":
        from openbadgeslib.ob3.verifier import OB3Verifier

        picture = bytes.fromhex(text)
        return lambda: OB3Verifier(pubkey_pem=key).verify(OB3Verifier.extract_token_from_png(picture))
    from openbadgeslib.ob2.verifier import OB2Verifier

    pages = {url: body.encode() for url, body in case["pages"].items()}
    if kind == "hosted":
        return lambda: OB2Verifier(download=pages.__getitem__).verify_hosted(text)
    return lambda: OB2Verifier(download=pages.__getitem__).verify(text)


def verdict(case: dict, text: str) -> str:
    """Return good, bad, or why the peer cannot tell."""
    try:
        judge(case, case["key"], text)()
    except Exception as error:  # noqa: BLE001 # whatever a peer raises is its no
        return f"bad: {type(error).__name__}: {error}"[:200]
    return "good"


def times(run, seconds: float) -> list[float]:
    """Return the processor time of single runs, in ms."""
    taken = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(taken) < (5 if seconds else 1):
        began = time.process_time_ns()
        run()
        taken.append((time.process_time_ns() - began) / 1e6)
    return sorted(taken)


def main() -> None:
    """Answer the job."""
    job = json.load(sys.stdin)
    for case in job["cases"]:
        if case["kind"] == "jcs":
            continue  # it knows none of these suites
        good, bad = verdict(case, case["text"]), verdict(case, case["tampered"])
        answer = {"name": case["name"], "good": good, "bad": bad}
        if good == "good" and bad != "good":
            answer["times"] = times(judge(case, case["key"], case["text"]), job["seconds"])
        print(json.dumps(answer), flush=True)


main()
