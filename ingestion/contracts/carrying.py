"""Which cells a row cannot do without: what is wrong in any other costs that cell and not the row."""

from __future__ import annotations

from ingestion.contracts.model import Contract, UniqueCheck


def carrying_columns(contract: Contract) -> frozenset[str]:
    """The columns that say whose or what a row is, for when, and how much.

    Key, period and part, what must be filled (unless the contract says that it costs the cell) or be
    unique, every ID number, what the contract maps to the vocabulary of an entity, of a feed whose rows
    are amounts every amount, and what may say that a payment was taken back.
    """
    names = {*contract.key, *contract.period_by, *contract.part_by}
    names |= {c.name for c in contract.columns if c.is_needed or c.pii == "id_number"}
    names |= {name for check in contract.checks if isinstance(check, UniqueCheck) for name in check.columns}
    for mapping in contract.entity.values():
        for mapped in mapping.values():
            names |= {mapped} if isinstance(mapped, str) else set(mapped)
    if any("amount_yuan" in mapping for mapping in contract.entity.values()):
        names |= {c.name for c in contract.columns if c.type == "money_yuan"}
    if contract.payments is not None:
        names |= set(contract.payments.effects)
    return frozenset(names)
