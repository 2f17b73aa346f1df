"""Departments' clerks with their SFTP programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import asyncssh

from tests.compose.stack import Stack

Act = Callable[[Any], Coroutine[Any, Any, Any]]


def _connect(stack: Stack, department: str, password: str) -> Any:
    host_key = asyncssh.import_private_key((stack.secrets / "sftp_host_key").read_text("ascii"))
    return asyncssh.connect(
        "127.0.0.1",
        stack.ports["sftp"],
        username=department,
        password=password,
        known_hosts=([host_key.convert_to_public()], [], []),
        client_keys=None,
    )


def as_department(stack: Stack, department: str, password: str, act: Act) -> Any:
    """What `act` gives, with an open SFTP session of this department."""

    async def session() -> Any:
        async with (
            _connect(stack, department, password) as connection,
            connection.start_sftp_client() as client,
        ):
            return await act(client)

    return asyncio.run(session())


def cut_off(stack: Stack, department: str, password: str, path: str) -> None:
    """Begin to upload, and be gone before its end, as when somebody pulls the cable."""

    async def session() -> None:
        connection = await _connect(stack, department, password)
        client = await connection.start_sftp_client()
        file = await client.open(path, "wb")
        await file.write(b"1,2\n" * 1000)
        connection.abort()
        await connection.wait_closed()

    asyncio.run(session())


def new_password(stack: Stack, department: str) -> str:
    return stack.sanbao("sftp", "password", department, service="sftp").strip()


def drop(stack: Stack, folder: Path, password: str) -> int:
    """Put every file of a department's folder into its inbox; returns how many."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())

    async def put(client: Any) -> None:
        for path in files:
            inside = Path("/inbox") / path.relative_to(folder)
            await client.makedirs(str(inside.parent), exist_ok=True)
            await client.put(str(path), str(inside))

    as_department(stack, folder.name, password, put)
    return len(files)
