"""Number formats by what they do, and what a person then sees: written without the readers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape


@dataclass(frozen=True)
class Format:
    """A format that fills up with zeros, or scales, or shows percent; or none of it.

    `thousands` are the commas at its end, `point` the digits behind a point that is put between them.
    """

    prefix: str = ""
    zeros: int = 0
    thousands: int = 0
    point: int = 0
    places: int = 0
    percent: bool = False
    escape: str = "!"  # how the point is put in: !. or \\. or "."
    suffix: str = ""

    @property
    def power(self) -> int:
        return 3 * self.thousands + self.point

    @property
    def code(self) -> str:
        """As Excel writes it."""
        point = {"!": "!.", "\\": "\\.", '"': '"."'}[self.escape]
        prefix = f'"{self.prefix}"' if self.prefix else ""
        suffix = f'"{self.suffix}"' if self.suffix else ""
        if self.zeros:
            return prefix + "0" * self.zeros + suffix
        digits = f"0{point}{'0' * self.point}" if self.point else "0"
        decimals = "." + "0" * self.places if self.places else ""
        return f"{prefix}{digits}{decimals}{',' * self.thousands}{'%' if self.percent else ''}{suffix}"

    def ods_style(self, name: str) -> str:
        """As LibreOffice writes it."""
        kind = "percentage" if self.percent else "number"
        inner = ""
        if self.point:
            inner = f'<number:embedded-text number:position="{self.point}">.</number:embedded-text>'
        factor = f' number:display-factor="{1000**self.thousands}"' if self.thousands else ""
        number = (
            f'<number:number number:decimal-places="{self.places}"'
            f' number:min-integer-digits="{self.zeros or self.point + 1}"{factor}>{inner}</number:number>'
        )
        text = f"<number:text>{escape(self.prefix)}</number:text>" if self.prefix else ""
        end = "<number:text>%</number:text>" if self.percent else ""
        end += f"<number:text>{escape(self.suffix)}</number:text>" if self.suffix else ""
        return f'<number:{kind}-style style:name="{name}">{text}{number}{end}</number:{kind}-style>'

    def exact(self, value: str) -> str:
        """What is shown, with all digits of the number."""
        number = Decimal(value)
        if self.zeros:
            return self.prefix + value.zfill(self.zeros)
        if self.percent:
            return plain(number * 100) + "%"
        return plain(number / 10**self.power)

    def seen(self, value: str) -> str:
        """What stands on the screen, rounded as the format says."""
        if self.zeros:
            return self.exact(value) + self.suffix
        number = Decimal(value) * 100 if self.percent else Decimal(value) / 1000**self.thousands
        text = str(number.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP))
        if self.point:
            digits = text.zfill(self.point + 1)
            text = f"{digits[: -self.point]}.{digits[-self.point :]}"
        return text + ("%" if self.percent else "") + self.suffix


def plain(number: Decimal) -> str:
    """Without zeros at the end and without an exponent."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
