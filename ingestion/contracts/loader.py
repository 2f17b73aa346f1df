"""Read the contracts of a catalog folder and check them against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from ingestion.contracts.cross_feed import CrossFileCheck
from ingestion.contracts.model import Contract
from ingestion.contracts.period_maps import ColumnMap, MapPeriod, mapped
from ingestion.contracts.yaml_file import read_yaml

CATALOG_DIR = Path(__file__).resolve().parent.parent / "feeds"
UNKNOWN_DEPARTMENT = "unknown"


class ContractError(ValueError):
    """A contract file is wrong; the text names the file and what to change."""


MAP_SUFFIX = ".columns.yml"


@dataclass(frozen=True)
class Catalog(Mapping[str, Contract]):
    """All contracts by feed name, in the order of department and feed."""

    contracts: tuple[Contract, ...]
    maps: Mapping[str, tuple[tuple[MapPeriod, Contract], ...]] = field(default_factory=dict)

    @cached_property
    def _by_feed(self) -> dict[str, Contract]:
        return {c.feed: c for c in self.contracts}

    def __getitem__(self, feed: str) -> Contract:
        return self._by_feed[feed]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_feed)

    def __len__(self) -> int:
        return len(self._by_feed)

    def at(self, feed: str, day: date | None) -> tuple[Contract, str | None]:
        """The contract for a file that speaks for `day`, and the period of the map that it takes in."""
        for period, contract in self.maps.get(feed, ()):
            if day is not None and period.valid_from <= day <= period.last:
                return contract, period.name
        return self[feed], None

    def of_department(self, department: str) -> tuple[Contract, ...]:
        return tuple(c for c in self.contracts if c.department == department)

    @property
    def place_feeds(self) -> frozenset[str]:
        """The feeds that tell the towns of others: they are read first."""
        return frozenset(c.cut.place_feed for c in self.contracts if c.cut and c.cut.place_feed)

    @property
    def departments(self) -> dict[str, str]:
        """Department folder → Chinese name."""
        return {c.department: c.department_name for c in self.contracts}


def load_catalog(directory: Path = CATALOG_DIR) -> Catalog:
    """Load `<directory>/<department>/<feed>.yml`; raises ContractError on the first fault."""
    paths = sorted(directory.glob("*/*.yml"))
    contracts = [_load(path) for path in paths if not path.name.endswith(MAP_SUFFIX)]
    if not contracts:
        raise ContractError(f"{directory}: no contract found (expected <department>/<feed>.yml)")
    _check_each_other(contracts)
    maps = [_load_map(path, contracts) for path in paths if path.name.endswith(MAP_SUFFIX)]
    return Catalog(tuple(contracts), dict(maps))


def _load(path: Path) -> Contract:
    found = path.stat()
    return _loaded(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1000)  # a contract never changes once it is made, and a program asks for it at many doors
def _loaded(path: Path, changed: int, size: int) -> Contract:
    """The contract in a file that was `changed` last at this moment and has this size."""
    try:
        contract = Contract.model_validate(read_yaml(path))
    except (ValidationError, yaml.YAMLError) as error:
        raise ContractError(f"{path}: {error}") from error
    if (contract.department, contract.feed) != (path.parent.name, path.stem):
        raise ContractError(f"{path}: says {contract.department}/{contract.feed}, but stands elsewhere")
    return contract


def _load_map(path: Path, contracts: list[Contract]) -> tuple[str, tuple[tuple[MapPeriod, Contract], ...]]:
    """A feed's column map: each period with the contract as it is for files of that period."""
    place = (path.parent.name, path.name.removesuffix(MAP_SUFFIX))
    contract = next((c for c in contracts if (c.department, c.feed) == place), None)
    if contract is None:
        raise ContractError(f"{path}: there is no contract {place[1]}.yml beside it")
    try:
        found = ColumnMap.model_validate(read_yaml(path))
        if found.feed != contract.feed:
            raise ValueError(f"feed is {found.feed}, but the file stands beside {contract.feed}")
        return contract.feed, tuple((period, mapped(contract, period)) for period in found.periods)
    except (ValueError, yaml.YAMLError) as error:  # a ValidationError is a ValueError
        raise ContractError(f"{path}: {error}") from error


def _check_each_other(contracts: list[Contract]) -> None:
    by_feed = {c.feed: c for c in contracts}
    if len(by_feed) != len(contracts):
        raise ContractError("two contracts claim one feed name")
    names: dict[str, str] = {}
    for contract in contracts:
        known = names.setdefault(contract.department, contract.department_name)
        if known != contract.department_name:
            both = f"{known} and {contract.department_name}"
            raise ContractError(f"{contract.department} is called both {both}")
        _check_cut(contract, by_feed)
        for check in contract.checks:
            if isinstance(check, CrossFileCheck):
                other = by_feed.get(check.other_feed)
                if other is None or not set(check.other_columns) <= {c.name for c in other.columns}:
                    where = f"{contract.feed}: {check.code}"
                    raise ContractError(f"{where} looks into a feed or column that is not there")


def _check_cut(contract: Contract, by_feed: dict[str, Contract]) -> None:
    """Refuse a cut by places that another feed of the department does not name."""
    if contract.cut is None or contract.cut.place_feed is None:
        return
    place = by_feed.get(contract.cut.place_feed)
    knows = place is not None and contract.cut.by[0] in {column.name for column in place.columns}
    if place is None or not knows or not place.town_column or place.department != contract.department:
        raise ContractError(
            f"{contract.feed}: cut asks {contract.cut.place_feed} for towns that it does not name"
        )
