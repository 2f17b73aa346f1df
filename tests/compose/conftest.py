"""The stack for all tests of this folder: images of this checkout, brought up once, removed in the end."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import time
from collections.abc import Iterator

import pytest

from sanbao.settings import PROJECT_ROOT
from tests.compose.stack import Stack, engine_answers
from tests.conftest import AS_OF

# Its client for SFTP is in the environment of production only, which `make test-compose` installs.
collect_ignore = [] if importlib.util.find_spec("asyncssh") else ["departments.py", "test_stack.py"]


def _script(*command: str) -> None:
    subprocess.run(["sh", *command], cwd=PROJECT_ROOT, env={**os.environ, "DOCKER_BUILDKIT": "0"}, check=True)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if not engine_answers():
        pytest.skip("NO DOCKER ENGINE ANSWERS: the production stack was not tried at all")
    made = Stack(tmp_path_factory.mktemp("stack") / "secrets", AS_OF.isoformat())
    started = time.monotonic()
    _script("scripts/stand_in_images.sh")
    _script("scripts/images.sh")
    _script("scripts/secrets.sh", str(made.secrets))
    print(f"images: {time.monotonic() - started:.0f} s")
    made.down()  # what a test before this one was killed with
    started = time.monotonic()
    try:
        made.up()
        print(f"stack healthy: {time.monotonic() - started:.0f} s")
        yield made
    finally:
        made.down()
