"""What is asked of a serving file that another release has published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from sanbao.errors import SanbaoError
from sanbao.queries.serving import published_dates, query
from sanbao.settings import Settings


@pytest.fixture
def older(tmp_path: Path) -> Settings:
    """A home whose published file knows of figures no more than their dates."""
    settings = Settings(home=tmp_path, as_of=date(2019, 12, 31))
    settings.serving.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.serving)) as connection:
        connection.execute("create schema mart")
        connection.execute(
            "create table mart.fct_figure as select date '2019-12-31' as as_of, 'a' as figure_id"
        )
    return settings


@pytest.mark.parametrize(
    ("sql", "lacking"),
    [
        ("select override_count from mart.fct_figure", "override_count"),
        ("select * from mart.fct_override", "fct_override"),
    ],
)
def test_what_an_older_release_did_not_publish_is_said_as_that(
    older: Settings, sql: str, lacking: str
) -> None:
    assert len(published_dates(older)) == 1
    with pytest.raises(SanbaoError, match=lacking) as refused:
        query(older, sql)
    assert refused.value.code == "PUBLISHED_BY_ANOTHER_RELEASE"
