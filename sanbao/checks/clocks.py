"""The clock: whether it stands where a night would believe it, and in the county's zone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from foundation.language import COUNTY_TIME
from sanbao.checks.findings import Finding, found
from sanbao.settings import Settings

AREA = "clock"


def check(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Against the last run whose clock was believed, and against the newest receipt itself."""
    from ingestion import Home
    from ingestion.lake.sealed import RecordDamagedError
    from ingestion.receiving.clock import ClockJumpedError, ClockRule, credible, last_seen, newest_receipt

    home = Home(settings.home)
    here = now.astimezone(COUNTY_TIME)
    local = time.localtime(now.timestamp()).tm_gmtoff
    if here.utcoffset() != timedelta(seconds=local):
        yield found("NOTE", "ZONE_OTHER", AREA, zone=COUNTY_TIME.key, hours=f"{local / 3600:+g}")
    try:
        last, receipt = last_seen(home), newest_receipt(home)
        credible(home, now, ClockRule(settings.clock_jump_days))
    except ClockJumpedError as error:
        code = "CLOCK_BACK" if error.now < error.last else "CLOCK_AHEAD"
        yield found("ERROR", code, AREA, now=_said(error.now), last=_said(error.last))
        return
    except RecordDamagedError as error:
        yield found("ERROR", "CLOCK_UNKNOWN", AREA, path=f"{error.path.parent.name}/{error.path.name}")
        return
    newest = max((moment for moment in (last, receipt) if moment is not None), default=None)
    if newest is not None and now < newest:
        yield found("ERROR", "CLOCK_BACK", AREA, now=_said(now), last=_said(newest))
    else:
        yield found("OK", "CLOCK_GOOD", AREA, now=_said(now), zone=COUNTY_TIME.key)


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}"
