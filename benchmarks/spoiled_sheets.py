"""The plain tables of a county's files, and each of them with one thing left out or spelt otherwise."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from os.path import commonprefix
from pathlib import Path

from ingestion.contracts import Catalog, Contract, load_catalog
from ingestion.contracts.county import load_county
from ingestion.matching.feeds import known_headers
from ingestion.readers import entries, read
from ingestion.readers.model import Refusal, Table


@dataclass(frozen=True)
class Sheet:
    """One plain file of a department: lines above the header, the header, rows of text."""

    department: str
    name: str
    titles: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def write(self, inbox: Path) -> None:
        folder = inbox / self.department
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / self.name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerows([[title] for title in self.titles])
            writer.writerows([self.header, *self.rows])

    def changed(self, how: str, column: str) -> Sheet:
        """The same sheet with one column `dropped`, `renamed` or `respelt`."""
        if column not in self.header:
            return self
        at = self.header.index(column)
        if how == "dropped":
            header = self.header[:at] + self.header[at + 1 :]
            return Sheet(
                self.department, self.name, self.titles, header,
                tuple(row[:at] + row[at + 1 :] for row in self.rows),
            )  # fmt: skip
        if how == "renamed":
            header = (*self.header[:at], "其他说明", *self.header[at + 1 :])
            return Sheet(self.department, self.name, self.titles, header, self.rows)
        rows = tuple((*row[:at], _respelt(row[at]), *row[at + 1 :]) for row in self.rows)
        return Sheet(self.department, self.name, self.titles, self.header, rows)


def _respelt(text: str) -> str:
    """The cell in another office's words: nobody's code, and no number or date any more."""
    return f"某{text}式" if text else ""


@dataclass(frozen=True)
class Change:
    feed: str
    how: str
    what: str

    def __str__(self) -> str:
        return f"{self.feed} {self.how} {self.what}"


def plain_sheets(drops: Path) -> dict[str, list[Sheet]]:
    """Every table of a county's files, by the feed whose title or headers it has."""
    catalog = load_catalog()
    headers = known_headers(catalog)
    found: dict[str, list[Sheet]] = {}
    for path in sorted(p for p in drops.rglob("*") if p.is_file()):
        inside = entries(path.read_bytes())
        if isinstance(inside, Refusal):
            raise SystemExit(f"{path.name}: {inside.code}")
        for inner, data in inside:
            stem, department = Path(inner or path.name).stem, path.relative_to(drops).parts[0]
            # The sheets of a workbook that differ in their town alone are one file here.
            alike: dict[tuple[str, ...], list[Table]] = {}
            for table in read(data, known_headers=headers).tables:
                alike.setdefault(table.header, []).append(table)
            for number, tables in enumerate(alike.values()):
                name = f"{stem}{f'-{number + 1}' if number else ''}.csv"
                texts = [row for table in tables for row in table.cells.itertuples(index=False, name=None)]
                titles = tuple(map(_common, zip(*(table.title_lines for table in tables), strict=True)))
                sheet = Sheet(department, name, titles, tables[0].header, tuple(texts))
                found.setdefault(_feed_of(sheet, catalog), []).append(sheet)
    return found


def _common(lines: tuple[str, ...]) -> str:
    """How all of the lines begin and end: what is said of the county, without the name of a town."""
    begin = commonprefix(lines)  # noqa: RUF071  (texts, not paths)
    return begin + commonprefix([line[len(begin) :][::-1] for line in lines])[::-1]  # noqa: RUF071


def _feed_of(sheet: Sheet, catalog: Catalog) -> str:
    """The feed of the department that has most of the headers."""

    def known(contract: Contract) -> int:
        names = {header for column in contract.columns for header in (column.header, *column.aliases)}
        return sum(header in names for header in sheet.header)

    return max((c for c in catalog.values() if c.department == sheet.department), key=known).feed


def changes(sheets: dict[str, list[Sheet]]) -> Iterator[Change]:
    """Everything that may be left out or spelt otherwise, once."""
    catalog = load_catalog()
    for feed, of_feed in sheets.items():
        yield Change(feed, "without", "feed")
        if len(of_feed) > 1:
            for sheet in of_feed:
                yield Change(feed, "without", sheet.name)
        for column in dict.fromkeys(header for sheet in of_feed for header in sheet.header if header):
            for how in ("dropped", "renamed", "respelt"):
                yield Change(feed, how, column)
        # of other lists a town may have nobody
        if "town_name" in catalog[feed].part_by and (town := _most_frequent_town(of_feed)):
            yield Change(feed, "without the town of", town)


def _most_frequent_town(sheets: list[Sheet]) -> str | None:
    """The town that most rows of a feed name, where nearly all name one."""
    towns = load_county().town_names
    named = [next((cell for cell in row if cell in towns), None) for sheet in sheets for row in sheet.rows]
    found = Counter(town for town in named if town)
    return found.most_common(1)[0][0] if 2 * found.total() > len(named) and len(found) > 1 else None


def after(change: Change, sheets: list[Sheet]) -> list[Sheet]:
    """The sheets of a feed with a change made."""
    if change.how == "without the town of":
        return [
            replace(sheet, rows=tuple(row for row in sheet.rows if change.what not in row))
            for sheet in sheets
        ]
    if change.how != "without":
        return [sheet.changed(change.how, change.what) for sheet in sheets]
    return [] if change.what == "feed" else [sheet for sheet in sheets if sheet.name != change.what]
