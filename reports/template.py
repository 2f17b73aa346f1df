"""A template that an office edits in Word: the figures it prints, the numbers somebody typed into it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docxtpl import DocxTemplate
from jinja2 import Environment, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from reports.numbers import FILTERS

# What a template may print beside figures.
DATES = frozenset({"year", "as_of", "printed_on", "printed_month"})
_FIELD = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_MEASURES = (
    "个 户 人 名 次 天 日 月 年 家 村 镇 条 项 份 元 吨 亩 公里 米 位 所 宗 件 台 套 批 类 种"
    " 期 座 间 辆 处 成 倍 半 ％ %"
)
_TYPED = re.compile(
    rf"[0-9０-９][0-9０-９.,．，]*(?:[%％]|[万亿千百]*[{_MEASURES.replace(' ', '')}])?"
    rf"|(?<!\x00)[{_NUMERAL}]+(?:分之[{_NUMERAL}]+|[万亿]?(?:{'|'.join(_MEASURES.split())}))"
)
_ENUMERATION = re.compile(r"^\s*[0-9]{1,2}[.．、]")
_AROUND = 8


class TemplateUnreadable(Exception):
    """The file is no template that can be filled in: no Word document, or a field that is not closed."""


@dataclass(frozen=True)
class Typed:
    """A number that stands in the template itself and is bound to nothing."""

    text: str
    around: str


def environment() -> Environment:
    """Jinja with our filters only; a template is a file from outside, and runs in the sandbox."""
    jinja = SandboxedEnvironment(autoescape=False)
    jinja.filters.update(FILTERS)
    return jinja


def fields(template: Path) -> frozenset[str]:
    """The names that the template prints or asks; raises TemplateUnreadable."""
    try:
        names = DocxTemplate(template).get_undeclared_template_variables(environment())
    except TemplateError as error:
        raise TemplateUnreadable(f"{template.name}: {error}") from error
    except Exception as error:  # python-docx raises whatever the zip and the XML parser raise
        raise TemplateUnreadable(f"{template.name}: {type(error).__name__}") from error
    return frozenset(names)


def typed_numbers(template: Path, fixed: Collection[str]) -> list[Typed]:
    """Numbers typed by hand: digits, or numerals before a measure word, outside fields and fixed phrases."""
    found = []
    for paragraph in paragraphs(template):
        text = _ENUMERATION.sub("", _FIELD.sub("\x00", paragraph))
        for phrase in sorted(fixed, key=len, reverse=True):
            text = text.replace(phrase, "\x01")
        for match in _TYPED.finditer(text):
            around = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
            found.append(Typed(match.group(), around.replace("\x00", "…").replace("\x01", "…")))
    return found


def paragraphs(document: Path) -> Iterator[str]:
    """The texts of all paragraphs of a Word document, those of tables, headers and footers included."""
    content = Document(str(document))
    yield from (paragraph.text for paragraph in content.paragraphs)
    for table in content.tables:
        for row in table.rows:
            yield from (paragraph.text for cell in row.cells for paragraph in cell.paragraphs)
    for section in content.sections:
        for part in (section.header, section.first_page_header):
            yield from (paragraph.text for paragraph in part.paragraphs)


def fixed_phrases(path: Path) -> list[str]:
    """The phrases of a list, one per line; lines that begin with # explain."""
    lines = (line.strip() for line in path.read_text("utf-8-sig").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
