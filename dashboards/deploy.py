"""Bring Superset to the state the asset files and the dbt manifest describe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.bundle import CERTIFIED_BY, Bundle, build_bundle
from dashboards.catalog import ASSETS, AssetError, read_catalog
from dashboards.check import check
from dashboards.client import SupersetClient
from dashboards.manifest import read_served_models


@dataclass(frozen=True)
class DeployResult:
    """`dashboards` maps titles to addresses; `removed` names what was ours and is no longer declared."""

    datasets: int
    charts: int
    dashboards: dict[str, str]
    removed: tuple[str, ...]


def deploy(
    base_url: str,
    user: str,
    password: str,
    manifest: Path,
    serving_file: Path,
    *,
    assets: Path = ASSETS,
) -> DeployResult:
    """Idempotent: the same input leaves the same objects with the same ids.

    Raises AssetError when an asset refers to something the manifest does not serve, before
    anything is sent; SupersetApiError when Superset refuses.
    """
    models, catalog = read_served_models(manifest), read_catalog(assets)
    findings = check(models, catalog)
    if findings:
        raise AssetError("\n".join(str(finding) for finding in findings))
    bundle = build_bundle(models, catalog, serving_file)
    with SupersetClient(base_url, user, password) as client:
        client.import_assets(bundle.content)
        removed = _remove_stale(client, bundle)
    addresses = {
        dashboard.title: f"{base_url.rstrip('/')}/superset/dashboard/{dashboard.slug}/"
        for dashboard in catalog.dashboards.values()
    }
    return DeployResult(len(bundle.datasets), len(bundle.charts), addresses, removed)


def _remove_stale(client: SupersetClient, bundle: Bundle) -> tuple[str, ...]:
    """Delete what an earlier deployment made and this one does not declare; nobody else's work."""
    removed = []
    for resource, title, kept in (
        ("dashboard", "dashboard_title", bundle.dashboards),
        ("chart", "slice_name", bundle.charts),
    ):
        columns = ["id", "uuid", title, "certified_by", "is_managed_externally"]
        for item in client.list_all(resource, columns):
            if _is_ours(item) and item["uuid"] not in kept.values():
                client.delete(f"/api/v1/{resource}/{item['id']}")
                removed.append(f"{resource} {item[title]}")
    return (*removed, *_remove_stale_datasets(client, bundle))


def _remove_stale_datasets(client: SupersetClient, bundle: Bundle) -> list[str]:
    """A dataset that somebody's own chart still uses stays: deleting it would break the chart."""
    removed = []
    for item in client.list_all("dataset", ["id", "uuid", "table_name", "extra"]):
        ours = CERTIFIED_BY in (item.get("extra") or "")
        if not ours or item["uuid"] in bundle.datasets.values():
            continue
        related = client.get(f"/api/v1/dataset/{item['id']}/related_objects")
        if related["charts"]["count"] == 0:
            client.delete(f"/api/v1/dataset/{item['id']}")
            removed.append(f"dataset {item['table_name']}")
    return removed


def _is_ours(item: dict[str, Any]) -> bool:
    return bool(item.get("is_managed_externally")) and item.get("certified_by") == CERTIFIED_BY
