"""What became of a figure between two moments: who entered its list, who left, what came between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from reports.basis import Basis, Figure


@dataclass(frozen=True)
class Moved:
    """A member that is on the list at one of the two moments only, or counts otherwise."""

    change: str  # entered, left, changed
    role: str
    member_key: str
    town_name: str | None
    village_name: str | None
    register_household_no: str | None
    head_name: str | None
    person_name: str | None
    amount_before: Decimal | None
    amount_after: Decimal | None
    file_name: str | None  # in which it stands, or stood


@dataclass(frozen=True)
class Arrival:
    """What became known between the two moments: a file, its withdrawal, an override or its lift."""

    happened: str  # received, withdrawn, recorded, lifted
    happened_at: datetime
    department_name: str | None  # of an override: none
    feed_title: str  # of an override: the guarantee
    file_name: str  # of an override: its id
    delivery_state: str  # of an override: the state that it gives


@dataclass(frozen=True)
class Difference:
    """One figure at two moments."""

    before: Figure | None
    after: Figure | None
    moved: list[Moved]
    arrivals: list[Arrival]


_MEMBERS = """
    select m.role, m.member_key, m.town_name, m.village_name, h.register_household_no, h.head_name,
        p.person_name, m.amount, d.file_name
    from fct_figure_member m
    left join dim_household h on h.household_id = m.household_id
    left join (from dim_person qualify row_number() over (
        partition by person_key order by register_person_no) = 1) p on p.person_key = m.person_key
    left join fct_delivery d on d.batch_id = m.source_batch_id
    where m.figure_id = $figure
"""


def difference(before: Basis, after: Basis, figure_id: str) -> Difference:
    """Compare the lists of one figure; with the files of its feeds and overrides of its members between."""
    old, new = (_members(basis, figure_id) for basis in (before, after))
    moved = [_moved(key, old.get(key), new.get(key)) for key in sorted({*old, *new})]
    return Difference(
        before.figures.get(figure_id),
        after.figures.get(figure_id),
        [each for each in moved if each is not None],
        sorted(
            [*_arrivals(before, after, figure_id), *_by_hand(before, after, figure_id)],
            key=lambda each: (each.happened_at, each.file_name),
        ),
    )


def _members(basis: Basis, figure_id: str) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(row[0], row[1]): row[2:] for row in basis.rows(_MEMBERS, {"figure": figure_id})}


def _moved(key: tuple[str, str], old: tuple[Any, ...] | None, new: tuple[Any, ...] | None) -> Moved | None:
    town, village, household, head, person, _, file = new or old or ()
    before, after = (each[5] if each else None for each in (old, new))
    if before == after:
        return None
    change = "entered" if old is None else "left" if new is None else "changed"
    return Moved(change, *key, town, village, household, head, person, before, after, file)


def _arrivals(before: Basis, after: Basis, figure_id: str) -> list[Arrival]:
    sql = """
        with feeds as (
            select unnest(string_split(feeds, ' ')) as feed from dim_figure where figure_id = $figure
        ),
        happened as (
            select 'received' as happened, received_at as happened_at, * from fct_delivery
            union all
            select 'withdrawn', withdrawn_at, * from fct_delivery where withdrawn_at is not null
        )
        select happened, happened_at, department_name, feed_title, file_name, delivery_state from happened
        where happened_at > $since and happened_at <= $until and feed in (select feed from feeds)
        order by happened_at, file_name
    """
    between = {"figure": figure_id, "since": before.known_by, "until": after.known_by}
    return [Arrival(*row) for row in after.rows(sql, between)]


def _by_hand(before: Basis, after: Basis, figure_id: str) -> list[Arrival]:
    """The overrides of members at either moment that were recorded or lifted between them."""
    if not (before.has_overrides and after.has_overrides):
        return []
    members = "select distinct override_id from fct_figure_member where figure_id = $figure"
    names = {row[0] for basis in (before, after) for row in basis.rows(members, {"figure": figure_id})}
    sql = """
        with happened as (
            select 'recorded' as happened, recorded_at as happened_at, * from fct_override
            union all
            select 'lifted', lifted_at, * from fct_override where lifted_at is not null
        )
        select happened, happened_at, null, guarantee_label, override_id, state from happened
        where happened_at > $since and happened_at <= $until and list_contains($names, override_id)
    """
    between = {"names": sorted(names - {None}), "since": before.known_by, "until": after.known_by}
    return [Arrival(*row) for row in after.rows(sql, between)]
