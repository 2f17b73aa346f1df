"""Superset's REST API, as far as deployment and checks need it."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any

import requests


class SupersetApiError(RuntimeError):
    """Superset refused a request; carries its answer, shortened."""


class SupersetClient:
    """A logged-in session: JWT for who, CSRF token and cookie for writes."""

    def __init__(
        self, base_url: str, user: str, password: str, *, timeout: float = 60, verify: bool | str = True
    ) -> None:
        """`verify`: as in requests; the path of a certificate of the office's own."""
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        # An office proxy has no business between two programs on one machine.
        self._session.trust_env = False
        self._session.verify = verify
        login = {"username": user, "password": password, "provider": "db", "refresh": False}
        token = self.post("/api/v1/security/login", json=login)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        csrf = self.get("/api/v1/security/csrf_token/")["result"]
        self._session.headers.update({"X-CSRFToken": csrf, "Referer": self.base_url})

    def __enter__(self) -> SupersetClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def get(self, path: str, **arguments: Any) -> dict[str, Any]:
        return self._request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> dict[str, Any]:
        return self._request("POST", path, **arguments)

    def delete(self, path: str) -> dict[str, Any]:
        return self._request("DELETE", path)

    def list_all(self, resource: str, columns: list[str]) -> list[dict[str, Any]]:
        """Every object of a resource (chart, dataset, dashboard …), page by page."""
        found: list[dict[str, Any]] = []
        while True:
            query = {"page": len(found) // 100, "page_size": 100, "columns": columns}
            page = self.get(f"/api/v1/{resource}/", params={"q": json.dumps(query)})
            found += page["result"]
            if len(page["result"]) < 100 or len(found) >= page["count"]:
                return found

    def import_assets(self, bundle: bytes) -> None:
        files = {"bundle": ("sanbao.zip", bundle, "application/zip")}
        self.post("/api/v1/assets/import/", files=files, data={"passwords": "{}"})

    def chart_data(self, chart_id: int, filters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows behind a saved chart, as a dashboard with these filters (column → value) asks for them."""
        saved = self.get(f"/api/v1/chart/{chart_id}")["result"]["query_context"]
        context = json.loads(saved)
        for query in context["queries"]:
            query["filters"] += [
                {"col": column, "op": "==", "val": v} for column, v in (filters or {}).items()
            ]
        answer = self.post("/api/v1/chart/data", json=context)
        rows: list[dict[str, Any]] = answer["result"][0]["data"]
        return rows

    def _request(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = self._session.request(method, self.base_url + path, timeout=self._timeout, **arguments)
        if not answer.ok:
            raise SupersetApiError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        document: dict[str, Any] = answer.json()
        return document
