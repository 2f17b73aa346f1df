"""What a person decides about a received file: let it through, try it again, or withdraw it.

A decision is written down under `archive/decisions/` before it takes effect; whatever is killed in
between, the next run gives effect to what is written. A file that is judged again becomes known at
the moment of the decision: what was known before stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from foundation.files import write_bytes
from ingestion.checking.batch import Group
from ingestion.contracts import Catalog
from ingestion.lake.decided import write_decided
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.numbers import remember
from ingestion.lake.records import (
    STAMP,
    Outcome,
    Receipt,
    Waiver,
    is_settled,
    receipts,
    recorded_outcomes,
)
from ingestion.lake.sealed import sealed
from ingestion.lake.withdrawals import withdrawals
from ingestion.messages.problems import WAIVABLE
from ingestion.pipeline.load import load_file
from ingestion.receiving.numbering import arriving, last_number
from ingestion.receiving.receipts import apply_decisions
from ingestion.text.masking import mask_ids

_SHORTEST = 6  # characters of a hash or batch id that name a file


class DecisionError(ValueError):
    """What was asked cannot be done: a stable code and the words for its sentence."""

    def __init__(self, code: str, **words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class _Named:
    """A received file, and those of its outcomes that were asked for."""

    receipt: Receipt
    outcomes: tuple[Outcome, ...]


def accept(
    home: Home,
    catalog: Catalog,
    what: str,
    *,
    reason: str,
    by: str,
    now: datetime | None = None,
) -> list[Outcome]:
    """Let a refused file through the limits; doing it again changes nothing.

    `what` is a file name, or the beginning of a hash or batch id. Raises DecisionError where the name
    is unknown or not unique, the file was not refused or not for a limit, or a newer one has come.
    """
    apply_decisions(home)
    named = _named(home, what)
    begun = [one for one in named if one.receipt.waiver and not is_settled(home, one.receipt)]
    if len(begun) == 1:
        return _load(home, catalog, begun[0].receipt)
    refused = [entry for entry in named if _refused(entry)]
    done = [entry for entry in named if entry.receipt.waiver and entry not in refused]
    if not refused and len(done) == 1:
        return list(done[0].outcomes)
    entry = _only(refused or named, what)
    wanted = [outcome for outcome in _refused(entry) if outcome.reason_code in WAIVABLE]
    if not _refused(entry):
        raise DecisionError("NOT_REFUSED", file=entry.receipt.file_name)
    if not wanted:
        detail = "；".join(outcome.reason or "" for outcome in _refused(entry))
        raise DecisionError("NOT_WAIVABLE", file=entry.receipt.file_name, detail=detail)
    for outcome in wanted:
        if newer := _replaced_by(home, catalog, outcome):
            raise DecisionError("NEWER_FILE", file=entry.receipt.file_name, newer=newer)
    codes = tuple(sorted({outcome.reason_code or "" for outcome in wanted}))
    waiver = Waiver(by=by, reason=mask_ids(reason), codes=codes)
    return _judge_again(home, catalog, entry, wanted, waiver, now)


def retry(home: Home, catalog: Catalog, what: str, *, now: datetime | None = None) -> list[Outcome]:
    """Judge a refused file once more, by the contracts as they are now; raises DecisionError as `accept`."""
    named = _named(home, what)
    entry = _only([one for one in named if _refused(one)] or named, what)
    if not (wanted := _refused(entry)):
        raise DecisionError("NOT_REFUSED", file=entry.receipt.file_name)
    return _judge_again(home, catalog, entry, wanted, None, now)


def withdraw(
    home: Home,
    what: str,
    *,
    reason: str,
    by: str,
    now: datetime | None = None,
) -> list[Outcome]:
    """End-date what a file brought, or one batch of it; returns the outcomes that hold no longer.

    Of a file of which nothing was taken the refusal is: nobody waits any longer for it to be mended, and no
    figure says that it lacks. Corrections fall with what they correct. The same bytes may be dropped again:
    a new delivery. Raises DecisionError where the name is unknown or not unique, was withdrawn before, or
    nothing of it stands.
    """
    named = _named(home, what)
    gone = withdrawals(home)
    open_ = {entry.receipt.sha256: _standing(entry, gone) for entry in named}
    entry = _only([one for one in named if open_[one.receipt.sha256]] or named, what)
    wanted = open_[entry.receipt.sha256]
    if not wanted:
        was = any(outcome.batch_id in gone for outcome in entry.outcomes)
        raise DecisionError("ALREADY_WITHDRAWN" if was else "NOTHING_STANDS", file=entry.receipt.file_name)
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    with arriving(home):
        _write_withdrawal(home, wanted, entry.receipt.sha256, moment, by, reason)
    return wanted


def _write_withdrawal(
    home: Home, wanted: list[Outcome], sha256: str, moment: datetime, by: str, reason: str
) -> None:
    number = last_number(home) + 1
    rows = [
        {
            "batch_id": outcome.batch_id,
            "feed": outcome.feed,
            "withdrawn_no": number,
            "withdrawn_at": moment.replace(tzinfo=None).isoformat(),
            "withdrawn_by": by,
            "reason": mask_ids(reason),
        }
        for outcome in wanted
    ]
    write_decided(home, "withdrawal", f"withdrawal-{moment.strftime(STAMP)}-{sha256[:12]}", rows)
    remember(home, number)


def _named(home: Home, what: str) -> list[_Named]:
    """The received files that `what` names; raises DecisionError (FILE_NOT_RECEIVED)."""
    found: list[_Named] = []
    for receipt in receipts(home):
        outcomes = recorded_outcomes(home, receipt.sha256)
        names = _names(what)
        if names(receipt.sha256, receipt.file_name):
            found.append(_Named(receipt, tuple(outcomes)))
        elif own := tuple(o for o in outcomes if names(o.batch_id, o.file_name) or names(o.sha256, "")):
            found.append(_Named(receipt, own))
    if not found:
        raise DecisionError("FILE_NOT_RECEIVED", what=mask_ids(what))
    return found


def _names(what: str) -> Callable[[str, str], bool]:
    text = mask_ids(what.strip())
    return lambda key, name: name == text or (len(text) >= _SHORTEST and key.startswith(text))


def _only(entries: list[_Named], what: str) -> _Named:
    if len(entries) == 1:
        return entries[0]
    listed = "、".join(
        f"{entry.receipt.sha256[:12]}（{entry.receipt.received_at:%Y-%m-%d}）" for entry in entries
    )
    raise DecisionError("NOT_UNIQUE", what=mask_ids(what), found=listed)


def _refused(entry: _Named) -> list[Outcome]:
    return [outcome for outcome in entry.outcomes if outcome.delivery_state == "REFUSED"]


def _standing(entry: _Named, gone: dict[str, datetime]) -> list[Outcome]:
    """What a withdrawal takes back: what was taken of a file, else that it was refused."""
    open_ = [o for o in entry.outcomes if o.delivery_state != "DUPLICATE" and o.batch_id not in gone]
    return [o for o in open_ if o.delivery_state != "REFUSED"] or open_


def _replaced_by(home: Home, catalog: Catalog, refused: Outcome) -> str | None:
    """The name of a file that was taken since for everything that the refused one speaks for.

    Or of one that added payments to it: what would be lost is no longer what the refusal said.
    """
    if refused.feed is None:
        return None
    group = Group(refused.batch_id, refused.received_at, refused.received_no)
    history = History(home, catalog[refused.feed])
    return history.superseded_by(group) or history.added_since(group)


def _judge_again(
    home: Home,
    catalog: Catalog,
    entry: _Named,
    wanted: list[Outcome],
    waiver: Waiver | None,
    now: datetime | None,
) -> list[Outcome]:
    """Write the decision down, give effect to it, and load the file."""
    receipt, moment = entry.receipt, (now or datetime.now(UTC)).astimezone(UTC)
    again = {outcome.batch_id for outcome in wanted}
    everything = recorded_outcomes(home, receipt.sha256)
    with arriving(home):
        number = last_number(home) + 1
        decided = receipt.model_copy(
            update={
                "round": receipt.round + 1,
                "received_no": number,
                "received_at": moment,
                "arrived_at": receipt.arrived_at or receipt.received_at,
                "waiver": waiver,
                "kept": tuple(outcome for outcome in everything if outcome.batch_id not in again),
            }
        )
        record = {
            "decided_at": moment.isoformat(),
            "decision": "accept" if waiver else "retry",
            "batches": sorted(again),
            "receipt": decided.model_dump(mode="json"),
        }
        path = home.decisions / f"{moment.strftime(STAMP)}-{receipt.sha256[:12]}.json"
        write_bytes(sealed(record), path)
        apply_decisions(home)
        remember(home, number)
    return _load(home, catalog, decided)


def _load(home: Home, catalog: Catalog, decided: Receipt) -> list[Outcome]:
    """Load a file that was decided about; returns what came of the decision."""
    outcomes = load_file(home, catalog, decided)
    return [outcome for outcome in outcomes if outcome not in decided.kept]
