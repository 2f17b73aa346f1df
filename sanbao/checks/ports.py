"""Ports: taken by something that is none of ours, and ours open where SANBAO_HOST does not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sanbao.checks.findings import Finding, found
from sanbao.servers import airflow, superset
from sanbao.servers.processes import Listener, listeners, who
from sanbao.settings import Settings, compose_secrets

AREA = "ports"
_LOOPBACK = ("127.", "::1", "::ffff:127.")
_ANYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104
# What publishes a container's port on the machine: of the compose file, where there is one.
_OF_DOCKER = frozenset({"docker-proxy", "rootlessport"})


def check(settings: Settings, sockets: Sequence[Listener] | None = None) -> Iterator[Finding]:
    if settings.superset_url:
        # In a container: the ports are the machine's, and its own are reached by no one outside.
        yield found("OK", "PORTS_ELSEWHERE", AREA)
        return
    all_sockets = listeners() if sockets is None else sockets
    ours = {**airflow.family(settings), **superset.family(settings.home)}
    wanted = {
        "SANBAO_AIRFLOW_PORT": settings.airflow_port,
        "SANBAO_SUPERSET_PORT": settings.superset_port,
        "SANBAO_SFTP_PORT": settings.sftp_port,
    }
    wrong = [
        finding
        for name, port in wanted.items()
        for socket in all_sockets
        if socket.port == port
        for finding in _of_port(settings, name, socket, ours)
    ]
    # Whatever a program of ours opened beside it.
    wrong += [
        _elsewhere(settings, ours[each.pid], each)
        for each in all_sockets
        if each.pid in ours and each.port not in wanted.values() and not _allowed(settings, each.address)
    ]
    yield from wrong
    if not wrong:
        said = "、".join(map(str, wanted.values()))
        yield found("OK", "PORTS_GOOD", AREA, ports=said, host=settings.host)


def _of_port(settings: Settings, name: str, socket: Listener, ours: dict[int, str]) -> Iterator[Finding]:
    process = who(socket.pid) if socket.pid else None
    by_docker = process is not None and process.name in _OF_DOCKER and compose_secrets() is not None
    if socket.pid in ours or by_docker:
        if not _allowed(settings, socket.address):
            yield _elsewhere(settings, ours.get(socket.pid, "docker"), socket)
    elif process is None:
        yield found("NOTE", "PORT_UNKNOWN", AREA, port=socket.port, name=name)
    elif _meets(settings.host, socket.address):
        values = {"port": socket.port, "name": name, "pid": process.pid, "program": process.name}
        yield found("ERROR", "PORT_TAKEN_BY", AREA, **values)


def _elsewhere(settings: Settings, program: str, socket: Listener) -> Finding:
    values = {"program": program, "address": socket.address, "port": socket.port}
    return found("ERROR", "LISTENS_ELSEWHERE", AREA, host=settings.host, **values)


def _allowed(settings: Settings, address: str) -> bool:
    return settings.host in _ANYWHERE or address == settings.host or address.startswith(_LOOPBACK)


def _meets(host: str, address: str) -> bool:
    """Whether a socket at `address` keeps ours from `host`."""
    return host == address or host in _ANYWHERE or address in _ANYWHERE
