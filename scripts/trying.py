"""A copy of the tree in which something is changed, and tests that are run there in forked children.

The libraries are loaded once, before the fork, so that a try costs a second and not four.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "__pycache__", ".hypothesis", ".*_cache", "*.egg-info"
)
CHOSEN = "not browser and not long and not clock"
LONGEST_CPU_S = 90
LONGEST_S = 900
PRELOADED = (
    "pytest", "_pytest.assertion.rewrite", "pytest_asyncio", "hypothesis", "hypothesis.strategies", "aiohttp.web",
    "aiohttp.pytest_plugin", "cryptography.x509", "cryptography.hazmat.primitives.asymmetric.ed25519", "pyld",
    "msgspec", "jinja2", "tinydb", "keyring", "nh3", "markdown_it", "PIL.Image", "pypdf", "rich.console", "click",
    "babel.dates",
)  # fmt: skip


def preload() -> None:
    """Load what most tests need, but nothing of ours."""
    for name in PRELOADED:
        __import__(name)


def copy_tree(folder: Path) -> None:
    """Bring the copy up to date; what is in it besides stays."""
    for name in ("daemon", "tests", "scripts", "extension"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name, ignore=SKIPPED, symlinks=True)
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy2(file, folder / file.name)
    invalidation = ["--invalidation-mode", "checked-hash"]  # a change of the same length in the same second is seen
    subprocess.run([sys.executable, "-m", "compileall", "-q", *invalidation, str(folder / "daemon")], check=True)


def environment(folder: Path) -> dict[str, str]:
    path = os.pathsep.join((str(folder / "daemon"), str(folder)))
    return {**os.environ, "PYTHONPATH": path, "HYPOTHESIS_DATABASE_FILE": str(folder / ".hypothesis")}


def run_child(folder: Path, tests: list[str]) -> str:
    child = os.fork()
    if child == 0:
        run_tests(folder, tests)
    end = time.monotonic() + LONGEST_S
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "hung"
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what it left running
    if os.WIFSIGNALED(status):
        return "hung" if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL} else "crashed"
    return "SURVIVED" if os.WEXITSTATUS(status) in {0, 5} else "killed"


def run_tests(folder: Path, tests: list[str]) -> None:
    """Become the tests; never returns."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_S, LONGEST_CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    os.chdir(folder)
    os.environ.update(environment(folder))
    sys.path[:0] = [str(folder), str(folder / "daemon")]
    out = os.open(folder / "last-run.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.argv = ["pytest"]
    import pytest  # noqa: PLC0415 (loaded already, before the fork)

    # a mutant that cannot be collected is noticed, too; long lists of tests go by their files
    chosen = tests if len(tests) <= 400 else sorted({test.partition("::")[0] for test in tests})
    code = 3
    try:
        code = int(pytest.main(["-x", "-m", CHOSEN, "-p", "no:cacheprovider", "-p", "no:rerunfailures", *chosen]))
    finally:
        os._exit(code)
