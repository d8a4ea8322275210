"""The verifier beside its peers, in one run over the same files: ratios, the cold start, and 10,000 credentials.

    python tests/bench/bench_verifier.py [--peers FOLDER] [--seconds S] [--without-peers]

Peers: openbadgeslib (PyPI), @digitalbazaar/vc, @digitalcredentials/vc and verifier-core (npm), installed into FOLDER
(a temporary one if none is named; kept if named). Each runs warm in a process of its own, without a network where Linux
allows that, and is timed only over badges of which it says the right thing: good of the good one, bad of a changed one.
Ours gives its whole report; peers check what they check. Printed is processor time in milliseconds, of the quickest
tenth of the runs: so a busy machine hardly changes what is said.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "daemon")]

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from tests.bench.verifier_cases import Case, cases

from passport import verify
from passport.verification.canonical.contexts import bundled

HERE = Path(__file__).parent / "peers"
PYTHON_PEER = "openbadgeslib[ldp-sd]==4.6.3"
NODE_PEERS = (
    "@digitalbazaar/vc@7", "@digitalbazaar/data-integrity@2", "@digitalbazaar/eddsa-rdfc-2022-cryptosuite@1",
    "@digitalbazaar/ecdsa-sd-2023-cryptosuite@3", "@digitalcredentials/vc", "@digitalcredentials/data-integrity",
    "@digitalcredentials/eddsa-rdfc-2022-cryptosuite", "@digitalcredentials/verifier-core@1.0.0-beta.11",
)  # fmt: skip
COLD = "import sys; from passport import verify; print(verify(open(sys.argv[1], 'rb').read())[0].verdict)"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each badge and peer")
    parser.add_argument("--without-peers", action="store_true")
    options = parser.parse_args()
    made = cases()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.peers or Path(temporary)
        results = {"passport": ours(made, options.seconds)}
        if not options.without_peers:
            results |= peers(folder.resolve(), made, options.seconds)
        table(made, results)
        cold(made, Path(temporary), None if options.without_peers else folder.resolve())
    grow()


def ours(made: list[Case], seconds: float) -> dict[str, list[float]]:
    """Time our verifier, all checks of the report included."""
    found = {}
    for case in made:
        said = [verify(one, case.documents)[0].verdict.value for one in (case.file, case.tampered_file)]
        if said[0] != "verified" or said[1] == "verified":
            raise SystemExit(f"{case.name}: we say {said}")
        found[case.name] = timed(lambda case=case: verify(case.file, case.documents), seconds)
    return found


def timed(run: Any, seconds: float) -> list[float]:
    """Return the processor time of single runs, in ms, the quickest first."""
    taken = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.process_time_ns()
        run()
        taken.append((time.process_time_ns() - began) / 1e6)
    return sorted(taken)


def peers(folder: Path, made: list[Case], seconds: float) -> dict[str, dict[str, list[float]]]:
    """Install the peers, and let each answer."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "python" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "python", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PYTHON_PEER], check=True)
    if not (folder / "node_modules").exists():
        (folder / "package.json").write_text('{"type": "module", "private": true}')
        line = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *NODE_PEERS]
        subprocess.run(line, cwd=folder, check=True)
    job = {"seconds": seconds, "cases": [case.job() for case in made], "contexts": dict(bundled().texts)}
    found = {"openbadgeslib": answers([str(python), str(HERE / "openbadgeslib_peer.py")], job)}
    for name, title in (
        ("bazaar", "@digitalbazaar/vc"),
        ("credentials", "@digitalcredentials/vc"),
        ("core", "verifier-core"),
    ):
        found[title] = answers(["node", str(HERE / "node_peer.mjs"), name, str(folder)], job)
    return found


def answers(line: list[str], job: dict[str, Any]) -> dict[str, list[float]]:
    """Return a peer's times; say aloud where its verdict is wrong, so that nothing is timed."""
    alone = ["unshare", "-rn"] if shutil.which("unshare") and not subprocess.call(["unshare", "-rn", "true"]) else []
    done = subprocess.run([*alone, *line], input=json.dumps(job), text=True, capture_output=True, check=False)
    found = {}
    for text in done.stdout.splitlines():
        if not text.startswith('{"name":'):
            continue  # what a library says aloud
        answer = json.loads(text)
        if "times" in answer:
            found[answer["name"]] = answer["times"]
        else:
            print(f"not timed: {line[1:3]} says of {answer['name']}: {answer['good']} / changed: {answer['bad']}")
    if done.returncode:
        print(done.stderr[-800:])
    return found


def low(times: list[float]) -> float:
    """Return the mean of the quickest tenth: what the work costs when nobody else needs the processor."""
    best = times[: max(1, len(times) // 10)]
    return sum(best) / len(best)


def bare(case: Case) -> float | None:
    """Return the time of the signatures alone that a badge carries, in ms; None: it carries none."""
    data = b"x" * 64
    if case.kind == "hosted":
        return None
    if case.kind == "jws":
        key = rsa.generate_private_key(65537, 2048)
        signature = key.sign(data, padding.PKCS1v15(), SHA256())
        public = key.public_key()
        return low(timed(lambda: public.verify(signature, data, padding.PKCS1v15(), SHA256()), 0.3))
    if "ecdsa" in case.name:
        curve = ec.generate_private_key(ec.SECP256R1())
        signed = curve.sign(data, ec.ECDSA(SHA256()))
        point = curve.public_key()
        once = low(timed(lambda: point.verify(signed, data, ec.ECDSA(SHA256())), 0.3))
        return once * (signatures_in(case) if case.kind == "sd" else 1)
    edwards = ed25519.Ed25519PrivateKey.generate()
    mark = edwards.sign(data)
    public_key = edwards.public_key()
    return low(timed(lambda: public_key.verify(mark, data), 0.3))


def signatures_in(case: Case) -> int:
    """Return how many signatures a derived proof carries."""
    from passport.verification.suites_disclosure import parse_derived

    return 1 + len(parse_derived(json.loads(case.text)["proof"]["proofValue"]).signatures)


def table(made: list[Case], results: dict[str, dict[str, list[float]]]) -> None:
    """Print all times, and ours against the best peer and against the signatures alone."""
    names = list(results)
    print(f"{'ms':26}" + "".join(f"{name:>24}" for name in names) + f"{'signatures alone':>18}{'best peer / ours':>18}")
    for case in made:
        row = {name: low(results[name][case.name]) for name in names if case.name in results[name]}
        rivals = [value for name, value in row.items() if name != "passport"]
        alone = bare(case)
        cells = "".join(f"{row[name]:24.3f}" if name in row else f"{'-':>24}" for name in names)
        ratio = f"{min(rivals) / row['passport']:.1f}" if rivals else "-"
        print(f"{case.name:26}{cells}" + (f"{alone:18.3f}" if alone else f"{'-':>18}") + f"{ratio:>18}")


def cold(made: list[Case], folder: Path, peers_in: Path | None) -> None:
    """Print how long a new process takes to its first verdict, and what `import passport` costs of that."""
    environment = {"PYTHONPATH": str(ROOT / "daemon"), "PATH": "/usr/bin:/bin"}
    for title, text in (("nothing", "pass"), ("import passport", "import passport")):
        spent = process_time([sys.executable, "-c", text], environment)
        print(f"processor time of a new process, {title}: {spent:.0f} ms")
    for case in made:
        file = folder / "badge"
        file.write_bytes(case.file)
        times = [f"passport {process_time([sys.executable, '-c', COLD, str(file)], environment):.0f}"]
        for title, line in rivals(peers_in, case.kind) if peers_in else []:
            job = json.dumps({"seconds": 0, "cases": [case.job()], "contexts": dict(bundled().texts)})
            times.append(f"{title} {process_time(line, environment, job):.0f}")
        print(f"processor time of a new process, first verdicts, {case.name}: {', '.join(times)} ms")


def rivals(folder: Path, kind: str) -> list[tuple[str, list[str]]]:
    """Return the peers that can tell of a kind (they say it three times: of the good one twice, and of the changed)."""
    node = shutil.which("node") or "node"
    bazaar = ("@digitalbazaar/vc", [node, str(HERE / "node_peer.mjs"), "bazaar", str(folder)])
    python = ("openbadgeslib", [str(folder / "python" / "bin" / "python"), str(HERE / "openbadgeslib_peer.py")])
    return {"ldp": [bazaar, python], "sd": [bazaar], "jcs": []}.get(kind, [python])


def process_time(line: list[str], environment: dict[str, str], job: str = "") -> float:
    """Return the least processor time of several runs of a command, in ms."""
    least = float("inf")
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(line, env=environment, input=job, text=True, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least * 1000


def grow() -> None:
    """Print cost and memory over many credentials of mixed kinds, each its own."""
    print("cost for each of N mixed credentials in one process:")
    for count in (10, 100, 1_000, 10_000):
        files = mixed(min(count, 1_000))
        began = time.process_time()
        for number in range(count):
            file, documents = files[number % len(files)]
            verify(file, documents)
        each = (time.process_time() - began) * 1000 / count
        gc.collect()
        print(
            f"  {count:6}: {each:.3f} ms; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
        )


def mixed(count: int) -> list[tuple[bytes, Any]]:
    """Return credentials of all kinds by twenty issuers."""
    from tests.issuer import Issuer

    issuers = [Issuer(origin=f"https://issuer{number}.example") for number in range(20)]
    found = []
    for number in range(count):
        issuer = issuers[number % len(issuers)]
        if number % 4 == 0:
            found.append(json.dumps(issuer.prove(issuer.credential(), "eddsa-rdfc-2022")).encode())
        elif number % 4 == 1:
            found.append(json.dumps(issuer.prove(issuer.credential(), "eddsa-jcs-2022")).encode())
        elif number % 4 == 2:
            found.append(issuer.jwt().encode())
        else:
            found.append(json.dumps(issuer.assertion()).encode())
    documents = [issuer.documents() for issuer in issuers]
    return [(file, documents[number % len(issuers)]) for number, file in enumerate(found)]


main()
