"""The checks between feeds as dbt's macros read them: plain values, nothing left to decide."""

from __future__ import annotations

from typing import Any

from ingestion.contracts import Catalog, Contract
from ingestion.contracts.cross_feed import (
    CountsMatchCheck,
    CrossFileCheck,
    CurrentNumberCheck,
    ExistsInCheck,
    KnownPlaceCheck,
)
from ingestion.messages.cross_feed import cross_file_checks, texts_of


def checks(catalog: Catalog) -> list[dict[str, Any]]:
    """One entry per check, in the order of the contracts."""
    return [_check(catalog, contract, check) for contract, check in cross_file_checks(catalog)]


def lookups(catalog: Catalog) -> list[dict[str, Any]]:
    """What the checks look up, each once: a column of a feed, whole, by date or by year."""
    found: dict[str, dict[str, Any]] = {}
    for _, check in cross_file_checks(catalog):
        if isinstance(check, CurrentNumberCheck):
            continue  # whose numbers changed is known already
        lookup = _lookup(check)
        known = found.get(lookup, {"name": ""})
        found[lookup] = {
            "lookup": lookup,
            "feed": check.other_feed,
            "column": check.other_column,
            "name": known["name"] or getattr(check, "other_name", None) or "",
            "scope": _scope(check),
            "year": getattr(check, "other_year", None) or "",
        }
    return list(found.values())


def _check(catalog: Catalog, contract: Contract, check: CrossFileCheck) -> dict[str, Any]:
    message, remedy = texts_of(catalog, contract, check)
    column = contract.column(check.column)
    names = {c.name for c in contract.columns}
    return {
        "code": check.code,
        "kind": check.kind,
        "feed": contract.feed,
        "is_event": contract.delivery == "events",
        "column": check.column,
        "header": column.header,
        "is_id_number": column.is_identity,
        "key": check.key if isinstance(check, CountsMatchCheck) else check.column,
        "name": check.column if isinstance(check, KnownPlaceCheck) else getattr(check, "name", None) or "",
        "town": "town_name" if "town_name" in names else "",
        "village": "village_name" if "village_name" in names else "",
        **_condition(contract, check),
        "other_feed": check.other_feed,
        "other_title": catalog[check.other_feed].title,
        "lookup": _lookup(check),
        "scope": _scope(check),
        "year": getattr(check, "year", None) or "",
        "part_count": _part_count(catalog[check.other_feed]),
        "message": message,
        "remedy": remedy,
    }


def _condition(contract: Contract, check: CrossFileCheck) -> dict[str, Any]:
    """`when` and its values as they stand in the lake, where yes and no are a boolean."""
    if not isinstance(check, ExistsInCheck) or check.when is None:
        return {"when": "", "values": []}
    is_yes_no = contract.column(check.when).type == "yes_no"
    values = [{"是": "true", "否": "false"}[v] if is_yes_no else v for v in check.values]
    return {"when": check.when, "values": values}


def _scope(check: CrossFileCheck) -> str:
    """Within what the other rows count; a list of places stands until the next one."""
    if isinstance(check, KnownPlaceCheck | CurrentNumberCheck):
        return "standing"
    if isinstance(check, CountsMatchCheck) or getattr(check, "same_date", False):
        return "date"
    return "year" if getattr(check, "year", None) else ""


def _lookup(check: CrossFileCheck) -> str:
    return "@".join(filter(None, (f"{check.other_feed}.{check.other_column}", _scope(check))))


def _part_count(contract: Contract) -> int:
    """How many parts a period of the feed has, where its contract names them; else 1."""
    if len(contract.part_by) != 1:
        return 1
    column = contract.column(contract.part_by[0])
    return 1 if column.has_open_codes else max(1, len(column.codes))
