"""Write one sheet as CSV the way a query tool exports it, and pack files into a zip."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from sample_county.files.sheet import Sheet

# A zip entry carries a time; a fixed one keeps the bytes repeatable.
ENTRY_TIME = (2019, 7, 5, 9, 0, 0)
UTF8_FLAG = 0x800


def write_csv(path: Path, sheet: Sheet, encoding: str) -> None:
    """CRLF lines, quotes only where needed. Cells are text by now; dates must have been spelled."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([*sheet.top, *sheet.header])
    writer.writerows(sheet.body)
    writer.writerows(sheet.bottom)
    path.write_bytes(text.getvalue().encode(encoding))


class GbkZipInfo(zipfile.ZipInfo):
    """An entry whose name is stored in GBK without the UTF-8 flag, as Chinese Windows does."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~UTF8_FLAG


def write_zip(path: Path, members: Sequence[Path]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            entry = GbkZipInfo(member.name, ENTRY_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.read_bytes())
