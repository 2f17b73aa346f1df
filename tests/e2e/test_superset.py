"""A real Superset and a real browser on a published county."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import requests

from dashboards.deploy import deploy
from dashboards.publish import publish
from dashboards.screenshot import capture
from ingestion.lake.modes import wrong_modes
from sanbao.errors import SanbaoError
from sanbao.servers import superset
from tests.e2e.conftest import County
from tests.e2e.sockets import listening
from tests.unit.dashboards import fake_warehouse

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

LATEST = datetime(2019, 12, 31, tzinfo=UTC).timestamp() * 1000


def test_a_second_start_leaves_the_server_alone(county: County) -> None:
    again = superset.start(county.home, int(county.server.url.rsplit(":", 1)[1]))
    assert again.was_running
    assert again.pid == county.server.pid


def test_it_listens_on_this_machine_only_and_keeps_its_secrets(county: County) -> None:
    port = int(county.server.url.rsplit(":", 1)[1])
    assert listening(county.home) == {("127.0.0.1", port)}
    for secret in (county.home / "secrets").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    logs = "".join(path.read_text("utf-8") for path in (county.home / "superset").glob("*.log"))
    assert county.server.password not in logs


def test_nothing_that_superset_wrote_is_open_to_others(county: County) -> None:
    assert (county.home / "superset" / "superset.db").exists()
    own = {"superset", "secrets", "run"}
    wrong = [line for line in wrong_modes(county.home) if line.partition(":")[0].partition("/")[0] in own]
    assert wrong == []


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SanbaoError, match="PORT_TAKEN"):
            superset.start(tmp_path, other.getsockname()[1])


def test_deploying_twice_leaves_the_same_objects(county: County) -> None:
    def objects() -> dict[str, list[tuple[int, str]]]:
        with county.client() as client:
            return {
                resource: sorted(
                    (item["id"], item["uuid"]) for item in client.list_all(resource, ["id", "uuid"])
                )
                for resource in ("chart", "dataset", "dashboard", "database")
            }

    first = objects()
    assert len(first["chart"]) >= 13
    assert (len(first["dashboard"]), len(first["database"])) == (2, 1)
    county.deploy()
    assert objects() == first


def test_every_chart_has_rows(county: County) -> None:
    undated = {"收到的文件"}
    with county.client() as client:
        charts = client.list_all("chart", ["id", "slice_name"])
        assert len(charts) >= 13
        for chart in charts:
            filters = {} if chart["slice_name"] in undated else {"as_of": LATEST}
            rows = client.chart_data(chart["id"], filters)
            assert rows, chart["slice_name"]
            assert all(value is not None for value in rows[0].values()), chart["slice_name"]


def test_figures_of_several_dates_are_never_added_up(county: County) -> None:
    with county.client() as client:
        charts = {c["slice_name"]: c["id"] for c in client.list_all("chart", ["id", "slice_name"])}
        [mixed] = client.chart_data(charts["建档立卡人口"])
        [dated] = client.chart_data(charts["建档立卡人口"], {"as_of": LATEST})
    assert mixed == dated, "of several dates the latest counts"
    connection = duckdb.connect(str(county.serving), read_only=True)
    expected = connection.execute(
        "select sum(numerator) from mart.fct_figure where figure_id = 'reg_pp' and as_of = '2019-12-31'"
        " and area_level = 'county'"
    ).fetchone()
    connection.close()
    assert expected == (dated["figure_number"],)


def test_a_chart_that_is_no_longer_declared_goes_but_an_analysts_own_stays(
    county: County, tmp_path: Path
) -> None:
    from dashboards.catalog import ASSETS

    assets = tmp_path / "assets"
    shutil.copytree(ASSETS, assets)
    extra = (assets / "charts" / "lifted_rate.yml").read_text("utf-8")
    (assets / "charts" / "extra.yml").write_text(extra.replace("lifted_rate\n", "extra\n", 1), "utf-8")
    board = assets / "dashboards" / "county_overview.yml"
    board.write_text(
        board.read_text("utf-8") + "  - {height: 20, cells: [{width: 4, chart: extra}]}\n", "utf-8"
    )
    login = (county.server.url, county.server.user, county.server.password)
    deploy(*login, county.manifest, county.serving, assets=assets)
    with county.client() as client:
        dataset = client.list_all("dataset", ["id"])[0]["id"]
        own = {"slice_name": "我的图表", "viz_type": "table", "datasource_id": dataset, "params": "{}"}
        mine = client.post("/api/v1/chart/", json={**own, "datasource_type": "table"})["id"]
        result = deploy(*login, county.manifest, county.serving)
        assert result.removed == ("chart 脱贫率",)
        ids = {chart["id"] for chart in client.list_all("chart", ["id"])}
        assert mine in ids
        client.delete(f"/api/v1/chart/{mine}")


def test_a_new_version_shows_at_once(county: County) -> None:
    connection = duckdb.connect(str(county.warehouse))
    connection.execute("update mart.rpt_delivery_board set days_late = 9")
    connection.close()
    assert publish(
        county.warehouse, county.home / "serving", county.manifest, fake_warehouse.ID_NUMBERS
    ).published
    with county.client() as client:
        charts = {c["slice_name"]: c["id"] for c in client.list_all("chart", ["id", "slice_name"])}
        for _ in range(6):  # every worker
            assert client.chart_data(charts["部门报送看板"], {"as_of": LATEST})[0]["late_label"] == "9 天"


def test_the_login_page_is_chinese(county: County) -> None:
    session = requests.Session()
    session.trust_env = False
    pack = session.get(f"{county.server.url}/superset/language_pack/zh/", timeout=30, allow_redirects=False)
    assert pack.status_code == 200
    assert "登录" in pack.text


_OVERVIEW = ("截止日期", "2019-12-31", "五项保障汇总", "义务教育", "徐城街道", "各部门报送情况",
             "部门报送看板")  # fmt: skip
_STATUS = ("截止日期", "2019-12-31", "部门报送看板", "第 1 版", "暂扣待改的行", "住建局村镇股", "待改的行",
           "F5 的“身份证号”没有填。", "收到的文件", "3 行身份证号码无法使用")  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "title", "charts", "texts"),
    [("county-overview", "县级总览", 13, _OVERVIEW), ("delivery-status", "到数情况", 12, _STATUS)],
)
def test_a_browser_shows_the_dashboard(
    county: County, tmp_path: Path, slug: str, title: str, charts: int, texts: tuple[str, ...]
) -> None:
    login = (county.server.url, county.server.user, county.server.password)
    folder = Path(os.environ.get("SANBAO_TEST_PICTURES", tmp_path))
    picture = folder / f"{slug}.png"
    seen = capture(*login, f"/superset/dashboard/{slug}/", picture)
    assert seen.title == title
    assert seen.errors == ()
    assert seen.chart_count >= charts
    assert seen.foreign_requests == ()
    for text in texts:
        assert text in seen.text, text
    assert "没有数据" not in seen.text
    assert picture.stat().st_size > 100_000
