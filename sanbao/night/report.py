"""The annual self-assessment: the tables it rests on, whether it may be printed, the files it becomes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.language import county_day
from sanbao.errors import SanbaoError
from sanbao.night.build import NodeDone
from sanbao.night.kept_basis import kept_basis
from sanbao.night.signing import COUNTY, missing_towns, signatures
from sanbao.queries.proofreading import proofread_file
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage

if TYPE_CHECKING:
    from reports.basis import Basis
    from reports.proofread import Finding

_TEMPLATE, _PHRASES, _TEMPLATES = "自评报告.docx", "固定用语.txt", "模板"
_OMITTED = "不印 "  # in the list of fixed phrases: a figure that this office's report leaves out
_NAMED = 12  # reasons in one message
_PDF_SECONDS = 180


@dataclass
class Printed:
    """What one report became: its files, what it rests on, and, of a draft, why it is one."""

    as_of: date
    known_by: datetime
    files: list[Path] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)
    hints: list[Finding] = field(default_factory=list)  # what its text says that cannot be right
    figures: list[dict[str, object]] = field(default_factory=list)
    is_draft: bool = False


@tells_of_storage
def print_report(
    settings: Settings,
    as_of: date | None = None,
    known_by: datetime | None = None,
    *,
    draft: bool = False,
    template: Path | None = None,
    printed_on: date | None = None,
    pdf: bool = False,
    on_node: NodeDone | None = None,
) -> Printed:
    """Print the self-assessment of `as_of` as known by `known_by` (naive UTC; none: what the county signed).

    Document, annex and brief lie in `reports/<as_of>/<known>/`, beside the tables they rest on. Nothing is
    written when a figure or an identity forbids it (REPORT_BLOCKED), the template names what is no figure
    (REPORT_FIELD_UNKNOWN), lacks a figure of the report (REPORT_FIELD_MISSING) or has numbers typed by hand
    (REPORT_NUMBER_TYPED), or the county has not signed (REPORT_UNSIGNED); `draft` prints nevertheless, says
    so, and leaves out what may not be printed.
    """
    from reports.annex import write_annex
    from reports.brief import write_brief
    from reports.document import context, print_document

    prepared = _template(settings, template)
    with kept_basis(settings, as_of, known_by, on_node, as_signed=not draft) as basis:
        day, known, folder = basis.as_of, basis.known_by, basis.folder.parent
        printed = Printed(day, known, is_draft=draft)
        wanted = _examine(prepared, basis, printed)
        if not draft:
            refuse_unprintable(printed)
            _require_signed(settings, basis)
        stamp = printed_on or county_day(known.replace(tzinfo=UTC))
        name = f"徐闻县{day.year}年扶贫开发工作自评报告{'（草稿）' if draft else ''}"
        values = context(basis, stamp)
        print_document(prepared.document, values, stamp, folder / f"{name}.docx", name)
        write_annex(basis, wanted, stamp, folder / f"{name}附表.xlsx")
        write_brief(basis, stamp, folder / f"{name}一页简报.docx")
        printed.files = [folder / f"{name}{end}" for end in (".docx", "附表.xlsx", "一页简报.docx")]
        printed.hints = proofread_file(printed.files[0])
        if pdf:
            printed.files.append(_to_pdf(folder / f"{name}.docx"))
        printed.figures = [_record(basis, each) for each in wanted if basis.figures[each].section]
    return printed


@dataclass(frozen=True)
class _Template:
    document: Path
    fixed: tuple[str, ...]
    omitted: frozenset[str]


def _template(settings: Settings, given: Path | None) -> _Template:
    """The office's template, which lies in its home from the first report on; raises TEMPLATE_MISSING."""
    from reports.make_templates import TEMPLATES
    from reports.template import fixed_phrases

    folder = settings.home / "reports" / _TEMPLATES
    for source, name in (("self_assessment.docx", _TEMPLATE), ("fixed_phrases.txt", _PHRASES)):
        if not (folder / name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(TEMPLATES / source, folder / name)  # with modes of the home
    document = given or folder / _TEMPLATE
    if not document.is_file():
        raise SanbaoError("TEMPLATE_MISSING", file=str(document))
    lines = fixed_phrases(folder / _PHRASES)
    omitted = frozenset(line.removeprefix(_OMITTED).strip() for line in lines if line.startswith(_OMITTED))
    return _Template(document, tuple(line for line in lines if not line.startswith(_OMITTED)), omitted)


def _examine(template: _Template, basis: Basis, printed: Printed) -> list[str]:
    """What speaks against printing; returns the ids of the figures that the annex lists: all, in order.

    Raises SanbaoError (TEMPLATE_UNREADABLE, REPORT_FIELD_UNKNOWN, REPORT_FIELD_MISSING).
    """
    from reports.basis import plain
    from reports.template import DATES, TemplateUnreadable, fields, typed_numbers

    try:
        names = fields(template.document) - DATES
        typed = typed_numbers(template.document, template.fixed)
    except TemplateUnreadable as error:
        raise SanbaoError("TEMPLATE_UNREADABLE", file=str(template.document), detail=str(error)) from error
    if unknown := sorted(names - basis.figures.keys()):
        raise SanbaoError("REPORT_FIELD_UNKNOWN", fields="、".join(unknown))
    wanted = [each.figure_id for each in basis.figures.values() if each.section]
    if missing := [each for each in wanted if each not in names and each not in template.omitted]:
        labels = "、".join(f"{basis.figures[each].label}（{each}）" for each in missing[:_NAMED])
        raise SanbaoError("REPORT_FIELD_MISSING", count=len(missing), figures=labels)
    printed.blocked = basis.blocks([each for each in basis.figures if each in names])
    found = [each for each in basis.identities if each.is_contradicted and each.severity == "NOTE"]
    refuted = {each.claim_id for each in basis.identities if each.is_contradicted}
    printed.contradicted = [each.finding for each in found] + [
        f"{each.label}：{each.document_name}写 {plain(each.claimed_value)}{each.claimed_unit}，"
        f"数出来是 {plain(each.counted_value)}{each.unit}"
        for each in basis.claims
        if each.claim_state == "CONTRADICTED" and each.claim_id not in refuted
    ]
    printed.typed = [f"“{each.text}”（{each.around}）" for each in typed]
    return list(basis.figures)


def _require_signed(settings: Settings, basis: Basis) -> None:
    """Raises SanbaoError (REPORT_UNSIGNED) unless the county stands for these very tables."""
    by_county = [each for each in signatures(settings, basis.as_of) if each.level == COUNTY]
    if any(each.basis_sha256 == basis.sha256 for each in by_county):
        return
    missing = missing_towns(settings, basis)
    towns = f"还有 {len(missing)} 个乡镇没有确认名单" if missing else "乡镇都已确认名单"
    raise SanbaoError("REPORT_UNSIGNED", as_of=basis.as_of.isoformat(), towns=towns)


def refuse_unprintable(printed: Printed) -> None:
    """Raises SanbaoError (REPORT_NUMBER_TYPED, REPORT_BLOCKED) for what only a draft may be."""
    if printed.typed:
        raise SanbaoError("REPORT_NUMBER_TYPED", numbers=_first(printed.typed))
    if printed.blocked:
        raise SanbaoError("REPORT_BLOCKED", count=len(printed.blocked), reasons=_first(printed.blocked))


def _first(lines: Sequence[str]) -> str:
    more = f"；另有 {len(lines) - _NAMED} 条" if len(lines) > _NAMED else ""
    return "；".join(lines[:_NAMED]) + more


def _record(basis: Basis, figure_id: str) -> dict[str, object]:
    figure = basis.figures[figure_id]
    return {
        "figure_id": figure_id,
        "label": figure.label,
        "printed": figure.printed or None,
        "value": figure.value,
        "unit": figure.unit,
        "blocked_reason": figure.blocked_reason,
        "caveat": figure.caveat,
    }


def _to_pdf(document: Path) -> Path:
    """Raises SanbaoError (PDF_UNAVAILABLE) where there is no LibreOffice, or it fails."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise SanbaoError("PDF_UNAVAILABLE", detail="LibreOffice")
    command = [program, "--headless", "--convert-to", "pdf", "--outdir", str(document.parent), str(document)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_PDF_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        raise SanbaoError("PDF_UNAVAILABLE", detail=type(error).__name__) from error
    return document.with_suffix(".pdf")
