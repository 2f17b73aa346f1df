"""What is said about a row that does not agree with another feed's.

The warehouse finds these rows. A sentence is complete but for the words of the row: {row}, {value},
{found} and {place}.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.contracts import Catalog, Contract
from ingestion.contracts.cross_feed import (
    CountsMatchCheck,
    CrossFileCheck,
    CurrentNumberCheck,
    KnownPlaceCheck,
)
from ingestion.messages.problems import CHECK_KINDS, remedy, sentence

ROW_WORDS = ("row", "value", "found", "place")


def cross_file_checks(catalog: Catalog) -> Iterator[tuple[Contract, CrossFileCheck]]:
    """Every check that looks into another feed, with the contract that declares it."""
    for contract in catalog.contracts:
        for check in contract.checks:
            if isinstance(check, CrossFileCheck):
                yield contract, check


def texts_of(
    catalog: Catalog, contract: Contract, check: CrossFileCheck, *, english: bool = False
) -> tuple[str, str]:
    """The sentence and the remedy."""
    other = catalog[check.other_feed]
    is_own = other.department == contract.department
    words = {word: f"{{{word}}}" for word in ROW_WORDS}
    words |= {
        "cell": "第 {row} 行",
        "cell_en": "row {row}",
        "header": contract.column(check.column).header,
        "other": other.title,
        "whose": "" if is_own else f"{other.department_name}的",
        "whose_en": other.department,
        "whom": "" if is_own else other.department_name,
        "whom_en": other.department,
        **_beside(contract, check),
    }
    code = CHECK_KINDS[check.kind]
    return sentence(code, words, english=english), remedy(code, words, english=english)


def _beside(contract: Contract, check: CrossFileCheck) -> dict[str, str]:
    """The other cell of the row that the sentence names."""
    if isinstance(check, CountsMatchCheck):
        return {"beside": contract.column(check.key).header}
    if isinstance(check, KnownPlaceCheck):
        return {"beside": contract.column(check.town).header}
    if isinstance(check, CurrentNumberCheck) or check.when is None:
        return {}
    return {"beside": contract.column(check.when).header, "beside_value": "”/“".join(check.values)}


_CAUSES = {
    "exists_in": ("“{header}”在《{other}》里找不到", "“{header}” is not in {other}"),
    "counts_match": ("“{header}”与《{other}》的行数不同", "“{header}” differs from the rows of {other}"),
    "current_number": ("证件号码在《{other}》里已改过", "the number was changed in {other}"),
    "known_place": ("“{header}”不在《{other}》里", "“{header}” is not in {other}"),
}


def cause_of(catalog: Catalog, contract: Contract, check: CrossFileCheck, *, english: bool = False) -> str:
    """What all rows that fail a check have in common, in a few words."""
    header, other = contract.column(check.column).header, catalog[check.other_feed].title
    return _CAUSES[check.kind][english].format(header=header, other=other)
