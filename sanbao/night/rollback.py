"""`sanbao rollback`: the version that was published before the one in force is served again."""

from __future__ import annotations

from dataclasses import dataclass

from sanbao.errors import SanbaoError
from sanbao.night.lock import warehouse_lock
from sanbao.night.published import damaged_versions, published_or_served, sha256_of
from sanbao.settings import Settings
from sanbao.storage import tells_of_storage


@dataclass(frozen=True)
class RolledBack:
    """The version in force now, and the dates (ISO) that it holds."""

    version: str
    dates: tuple[str, ...]


@tells_of_storage
def rollback(settings: Settings) -> RolledBack:
    """Serve the version before the one in force; raises SanbaoError (NO_OLDER_VERSION, VERSION_DAMAGED).

    It stays in force until other data is published, or `publish --force`: a night with nothing new leaves
    it alone. The warehouse and the lake do not change, and a version that was left is never gone back to.
    """
    import duckdb

    from dashboards.publish import PublishRefused, ancestors, version_of
    from dashboards.publish import rollback as put_back

    with warehouse_lock(settings):
        record = published_or_served(settings)
        older = ancestors(settings.serving_dir)[:-1]
        if older and version_of(older[-1]) in damaged_versions(settings, record):
            raise SanbaoError("VERSION_DAMAGED", file=older[-1].name)
        try:
            version = put_back(settings.serving_dir).version
        except PublishRefused as error:
            raise SanbaoError("NO_OLDER_VERSION") from error
        known = record.sha256.get(version) if record else None
        assert known is None or known == sha256_of(settings.serving)
        with duckdb.connect(str(settings.serving), read_only=True) as connection:
            dates = connection.execute("select distinct as_of from mart.fct_figure order by 1").fetchall()
    return RolledBack(version, tuple(str(date) for (date,) in dates))
