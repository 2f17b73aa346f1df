"""Which cells of a public table are left out, so that no small one can be worked out from the others.

A cell of 1 to 4 people is small, and so is the rest to its total. Cells that depend on each other (parts of
one total, states, a rate beside its counts) form a group and are left out together, row by row: whatever
linear relation holds between them then holds for the left-out rows as well, known to us or not. What
remains are the sums over areas, villages to town to county. Where rows of a group are left out, at least
two have people in them: exchanging what two people count as, one in each, gives another table with the
same sums, so that no left-out cell has only one possible value. A town that is left out takes its
villages with it, for the same reason.

What an earlier table left out stays left out: with another partner in the next month's table, a cell that has
not changed would be the rest of a sum whose other parts are shown.

After L. Cox, "Suppression methodology and statistical disclosure control", JASA 75 (1980). The
general-purpose tools (tau-Argus, sdcTable) are no Python and need a solver.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

LEAST_SHOWN = 5

Area = tuple[str, str]  # level (county, town, village) and code


@dataclass(frozen=True)
class Areas:
    """The county with its towns and their villages."""

    county: Area
    towns: dict[Area, tuple[Area, ...]]

    @property
    def all(self) -> tuple[Area, ...]:
        return (self.county, *self.towns, *(village for of in self.towns.values() for village in of))


@dataclass(frozen=True)
class Part:
    """A column of counts: `counts` per area, each a part of the total `root`.

    A scope (a denominator) that is the total in every area is that total under another name.
    """

    name: str
    root: str
    counts: dict[Area, int]
    is_scope: bool = False


@dataclass
class Group:
    """Parts that are left out together."""

    parts: list[Part] = field(default_factory=list)


def is_small(count: int) -> bool:
    return 0 < count < LEAST_SHOWN


def left_out(
    areas: Areas,
    roots: dict[str, dict[Area, int]],
    groups: dict[str, Group],
    before: Mapping[str, Collection[Area]],
) -> dict[str, set[Area]]:
    """Column name → areas in which its cell is left out; `roots` are columns by their own names.

    `before` is what earlier tables left out, in the same form.
    """
    there = set(areas.all)
    earlier = {name: there.intersection(found) for name, found in before.items()}
    hidden_roots: dict[str, set[Area]] = {}
    for root in roots:
        tied = _tied(root, groups)
        together = [roots[name] for name in tied]
        small = {area for area in areas.all if any(is_small(counts.get(area, 0)) for counts in together)}
        small = small.union(*(earlier.get(name, ()) for name in tied))
        hidden_roots[root] = _closed(areas, small, _least(areas, together))
    result = dict(hidden_roots)
    for group in groups.values():
        own = sorted({part.root for part in group.parts})
        telling = {area for area in areas.all if any(_tells(part, roots, area) for part in group.parts)}
        telling = telling.union(*(hidden_roots[name] for name in own))
        telling = telling.union(*(earlier.get(part.name, ()) for part in group.parts))
        hidden = _closed(areas, telling, _least(areas, [roots[name] for name in own]))
        for part in group.parts:
            total = roots[part.root]
            if part.is_scope and all(part.counts.get(area, 0) == total.get(area, 0) for area in areas.all):
                result[part.name] = hidden_roots[part.root]
                continue
            shown = _derived(areas, part, total, hidden, hidden_roots[part.root])
            result[part.name] = hidden - shown
    return result


def _tied(root: str, groups: dict[str, Group]) -> tuple[str, ...]:
    """Totals that share a group (households and the people in them) are left out together."""
    found = {root}
    for group in groups.values():
        own = {part.root for part in group.parts}
        if root in own:
            found |= own
    return tuple(sorted(found))


def _tells(part: Part, roots: dict[str, dict[Area, int]], area: Area) -> bool:
    count = part.counts.get(area, 0)
    return is_small(count) or is_small(roots[part.root].get(area, 0) - count)


def _least(areas: Areas, totals: list[dict[Area, int]]) -> Callable[[Area], int]:
    """The smallest of several totals, by area."""
    least = {area: min(counts.get(area, 0) for counts in totals) for area in areas.all}
    return least.__getitem__


def _closed(areas: Areas, primary: set[Area], size: Callable[[Area], int]) -> set[Area]:
    """The rows to leave out: the primary ones, and those that would give them away."""
    if areas.county in primary:
        return set(areas.all)
    towns = primary & set(areas.towns)
    villages = primary - towns
    while True:
        before = len(towns), len(villages)
        for town, own in areas.towns.items():
            inside = [village for village in own if size(village) > 0]
            if town in towns:
                villages |= set(inside)
            elif sum(village in villages for village in inside) == 1:
                partner = _smallest([v for v in inside if v not in villages], size)
                if partner:
                    villages.add(partner)
                else:
                    towns.add(town)
        if sum(size(town) > 0 for town in towns) == 1:
            partner = _smallest([t for t in areas.towns if t not in towns and size(t) > 0], size)
            if not partner:
                return set(areas.all)
            towns.add(partner)
        if (len(towns), len(villages)) == before:
            return towns | villages


def _smallest(choice: list[Area], size: Callable[[Area], int]) -> Area | None:
    return min(choice, key=lambda area: (size(area), area), default=None)


def _derived(
    areas: Areas, part: Part, root: dict[Area, int], hidden: set[Area], hidden_root: set[Area]
) -> set[Area]:
    """Left-out cells that everybody can work out and may: where none of a block is a part, or all are."""
    nobody = {area for area in hidden - hidden_root if root.get(area, 0) == 0}
    if areas.county in hidden:
        return nobody
    free = {town for town in areas.towns if town in hidden}
    blocks = [free | {village for town in free for village in areas.towns[town]}]
    blocks += [set(own) & hidden for town, own in areas.towns.items() if town not in hidden]
    shown = nobody
    for block in blocks:
        counts = [(part.counts.get(area, 0), root.get(area, 0)) for area in block]
        if all(count == 0 for count, _ in counts):
            shown |= block & hidden
        elif all(count == total for count, total in counts):
            shown |= (block & hidden) - hidden_root
    return shown
