"""Cases made from the API's own description (schemathesis): no 5xx, and no answer that the description does not tell.

Whoever holds the owner's key sends them, over an empty vault without network. Left out is what takes paths of this
computer or ends the daemon: made-up paths are no test's to write to.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from tests.web.pages_material import passport_in

from passport.intake.road import Intake
from passport.settings import Settings

TOOL = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
TOUCHES_THE_COMPUTER = "^(shutdown|importAll|export|backup|restore|publish)$"
needs_schemathesis = pytest.mark.skipif(not TOOL.exists(), reason="schemathesis is not installed")


def intake_on(vault, workers, fetch, clock):
    return Intake(vault, workers, fetch, Settings(), clock)


async def run(folder: Path, *options: str) -> tuple[int, str]:
    """Let schemathesis ask a passport; return its status and what it says."""
    async with passport_in(folder, intake=intake_on) as passport:
        passport.put(name="Knots")
        address = passport.served.parts.address
        process = await asyncio.create_subprocess_exec(
            TOOL, "run", f"{address}/api/v1/openapi.json", "--url", address, "--no-color", "--no-shrink",
            "--header", f"Authorization: Bearer {passport.served.parts.owner_key}", "--checks", CHECKS,
            "--exclude-operation-id-regex", TOUCHES_THE_COMPUTER, "--phases", "examples,coverage,fuzzing",
             "--request-timeout", "60", "--warnings", "off",
            "--suppress-health-check", "all", *options,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
        try:
            said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
    return process.returncode or 0, said.decode()


@needs_schemathesis
@pytest.mark.slow
async def test_made_up_requests_get_declared_answers(tmp_path: Path):
    status, said = await run(tmp_path, "--max-examples", "6", "--generation-deterministic")
    assert status == 0, said


@needs_schemathesis
@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_ten_thousand_made_up_requests(tmp_path: Path):
    status, said = await run(tmp_path, "--max-examples", "350", "--generation-database", ":memory:")
    print(said[-2000:])
    assert status == 0, said
