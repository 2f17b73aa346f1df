"""A home that is ready to be written: the contracts, folders and modes, no restore half done."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from sanbao.errors import SanbaoError
from sanbao.settings import Settings, keep_private

if TYPE_CHECKING:
    from ingestion.contracts import Catalog
    from ingestion.lake.modes import Given


@functools.cache
def catalog() -> Catalog:
    """The feed contracts, read once per process; raises SanbaoError (FEEDS_WRONG)."""
    from ingestion.contracts import ContractError, load_catalog

    try:
        return load_catalog()
    except ContractError as error:
        raise SanbaoError("FEEDS_WRONG", detail=str(error)) from error


def prepare_home(settings: Settings) -> list[Given]:
    """Make what is missing of the home and give every folder its mode; raises SanbaoError (KEY_LOST …).

    Returns the folders that belong to a group, and whether they could be given to it.
    """
    refuse_unfinished_restore(settings)
    return make_ready(settings)


def make_ready(settings: Settings) -> list[Given]:
    """The same, also for a home that is just being restored."""
    from ingestion import Groups, Home, prepare
    from ingestion.lake.key_fingerprint import KeyProblemError

    keep_private()
    try:
        groups = Groups(settings.department_group, settings.serving_group)
        return prepare(Home(settings.home), catalog(), groups)
    except KeyProblemError as error:
        raise SanbaoError(error.code, key=error.key) from error


def refuse_unfinished_restore(settings: Settings) -> None:
    """Raises SanbaoError (RESTORE_UNFINISHED) between the first file of a restore and its last date."""
    folder = settings.home / ".restoring"
    if (folder / "ready.json").exists() or (folder / "rebuild.json").exists():
        raise SanbaoError("RESTORE_UNFINISHED", home=str(settings.home))
