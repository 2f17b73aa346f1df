"""Who may enter what, whose it is, and whether this account can write where a night writes."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from sanbao.checks.findings import Finding, found
from sanbao.settings import Settings

AREA = "permissions"
WRITTEN = (
    "inbox", "archive", "lake", "warehouse", "serving", "returned", "reports", "metrics", "run", "logs",
)  # fmt: skip
# A home within the home, for as long as a drill lasts: its folders have modes of their own, behind 0700.
_DRILL = "backups/.drill"


def check(settings: Settings) -> Iterator[Finding]:
    from ingestion.lake.modes import mode_faults

    home = settings.home
    if not home.exists():
        return
    wrong = [*_not_ours(home), *_not_writable(home)]
    for fault in mode_faults(home):
        if fault.path.startswith(_DRILL):
            continue
        if fault.most is None:
            wrong.append(found("NOTE", "PATH_UNKNOWN", AREA, path=fault.path))
        else:
            values = {"path": fault.path, "mode": f"{fault.mode:04o}", "most": f"{fault.most:04o}"}
            wrong.append(found("ERROR", "MODE_TOO_OPEN", AREA, **values))
    yield from wrong
    if not wrong:
        yield found("OK", "MODES_GOOD", AREA)


def _not_ours(home: Path) -> Iterator[Finding]:
    """Files of another account: somebody ran a command as root, and the next night cannot write over them."""
    owner = home.stat().st_uid
    if os.geteuid() != owner:
        yield found("NOTE", "RUN_AS_OTHER", AREA, account=_account(os.geteuid()), owner=_account(owner))
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home).parts
        # What lies in a department's inbox is its own.
        is_clerks = inside[0] == "inbox" and len(inside) > 2 and not inside[1].startswith(".")
        if not is_clerks and not path.is_symlink() and (uid := path.stat().st_uid) != owner:
            values = {"path": "/".join(inside), "account": _account(uid), "owner": _account(owner)}
            yield found("ERROR", "OWNER_OTHER", AREA, **values)


def _not_writable(home: Path) -> Iterator[Finding]:
    for name in ("", *WRITTEN):
        folder = home / name
        if not folder.exists():
            continue
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
        if read_only or not os.access(folder, os.W_OK | os.X_OK):
            yield found("ERROR", "NOT_WRITABLE", AREA, path=name or str(home))


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
