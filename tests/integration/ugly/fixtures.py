"""The single ugly files: each module registers its own under the name of the function that makes it."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.ugly.layouts import clean
from tests.integration.ugly.sheets import Kit
from tests.integration.ugly.ugly import Expect, Ugly

FIXTURES: list[Ugly] = []
Bytes = Callable[[], bytes]


def ugly(kit: Kit, suffix: str, *expect: Expect) -> Callable[[Bytes], Bytes]:
    """Register a file that stands for a delivery of `kit`; all its rows land unless told."""

    def register(make: Bytes) -> Bytes:
        file_name = f"{kit.file_name}.{suffix}"
        FIXTURES.append(Ugly(make.__name__, kit.department, file_name, make, expect or (clean(kit),)))
        return make

    return register
