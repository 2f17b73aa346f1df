"""What a report says about itself that cannot be right: its text alone, as a file or as it was printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from foundation.language import Language
from sanbao.errors import SanbaoError
from sanbao.words import text

if TYPE_CHECKING:
    from reports.proofread import Finding

_WORD = (".docx", ".docm")
_TEXT = (".txt", ".md")


def proofread_file(file: Path) -> list[Finding]:
    """Findings in a Word document or a text file, in the order of its lines (a paragraph is one).

    Raises SanbaoError: FILE_MISSING, FILE_IS_FOLDER, DOCUMENT_UNREADABLE.
    """
    from ingestion.contracts.county import load_county
    from reports.proofread import proofread

    if file.is_dir():
        raise SanbaoError("FILE_IS_FOLDER", file=str(file))
    if not file.is_file():
        raise SanbaoError("FILE_MISSING", file=str(file))
    return proofread(_lines(file), [town.name for town in load_county().towns])


def sentence(finding: Finding, lang: Language) -> str:
    """One finding as a person reads it."""
    said = {"line": finding.line, "quote": finding.quote, "detail": finding.detail}
    return text(f"proofread.{finding.code}", lang, **said)


def _lines(file: Path) -> list[str]:
    from ingestion.readers.containers.decode import decode
    from ingestion.readers.model import Refusal
    from reports.proofread import text_of

    kind = file.suffix.lower()
    if kind in _WORD:
        try:
            return text_of(file)
        except Exception as error:  # whatever python-docx, the zip and the XML parser raise
            raise SanbaoError("DOCUMENT_UNREADABLE", file=str(file), detail=type(error).__name__) from error
    if kind not in _TEXT:
        raise SanbaoError("DOCUMENT_UNREADABLE", file=str(file), detail=kind or "-")
    decoded = decode(file.read_bytes())
    if isinstance(decoded, Refusal):
        raise SanbaoError("DOCUMENT_UNREADABLE", file=str(file), detail=decoded.code)
    return bytes(decoded.text).decode("utf-8").split("\n")
