import pytest
from tests.web.served import Clock, passport


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def served(tmp_path, clock):
    async with passport(tmp_path / "home", clock) as running:
        yield running
