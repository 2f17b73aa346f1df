"""Characters that nobody sees: what text pasted from a web page, a phone or an old system carries along.

They make two texts differ that look the same. None of them says anything in a cell of a table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

# Format characters (Cf) and the rest of what draws nothing: controls, fillers, variation selectors.
_HIDDEN = (
    r"\x{0}-\x{8}\x{e}-\x{1f}\x{7f}-\x{84}\x{86}-\x{9f}\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}"
    r"\x{180b}-\x{180f}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}"
    r"\x{ffa0}\x{fff9}-\x{fffb}\x{e0000}-\x{e0fff}"
)
INVISIBLE = f"[{_HIDDEN}]"  # RE2
_BREAKS = r"[\x{b}\x{c}\x{85}\x{2028}\x{2029}]"
_AT_EDGE = f"^{_BREAKS}+|{_BREAKS}+$"
_SUSPECT = f"{INVISIBLE}|{_BREAKS}"
_PYTHON = re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda c: f"\\U{int(c[1], 16):08x}", INVISIBLE))

# First bytes (UTF-8) that one of them can begin with: Han characters have none of these.
_BYTES = np.zeros(256, np.bool_)
_BYTES[[*range(9), 11, 12, *range(14, 32), 0x7F, 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF3]] = True


def visible(text: str) -> str:
    """`text` without what nobody sees."""
    return _PYTHON.sub("", text)


def visible_column(texts: pa.Array) -> pa.Array:
    """The same for a string array, other line breaks as \\n; the array itself where nothing is hidden."""
    import pyarrow.compute as pc

    data = texts.buffers()[2]
    if data is None or not _BYTES[np.frombuffer(data, np.uint8)].any():
        return texts
    found = pc.fill_null(pc.match_substring_regex(texts, _SUSPECT), False)
    if not pc.any(found).as_py():
        return texts
    some = pc.replace_substring_regex(texts.filter(found), INVISIBLE, "")
    some = pc.replace_substring_regex(pc.replace_substring_regex(some, _AT_EDGE, ""), _BREAKS, "\n")
    return pc.replace_with_mask(texts, found, some)


def code_points(text: str) -> str:
    """The characters of `text` as a person can look them up: “Ｏ”(U+FF2F)、U+202D."""
    named = dict.fromkeys(text)
    return "、".join(f"“{c}”(U+{ord(c):04X})" if visible(c).strip() else f"U+{ord(c):04X}" for c in named)
