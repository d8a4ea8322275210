"""The extension's own checks, run by its own tools: node's tests and Mozilla's linter (scripts/test runs tsc)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from passport.web.packaging import FIREFOX, file_name, package
from passport.web.pairing import Signed, hello_proof

HERE = Path(__file__).parent
EXTENSION = HERE.parents[1] / "extension"
NODE = shutil.which("node")
TOOLS = Path(os.environ.get("BADGE_PASSPORT_NODE_TOOLS", HERE)) / "node_modules" / ".bin"
"""Put there by scripts/test; by hand, `npm install --prefix tests/extension` serves too."""
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")


def needs_tool(name: str) -> pytest.MarkDecorator:
    reason = f"{name} is not installed: scripts/test does that where npm is"
    return pytest.mark.skipif(not (TOOLS / name).exists() or NODE is None, reason=reason)


def run(*command: object) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "NO_UPDATE_NOTIFIER": "1"}
    return subprocess.run(
        list(map(str, command)), check=False, capture_output=True, text=True, timeout=120, env=environment
    )


def failures(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if "not ok" in line or "error:" in line) or output


@needs_node
def test_the_detectors_and_all_else_that_is_pure():
    done = run(NODE, "--test", *sorted((HERE / "unit").glob("*.test.mjs")))
    assert done.returncode == 0, failures(done.stdout)
    (passed,) = re.findall(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
    assert int(passed) > 250, "all files were run"


@needs_node
def test_both_sides_sign_alike():
    """The same request has the same signature in the extension and in the daemon."""
    key, nonce, body = bytes(range(32)), "0123456789abcdef" * 2, '{"näme": "Käse 🧀"}'.encode()
    script = """
    const { authorization, proof } = await import(process.argv[1]);
    const [key, nonce, body] = process.argv.slice(2);
    const bytes = new TextEncoder().encode(body);
    const what = { method: "POST", port: "22343", target: "/api/v1/captures?x=1" };
    const request = { ...what, body: bytes, time: 1764000000000, nonce };
    const header = await authorization({ client: "00112233aabbccdd", key }, request);
    console.log(JSON.stringify([header, await proof(key, "22343", nonce)]));
    """
    done = run(NODE, "--input-type=module", "-e", script, EXTENSION / "lib/signing.js", key.hex(), nonce, body.decode())
    assert done.returncode == 0, done.stderr
    signed = Signed(
        method="POST", port=22343, target="/api/v1/captures?x=1", body=body, time_ms=1764000000000, nonce=nonce
    )
    header = f"Passport 00112233aabbccdd:1764000000000:{nonce}:{signed.signature(key)}"
    assert json.loads(done.stdout) == [header, hello_proof(key, 22343, nonce)]


@pytest.mark.slow
@needs_tool("web-ext")
def test_mozillas_linter_has_nothing_to_say(tmp_path):
    archive = tmp_path / file_name(EXTENSION, FIREFOX)
    archive.write_bytes(package(EXTENSION, FIREFOX))
    done = run(TOOLS / "web-ext", "lint", "--source-dir", archive, "--output", "json", "--no-config-discovery")
    found = json.loads(done.stdout)
    assert [message["code"] for message in found["errors"] + found["warnings"] + found["notices"]] == []
