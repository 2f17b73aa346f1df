"""Per department one workbook of its rows that do not agree with other tables, while there are any."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sanbao.errors import mask
from sanbao.night.home import catalog
from sanbao.queries.serving import query, served_as_of
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

if TYPE_CHECKING:
    from ingestion.contracts import Contract
    from ingestion.contracts.cross_feed import CrossFileCheck
    from ingestion.returning.cross_feed_book import CrossFileProblem

NAME = "跨表核对.xlsx"
# The words of a sentence → the column that has them.
_WORDS = {"row": "source_row", "value": "value_masked", "found": "found_count", "place": "town_name"}

Row = dict[str, Any]


@tells_of_storage
def give_cross_checks(settings: Settings) -> tuple[str, ...]:
    """Bring `returned/<department>/跨表核对.xlsx` up to date with the latest published date.

    Returns the departments that have one now. Where everything agrees the file is taken away.
    """
    from ingestion import Home
    from ingestion.returning.notices import write_if_changed

    as_of = served_as_of(settings, None)
    given, all_problems = [], _problems(settings, as_of)
    for department, name in catalog().departments.items():
        path = Home(settings.home).returned / department / NAME
        if problems := all_problems.get(department):
            from ingestion.returning.cross_feed_book import cross_file_book

            write_if_changed(path, cross_file_book(problems, name, as_of, settings.lang))
            given.append(department)
        else:
            path.unlink(missing_ok=True)
    return tuple(given)


def _problems(settings: Settings, as_of: date) -> dict[str, list[CrossFileProblem]]:
    """Department → its own rows, in the language of the settings."""
    from ingestion.messages.cross_feed import cross_file_checks

    declared = {check.code: (contract, check) for contract, check in cross_file_checks(catalog())}
    found = query(
        settings,
        # No parameter: with one DuckDB imports pandas, which a night with nothing new has no use for.
        f"""
        select department, code, file_name, source_sheet, source_row, town_name, village_name, header,
               value_masked, found_count, message, remedy
        from mart.fct_cross_file_problem where as_of = date '{as_of.isoformat()}'
        order by department, feed, code, file_name, source_sheet, source_row
        """,  # noqa: S608
    )
    is_english = settings.lang == "en"
    problems: dict[str, list[CrossFileProblem]] = {}
    for row in found.records():
        # A check that a contract no longer declares stays in the marts of dates built before.
        if row["code"] in declared:
            problem = _problem(*declared[row["code"]], row, is_english)
            problems.setdefault(row["department"], []).append(problem)
    return problems


def _problem(contract: Contract, check: CrossFileCheck, row: Row, is_english: bool) -> CrossFileProblem:
    from ingestion.messages.cross_feed import cause_of, texts_of
    from ingestion.returning.cross_feed_book import CrossFileProblem

    message, remedy = row["message"], row["remedy"]
    if is_english:
        words = {word: "" if row[column] is None else row[column] for word, column in _WORDS.items()}
        message, remedy = texts_of(catalog(), contract, check, english=True)
        message = message.format_map(words)
    return CrossFileProblem(
        title=contract.title,
        file_name=row["file_name"],
        sheet=row["source_sheet"],
        row=row["source_row"],
        town=row["town_name"] or "",
        village=row["village_name"] or "",
        header=row["header"],
        value=mask(row["value_masked"]),
        cause=cause_of(catalog(), contract, check, english=is_english),
        message=mask(message),
        remedy=remedy,
    )
