"""One parser per domain type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from ingestion.contracts import Column
from ingestion.parsing.base import Coded, Parsed, Setting
from ingestion.parsing.dates import parse_date, parse_year, parse_year_month
from ingestion.parsing.documents import parse_document
from ingestion.parsing.ids import parse_id
from ingestion.parsing.numbers import parse_count, parse_measurement, parse_money, parse_test_value
from ingestion.parsing.places import parse_city
from ingestion.parsing.school_years import parse_school_year
from ingestion.parsing.several import parse_several
from ingestion.parsing.several_codes import parse_several_codes
from ingestion.parsing.words import parse_code, parse_name, parse_text, parse_town, parse_yes_no

Parser = Callable[[pa.Array, Setting], Parsed]

PARSERS: Mapping[str, Parser] = {
    "text": parse_text,
    "person_name": parse_name,
    "id_number": parse_id,
    "person_document": parse_document,
    "date": parse_date,
    "year": parse_year,
    "year_month": parse_year_month,
    "money_yuan": parse_money,
    "count": parse_count,
    "measurement": parse_measurement,
    "test_value": parse_test_value,
    "yes_no": parse_yes_no,
    "code": parse_code,
    "school_year": parse_school_year,
}
# The one text column whose values have official spellings.
TOWN_COLUMN = "town_name"


def parser_for(column: Column) -> Parser:
    """The parser of a column's type, for each of several values where the contract allows them."""
    parser = parse_town if column.name == TOWN_COLUMN else PARSERS[column.type]
    if column.is_city:
        parser = parse_city
    if column.several_codes:
        return parse_several_codes
    return (lambda texts, setting: parse_several(texts, setting, parser)) if column.multiple else parser


__all__ = ["PARSERS", "TOWN_COLUMN", "Coded", "Parsed", "Parser", "Setting", "parser_for"]
