"""The county itself: its towns as people write them, and the neighbours it is mixed up with."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ingestion.contracts.yaml_file import read_yaml

COUNTY_FILE = Path(__file__).resolve().parent / "county.yml"


class Town(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    also: tuple[str, ...] = ()


class County(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    short_name: str
    contact: str  # whom clerks ask about deliveries
    area_codes: tuple[str, ...]
    towns: tuple[Town, ...]
    other_counties: dict[str, str]

    @cached_property
    def town_names(self) -> dict[str, str]:
        """What people write → official name: the name, its older names, and both without 镇/乡/街道."""
        found: dict[str, str] = {}
        for town in self.towns:
            for name in (town.name, *town.also):
                for spelling in {name, _without_suffix(name)}:
                    found[spelling] = town.name
                    found[self.name + spelling] = town.name
            stem = _without_suffix(town.name)
            if stem != town.name:
                found.setdefault(stem + "镇", town.name)
        return found


def _without_suffix(name: str) -> str:
    for suffix in ("街道办事处", "街道办", "街道", "镇", "乡"):
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


@cache
def load_county(path: Path = COUNTY_FILE) -> County:
    """The county of this installation."""
    return County.model_validate(read_yaml(path))
