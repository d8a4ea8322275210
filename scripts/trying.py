"""A copy of the tree in which something is changed, and tests that are run there in forked children.

The program and its tests are loaded once, before the fork. A change within functions is put in their place in the
child (and on the disk, for processes that the tests start); for any other the child loads all of ours again.
"""

from __future__ import annotations

import io
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "__pycache__", ".hypothesis", ".*_cache", "*.egg-info"
)
CHOSEN = "not browser and not long and not clock"
LONGEST_CPU_S = 300
LONGEST_S = 900
LONGEST_TEST_S = 120
"""A test that hangs for so long has noticed something."""
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


def load(folder: Path, tests: list[str]) -> None:
    """Load the tests and the program, too."""
    enter(folder)
    import pytest  # noqa: PLC0415 (loaded by `preload`)

    with redirect_stdout(io.StringIO()):
        pytest.main(["--collect-only", "-p", "no:cacheprovider", *tests])


def forget(folder: Path) -> None:
    """Load what is ours again when it is next needed."""
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}") or name.startswith("passport"):
            del sys.modules[name]


def enter(folder: Path) -> None:
    os.chdir(folder)
    os.environ.update(environment(folder))
    sys.path[:0] = [path for path in (str(folder), str(folder / "daemon")) if path not in sys.path]


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
    return {**os.environ, "PYTHONPATH": path}


def run_child(
    folder: Path, tests: list[str], change: Callable[[], bool] = lambda: True, *, marked: str = CHOSEN
) -> str:
    """Run the tests in a child, with a change that is made there; where it says that it cannot be, all is loaded."""
    child = os.fork()
    if child == 0:
        if not change():
            forget(folder)
        run_tests(folder, tests, marked)
    end = time.monotonic() + LONGEST_S
    done = status = 0
    try:
        while not done:
            if time.monotonic() > end:
                return "slow"  # a busy machine; what hangs is ended by its processor time or by the time for one test
            time.sleep(0.02)
            done, status = os.waitpid(child, os.WNOHANG)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # and what it left running
        if not done:
            os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "hung" if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL} else "crashed"
    if os.WEXITSTATUS(status) == 4:
        raise RuntimeError(
            f"A test of the list is not there: {(folder / 'last-run.txt').read_text(errors='replace')[-500:]}"
        )
    return "SURVIVED" if os.WEXITSTATUS(status) in {0, 5} else "killed"


def failed_first(folder: Path) -> str:
    """Return the test that failed in the last run; "" where none did: nothing could be collected, say."""
    said = (folder / "last-run.txt").read_text(errors="replace")
    found = re.search(r"^(?:FAILED|ERROR) (tests/\S+::.*?)(?: - .*)?$", said, re.MULTILINE)
    return found[1] if found else ""


def run_tests(folder: Path, tests: list[str], marked: str = CHOSEN) -> None:
    """Become the tests; never returns."""
    os.setpgid(0, 0)  # not a session of its own, which Linux would schedule as one, without our niceness
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_S, LONGEST_CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    enter(folder)
    out = os.open(folder / "last-run.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.argv = ["pytest"]
    import pytest  # noqa: PLC0415 (loaded already, before the fork)

    # a mutant that cannot be collected is noticed, too; long lists of tests go by their files
    chosen = tests if len(tests) <= 400 else sorted({test.partition("::")[0] for test in tests})
    code = 3
    try:
        said = ["-x", "-m", marked, "-pno:cacheprovider", "-pno:rerunfailures", f"--timeout={LONGEST_TEST_S}"]
        said += ["-o", "faulthandler_timeout=0"]  # its thread's lock may be held by who forked us
        code = int(pytest.main([*said, *chosen]))
    finally:
        os._exit(code)
