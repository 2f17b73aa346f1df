"""The deliveries of a feed and which of them a newer one replaces, and what of a file came before.

What loading has to know to judge a file by those before it; what became of files and rows since is the
warehouse's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ingestion.checking.arrival import Arrival, arrival_of
from ingestion.checking.batch import Group
from ingestion.contracts import Contract
from ingestion.lake.batch_files import batches, read, rows_ending
from ingestion.lake.home import Home
from ingestion.lake.parquet import read_parquet
from ingestion.lake.result import File, batch_stem
from ingestion.lake.rows import Part, held_parts
from ingestion.lake.schema import DELIVERY
from ingestion.lake.withdrawals import withdrawal_arrivals
from ingestion.messages.problems import MISPLACED

_FIELDS = [
    "batch_id",
    "received_no",
    "received_at",
    "arrived_at",
    "delivery_state",
    "reason_code",
    "corrects_batch_id",
]


@dataclass(frozen=True)
class History:
    """The deliveries of one feed, read once."""

    home: Home
    contract: Contract
    without: str = ""  # a batch that is being judged: an earlier, killed load of it says nothing

    @cached_property
    def deliveries(self) -> list[dict[str, Any]]:
        """The rows of `lake/delivery/`."""
        rows = rows_ending(self.home, "delivery", f"-{self.contract.feed}")
        return [row for row in rows if row["batch_id"] != self.without]

    @cached_property
    def withdrawn(self) -> set[str]:
        """The batches that were withdrawn."""
        paths = sorted((self.home.lake / "withdrawal").glob("*.parquet"))
        return {batch for path in paths for batch in read_parquet(path)["batch_id"].to_pylist()}

    @cached_property
    def parts(self) -> list[dict[str, Any]]:
        """The delivery parts of batches that were landed to the end and not withdrawn."""
        finished = {d["batch_id"] for d in self.deliveries} - self.withdrawn
        rows = rows_ending(self.home, "delivery_part", f"-{self.contract.feed}")
        return [r for r in rows if r["batch_id"] in finished and r["group_batch_id"] not in self.withdrawn]

    @cached_property
    def _by_batch(self) -> dict[str, dict[str, Any]]:
        return {delivery["batch_id"]: delivery for delivery in reversed(self.deliveries)}

    @cached_property
    def _corrections(self) -> dict[str, list[dict[str, Any]]]:
        """Batch → the deliveries that correct it."""
        found: dict[str, list[dict[str, Any]]] = {}
        for delivery in self.deliveries:
            if base := delivery["corrects_batch_id"]:
                found.setdefault(base, []).append(delivery)
        return found

    def delivery(self, batch_id: str) -> dict[str, Any] | None:
        return self._by_batch.get(batch_id)

    def group_of(self, delivery: dict[str, Any]) -> Group:
        """The group of a delivery: its own, or that of the delivery it corrects."""
        root = self.delivery(delivery["corrects_batch_id"] or "") or delivery
        return Group(root["batch_id"], root["received_at"].replace(tzinfo=UTC), arrival_of(root).number)

    def members(self, group: Group) -> list[str]:
        """The batches of a group in the order they came, withdrawn ones left out."""
        found = self._corrections.get(group.batch_id, ())
        ordered = sorted(found, key=lambda d: (arrival_of(d), d["batch_id"]))
        batches = [group.batch_id, *(d["batch_id"] for d in ordered)]
        return [batch for batch in batches if batch not in self.withdrawn]

    @property
    def adds_up(self) -> bool:
        """Whether the feed's batches add up instead of replacing one another."""
        contract = self.contract
        return contract.delivery == "events" and bool(contract.key) and not contract.period_by

    def stands(self, delivery: dict[str, Any]) -> bool:
        """Whether neither a delivery nor the one that it corrects was withdrawn."""
        return not self.withdrawn & {delivery["batch_id"], delivery["corrects_batch_id"]}

    def own_parts(self, group: Group) -> set[Part]:
        """What a group speaks for: the parts of its rows, and those of which every row is held."""
        own = {(p["period"], p["part"]) for p in self.parts if p["group_batch_id"] == group.batch_id}
        held = held_parts(self.home, group.batch_id)
        return own | {(period, part) for period, part in held if self._is_known(period, part)}

    def newer_parts(self, group: Group) -> dict[Part, str]:
        """The parts of the feed that a file newer than `group` holds, and the batch of the newest."""
        if self.adds_up:
            return {}
        ages = sorted(
            (arrival_of(p, "group_"), p["group_batch_id"], (p["period"], p["part"]))
            for p in self.parts
            if not p.get("adds")
        )
        return {part: batch for at, batch, part in ages if (at, batch) > (group.arrival, group.batch_id)}

    def superseded_by(self, group: Group) -> str | None:
        """The name of the newest file when newer ones hold in all parts of `group`."""
        own, newer = self.own_parts(group), self.newer_parts(group)
        if not own or not own <= newer.keys():
            return None
        found = [d for part in own if (d := self.delivery(newer[part]))]
        last = max(found, key=lambda d: (arrival_of(d), d["batch_id"]), default=None)
        return str(last["file_name"]) if last else None

    def added_since(self, group: Group) -> str | None:
        """The name of the newest file that was added, since `group` came, to a part it speaks for."""
        own = self.own_parts(group)
        added = [p for p in self.parts if p.get("adds") and (p["period"], p["part"]) in own]
        newer = [p for p in added if arrival_of(p, "group_") > group.arrival]
        last = max(newer, key=lambda p: (arrival_of(p, "group_"), p["group_batch_id"]), default=None)
        delivery = self.delivery(last["group_batch_id"]) if last else None
        return str(delivery["file_name"]) if delivery else None

    def standing_parts(self, period: str, part: str) -> list[dict[str, Any]]:
        """The delivery parts that hold of one part of a period, of every group that has a say in it."""
        found = [p for p in self.parts if (p["period"], p["part"]) == (period, part)]
        return found if self.adds_up else standing(found)

    def _is_known(self, period: str | None, part: str | None) -> bool:
        """A held row whose period or part could not be read is of no part that another file could hold."""
        contract = self.contract
        texts = [period, *((part or "").split("|") if contract.part_by else ())]
        texts += (period or "").split("|") if contract.period_by else ()
        return part is not None and all(texts)


def standing(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the delivery parts of one part of a period those that hold: the last that replaced what was
    there before, and what was added to it since."""

    def age(part: dict[str, Any]) -> tuple[Arrival, str]:
        return arrival_of(part, "group_"), part["group_batch_id"]

    replacing = [age(part) for part in parts if not part.get("adds")]
    return [part for part in parts if not replacing or age(part) >= max(replacing)]


def numbered(home: Home, file: File) -> File:
    """`file` with the number of its round: one more than those that are over."""
    withdrawn = withdrawal_arrivals(home)
    number = 1
    while any(_is_over(d, withdrawn, file) for d in _deliveries(home, file.sha256, number)):
        number += 1
    return replace(file, number=number)


def landed_before(home: Home, file: File, feed: str | None) -> bool:
    """Whether these bytes brought this feed already, in another archive or in an earlier round."""
    withdrawn = withdrawal_arrivals(home)
    for number in range(1, file.number + 1):
        for delivery in _deliveries(home, file.sha256, number):
            ours = delivery["batch_id"].endswith(f"-{feed or 'unmatched'}")
            misplaced = delivery["reason_code"] in MISPLACED
            if (
                ours
                and not misplaced
                and _is_earlier(delivery, file)
                and not _is_over(delivery, withdrawn, file)
            ):
                return True
    return False


def known_since(home: Home, file: File) -> datetime | None:
    """When what is in `file` came first and was taken, as far as it was."""
    found = [d for number in range(1, file.number + 1) for d in _deliveries(home, file.sha256, number)]
    moments = [d["arrived_at"] or d["received_at"] for d in found if _is_earlier(d, file)]
    return min(moments).replace(tzinfo=UTC) if moments else None


def _deliveries(home: Home, sha256: str, number: int) -> list[dict[str, Any]]:
    found = batches(home, "delivery", f"{batch_stem(sha256, number)}-")
    tables = [read(home, "delivery", batch_id, _FIELDS, DELIVERY) for batch_id in found]
    return [row for table in tables if table is not None for row in table.to_pylist()]


def _is_earlier(delivery: dict[str, Any], file: File) -> bool:
    return arrival_of(delivery) < file.arrival


def _is_over(delivery: dict[str, Any], withdrawn: dict[str, Arrival], file: File) -> bool:
    """Withdrawn, or refused for what it contains, before `file` came."""
    if not _is_earlier(delivery, file):
        return False
    moments = [at for key in ("batch_id", "corrects_batch_id") if (at := withdrawn.get(delivery[key]))]
    refused = delivery["delivery_state"] == "REFUSED" and delivery["reason_code"] not in MISPLACED
    return refused or any(moment < file.arrival for moment in moments)
