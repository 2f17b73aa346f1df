"""The self-assessment of a loaded county: refused, drafted, signed, printed, reprinted, amended."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from ingestion.contracts.county import load_county
from ingestion.lake.modes import mode_faults
from reports.basis import Basis
from reports.difference import difference
from reports.make_templates import TEMPLATES
from reports.numbers import FILTERS, Number
from reports.template import paragraphs
from sanbao.errors import SanbaoError
from sanbao.night.decisions import withdraw
from sanbao.night.kept_basis import kept_basis
from sanbao.night.night import night
from sanbao.night.report import Printed, print_report
from sanbao.night.signing import sign
from sanbao.queries.serving import query
from sanbao.settings import Settings, keep_private

pytestmark = pytest.mark.slow
_FIELD = re.compile(r"\{\{\s*(\w+)\s*(?:\|\s*(\w+)\s*)?\}\}")
_CHOICE = re.compile(r"\{% if \w+\.\w+ %\}(.*?)\{% endif %\}")


def sign_all(settings: Settings, reason: str | None = None) -> None:
    with kept_basis(settings) as basis:
        for town in basis.towns:
            sign(settings, basis, town, "镇长", None)
        sign(settings, basis, None, "县长", reason)


def by_name(printed: Printed, end: str) -> Path:
    (path,) = [path for path in printed.files if path.name.endswith(end)]
    return path


def printed_numbers(document: Path) -> list[tuple[str, str | None, str]]:
    """(figure, filter, text) of every field, found again in the finished document by the text around it."""
    found = []
    lines = zip(paragraphs(TEMPLATES / "self_assessment.docx"), paragraphs(document), strict=True)
    for template, said in lines:
        names = []

        def group(match: re.Match[str], names: list[tuple[str, str | None]] = names) -> str:
            names.append((match[1], match[2]))
            return "\x00"

        choices = _CHOICE.sub(lambda match: f"\x02{match[1]}\x03", template)
        marked = re.escape(_FIELD.sub(group, choices))
        pattern = marked.replace("\x00", "(.*?)").replace("\x02", "(?:").replace("\x03", ")?")
        match = re.fullmatch(pattern, said)
        assert match is not None, template
        found += [(*name, text) for name, text in zip(names, match.groups(), strict=True)]
    return [each for each in found if each[2] is not None]


def test_a_county_prints_what_its_towns_and_it_have_signed(loaded_home: Settings) -> None:
    folder = loaded_home.home / "reports" / "2019-12-31"
    with pytest.raises(SanbaoError, match="REPORT_UNSIGNED"):
        print_report(loaded_home)
    assert [path.name for path in folder.rglob("*.docx")] == [], "a refused report leaves no file"
    keep_private()
    draft = print_report(loaded_home, draft=True)
    assert by_name(draft, "（草稿）.docx").exists()
    # The office's template comes with the program, and is as private as the rest of the home.
    assert [fault.path for fault in mode_faults(loaded_home.home) if fault.path.startswith("reports")] == []

    sign_all(loaded_home)
    printed = print_report(loaded_home, printed_on=date(2020, 1, 12))
    # The text that comes with the program lacks what the county's own report lacked, and has no slip.
    assert {hint.code for hint in printed.hints} == {"TOPIC_MISSING"}
    document = by_name(printed, "自评报告.docx")
    numbers = printed_numbers(document)
    with kept_basis(loaded_home) as basis:
        figures = basis.figures
        for name, filtered, text in numbers:
            if name in figures:
                number = Number(figures[name])
                assert text == (FILTERS[filtered](number) if filtered else str(number)), name
        assert {name for name, _, _ in numbers} >= {each for each in figures if figures[each].section}
    assert "".join(paragraphs(document)).endswith("2020年1月12日")
    assert len(load_county().town_names) >= len(basis_towns(loaded_home)) == 15


def basis_towns(settings: Settings) -> list[str]:
    with kept_basis(settings) as basis:
        return basis.towns


def test_what_was_signed_reprints_byte_for_byte_and_is_amended_with_a_reason(loaded_home: Settings) -> None:
    sign_all(loaded_home)
    first = print_report(loaded_home, printed_on=date(2020, 1, 12))
    before = {path.name: path.read_bytes() for path in first.files}
    payroll = query(
        loaded_home,
        "select batch_id from mart.fct_delivery where feed = 'subsistence_allowance'"
        " order by as_of desc limit 1",
    ).rows[0][0]
    withdraw(loaded_home, str(payroll), "发错了表", "民政局")
    night(loaded_home)

    again = print_report(loaded_home, printed_on=date(2020, 1, 12))
    assert {path.name: path.read_bytes() for path in again.files} == before
    by_moment = print_report(loaded_home, known_by=first.known_by, printed_on=date(2020, 1, 12))
    assert {path.name: path.read_bytes() for path in by_moment.files} == before

    moment = first.known_by
    with kept_basis(loaded_home, known_by=moment) as old, kept_basis(loaded_home) as new:
        found = difference(old, new, "dib_dibao_pp")
    assert {each.change for each in found.moved} == {"left"}
    assert [each.happened for each in found.arrivals] == ["withdrawn"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("共{{ no_such_figure }}户", "REPORT_FIELD_UNKNOWN"),
        ("共{{ reg_hh }}户", "REPORT_FIELD_MISSING"),
        (None, "REPORT_NUMBER_TYPED"),
    ],
)
def test_a_template_that_is_wrong_is_refused_and_nothing_written(
    loaded_home: Settings, tmp_path: Path, text: str | None, code: str
) -> None:
    from reports.make_templates import make_self_assessment

    whole = (TEMPLATES / "self_assessment.txt").read_text("utf-8")
    template = tmp_path / "template.docx"
    template.write_bytes(make_self_assessment(text or f"{whole}\n另有贫困户12户。"))
    with pytest.raises(SanbaoError, match=code):
        print_report(loaded_home, template=template)
    assert list((loaded_home.home / "reports").rglob("*自评报告*.docx")) == [
        loaded_home.home / "reports" / "模板" / "自评报告.docx"
    ]


def test_before_anything_was_known_there_is_no_report(loaded_home: Settings) -> None:
    with pytest.raises(SanbaoError, match="NOTHING_KNOWN"):
        print_report(loaded_home, known_by=datetime(2000, 1, 1))  # noqa: DTZ001


def test_a_basis_that_was_changed_is_not_printed_from(loaded_home: Settings) -> None:
    with kept_basis(loaded_home) as basis:
        file: Path = basis.folder / "fct_figure.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(SanbaoError, match="REPORT_BASIS_DAMAGED"):
        print_report(loaded_home, draft=True)


def test_the_sum_of_every_list_is_its_number(loaded_home: Settings) -> None:
    with kept_basis(loaded_home) as basis:
        assert isinstance(basis, Basis)
        sql = "select figure_id, sum(amount) from fct_figure_member where role = 'numerator' group by 1"
        listed = dict(basis.rows(sql))
        for figure in basis.figures.values():
            if figure.has_list and figure.count_state != "NOT_COUNTABLE":
                assert listed.get(figure.figure_id, 0) == figure.numerator, figure.figure_id
