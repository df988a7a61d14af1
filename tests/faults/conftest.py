"""One battlefield for all faults: what a fault leaves behind is part of the next one's world."""

from collections.abc import Iterator

import pytest

from tests.faults.battlefield import Field, battlefield


@pytest.fixture(scope="session")
def field() -> Iterator[Field]:
    with battlefield() as field:
        yield field
