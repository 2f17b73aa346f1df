"""A code that is ticked: below 鉴定等级 a column for each of A级, B级, C级, D级."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ingestion.contracts import Contract
from ingestion.matching.other_names import keys_of
from ingestion.parsing import Setting, parser_for
from ingestion.parsing.several import SEPARATOR
from ingestion.parsing.words import NO, YES
from ingestion.readers import Table
from ingestion.text.headers import same_spelling

Choices = Mapping[str, tuple[tuple[int, str], ...]]
_LEAST = 2


def by_choices(table: Table, contract: Contract, positions: Mapping[str, int]) -> Choices:
    """Code columns still missing → the columns of their codes, below the one group of their name."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for at, header in enumerate(table.header):
        group, slash, code = header.rpartition("/")
        if slash and at not in positions.values():
            groups.setdefault(group, []).append((at, code))
    found: dict[str, tuple[tuple[int, str], ...]] = {}
    for column in contract.columns if groups else ():
        if column.type != "code" or column.name in positions:
            continue
        own = {same_spelling(key) for header in column.headers for key in keys_of(header)}
        fitting = [of for name, of in groups.items() if own & {same_spelling(key) for key in keys_of(name)}]
        if len(fitting) == 1 and len(fitting[0]) >= _LEAST:
            texts = pa.array([code for _, code in fitting[0]], pa.string())
            if not parser_for(column)(texts, Setting(column)).problems:
                found[column.name] = tuple(fitting[0])
    return found


def chosen_texts(table: Table, choices: tuple[tuple[int, str], ...]) -> list[str]:
    """Per row the code whose column is ticked; of several all of them, and what is no tick as it stands."""
    texts: list[list[str]] = [[] for _ in table.row_numbers]
    for at, code in choices:
        for row, cell in enumerate(table.cells.iloc[:, at]):
            text = str(cell).strip()
            if text and text.upper() not in NO:
                texts[row].append(code if text.upper() in YES else text)
    return [SEPARATOR.join(of_row) for of_row in texts]
