"""Who a sheet about households is for, and what it leaves out for them.

Whatever the role, a sheet is made of what is served: no children's names, six places of an ID number.
"""

from __future__ import annotations

from dataclasses import dataclass

# Welfare and health: nothing of them is made public, of no household (docs/privacy.md).
_PRIVATE = frozenset({"medical", "safety_net", "education_subsidy"})
UNNAMED = "（不列名）"


@dataclass(frozen=True)
class Audience:
    """What a role may read; `label` stands on the sheet."""

    role: str
    label: str
    has_names: bool = True  # otherwise the surname alone
    has_numbers: bool = True  # the six places of ID numbers that are served
    has_sources: bool = True  # files, sheets and rows, payments, open questions
    has_circumstances: bool = True  # kind of household, ability to work, years of birth, schooling
    hidden: frozenset[str] = frozenset()  # guarantees that are left out

    def name(self, served: str | None) -> str:
        """A name as this role may read it; the served one is empty for children."""
        if not served:
            return UNNAMED
        return served if self.has_names else served[0] + "*" * (len(served) - 1)


AUDIENCES = {
    each.role: each
    for each in (
        Audience("county", "县级使用"),
        Audience("town", "乡镇、村使用", has_numbers=False),
        Audience(
            "public",
            "公示",
            has_names=False,
            has_numbers=False,
            has_sources=False,
            has_circumstances=False,
            hidden=_PRIVATE,
        ),
    )
}
