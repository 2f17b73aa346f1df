"""Makes the Word template out of its text, in the layout of official documents.

Run when the text changes: `python -m reports.make_templates`. An office edits the Word file itself: its
own copy lies in `reports/模板/` of its home. A test holds that the Word file says what the text says.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

from docx.enum.text import WD_ALIGN_PARAGRAPH

from foundation.files import write_bytes
from reports.document import AUTHOR, midnight, timeless
from reports.layout import BODY, LEVEL_1, LEVEL_2, LINE, SIZE_2, SIZE_3, TITLE, add_style, official_page

TEMPLATES = Path(__file__).parent / "templates"
_STYLE_OF = {
    "": "正文段落", "#title": "文件标题", "#to": "主送机关", "#h1": "一级标题", "#h2": "二级标题",
    "#annex": "附件说明", "#sign": "发文机关", "#date": "成文日期",
}  # fmt: skip
_MADE = midnight(date(2020, 1, 1))  # no moment of ours in the file


def make_self_assessment(text: str) -> bytes:
    """The Word template of a marked text: one paragraph a line, `#h1 …` and the like name its style."""
    document = official_page()
    right = WD_ALIGN_PARAGRAPH.RIGHT
    add_style(document, "正文段落", BODY, SIZE_3, indent=2)
    add_style(document, "文件标题", TITLE, SIZE_2, align=WD_ALIGN_PARAGRAPH.CENTER, after=LINE)
    add_style(document, "主送机关", BODY, SIZE_3)
    add_style(document, "一级标题", LEVEL_1, SIZE_3, indent=2, level=0)
    add_style(document, "二级标题", LEVEL_2, SIZE_3, indent=2, level=1)
    add_style(document, "附件说明", BODY, SIZE_3, indent=2, before=LINE)
    add_style(document, "发文机关", BODY, SIZE_3, align=right, before=LINE, right=4)
    add_style(document, "成文日期", BODY, SIZE_3, align=right, right=4)
    for line in text.splitlines():
        mark, _, rest = line.partition(" ") if line.startswith("#") else ("", "", line)
        if rest.strip():
            document.add_paragraph(rest, style=_STYLE_OF[mark])
    properties = document.core_properties
    properties.created = properties.modified = _MADE
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = ""
    buffer = BytesIO()
    document.save(buffer)
    return timeless(buffer.getvalue())


def main() -> None:
    text = (TEMPLATES / "self_assessment.txt").read_text("utf-8")
    write_bytes(make_self_assessment(text), TEMPLATES / "self_assessment.docx")


if __name__ == "__main__":
    main()
