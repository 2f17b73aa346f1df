"""The SFTP service: SSH with nothing in it but the folders of the department that logs in."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import asyncssh

from dashboards.login_limit import LoginLimit
from foundation.secret_files import secret_setting
from ingestion.contracts import load_catalog
from sanbao.servers.keys import kept_secret
from sanbao.servers.sftp_accounts import Accounts
from sanbao.servers.sftp_folder import DepartmentFolder, remove_drafts
from sanbao.settings import Settings, keep_private

_LOG = logging.getLogger("sanbao.sftp")


def accounts(settings: Settings) -> Accounts:
    """An account for every department that has a contract: a new one appears by itself."""
    folder = settings.home / "sftp"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Accounts(folder, tuple(load_catalog().departments))


class Door(asyncssh.SSHServer):  # type: ignore[misc]  # asyncssh is in the image only
    """One connection: who comes, and whether he may."""

    def __init__(self, known: Accounts, limit: LoginLimit) -> None:
        self._accounts, self._limit = known, limit
        self._address = ""
        self._connection: Any = None

    def connection_made(self, conn: Any) -> None:
        self._connection = conn
        self._address = str(conn.get_extra_info("peername")[0])

    def begin_auth(self, username: str) -> bool:
        if keys := self._accounts.keys(username):
            self._connection.set_authorized_keys(asyncssh.import_authorized_keys(keys))
        return True

    def password_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        return await asyncio.to_thread(self._validate, username, password)

    def _validate(self, username: str, password: str) -> bool:
        if self._limit.attempt(username, self._address):
            _LOG.warning("login refused for some minutes: %s", self._address)
            return False
        if not self._accounts.password_is(username, password):
            _LOG.warning("wrong password: %s", self._address)
            return False
        self._limit.succeeded(username, self._address)
        _LOG.info("logged in: %s from %s", username, self._address)
        return True


async def listen(settings: Settings) -> Any:
    """Start to listen; returns asyncssh's acceptor."""
    known = accounts(settings)
    limit = LoginLimit(known.folder / "logins.db")
    remove_drafts(settings.home)
    return await asyncssh.listen(
        settings.host,
        settings.sftp_port,
        server_factory=lambda: Door(known, limit),
        server_host_keys=[asyncssh.import_private_key(_host_key(settings))],
        sftp_factory=lambda channel: DepartmentFolder(channel, settings),
        sftp_version=3,
        allow_scp=False,
        agent_forwarding=False,
        login_timeout=60,
        keepalive_interval=30,
        keepalive_count_max=4,
    )


def serve(settings: Settings) -> None:
    """Until the process is ended."""
    keep_private()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # Asyncssh tells at this level what a client does with which file; a file's name may be a person's.
    asyncssh.set_log_level(logging.WARNING)

    async def forever() -> None:
        acceptor = await listen(settings)
        _LOG.info("listening on %s:%s", settings.host, settings.sftp_port)
        await acceptor.wait_closed()

    asyncio.run(forever())


def _host_key(settings: Settings) -> str:
    def make() -> str:
        key = asyncssh.generate_private_key("ssh-ed25519")
        return str(key.export_private_key().decode("ascii"))

    return secret_setting("SANBAO_SFTP_HOST_KEY") or kept_secret(settings.secrets / "sftp_host_key", make)
