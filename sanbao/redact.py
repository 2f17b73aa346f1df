"""What an error says, without the values that it carries.

A database names the cell that it could not convert, a library the text that it could not read. An ID
number can be recognised in that, a person's name cannot. So nothing is kept that may be a value: what
is quoted (unless it is an identifier), what is not ASCII, longer runs of digits, and the echoed line of
a statement. What stays is the kind of error, models, columns and places in the code.
"""

from __future__ import annotations

import re
import traceback

_LEFT_OUT = "…"
# The statement that a database repeats, with the mark below the place; and a text with such a mark.
_ECHO = re.compile(r"^\s*LINE \d+:.*(\n\s*\^.*)?|^.*\n[ \t]*\^[ \t]*$", re.MULTILINE)
_SINGLE = re.compile(r"'.*'", re.DOTALL)  # greedy: a value may hold quotes of its own
_DOUBLE = re.compile(r'"[^"]*"')
_OTHER = re.compile(r"[“‘《`].*[”’》`]", re.DOTALL)
_IDENTIFIER = re.compile(r'"[a-z][a-z0-9]*(_[a-z0-9]+)+(\.[a-z][a-z0-9_]*)*"')
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_DIGITS = re.compile(r"\d{4,}([-./: ,]?\d+)*")
_LONGEST = 400


def redacted(text: str) -> str:
    """`text` of an error on one line, without whatever may be a value."""
    text = _ECHO.sub("", text)
    text = _SINGLE.sub(f"'{_LEFT_OUT}'", text)
    if text.count('"') % 2:
        text = re.sub('".*', f'"{_LEFT_OUT}"', text, flags=re.DOTALL)
    text = _DOUBLE.sub(lambda found: found[0] if _IDENTIFIER.fullmatch(found[0]) else f'"{_LEFT_OUT}"', text)
    text = _OTHER.sub(_LEFT_OUT, text)
    text = _FOREIGN.sub(_LEFT_OUT, text)
    text = _DIGITS.sub(_LEFT_OUT, text)
    return " ".join(text.split())[:_LONGEST]


def kind_of(error: BaseException) -> str:
    """An exception as it may be told: its type, and what is left of its words."""
    # What the system says of a file goes without the file's name, which a clerk chose.
    said = (error.strerror or "") if isinstance(error, OSError) and error.errno else redacted(str(error))
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def stack_of(error: BaseException) -> str:
    """Where an exception and those behind it came from: files, lines and functions, and no values."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        lines = [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
        parts.append("\n".join([*lines, kind_of(current)]))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n\nafter\n\n".join(parts) + "\n"
