"""YAML as the contracts are written in: what would be read otherwise than it looks is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ingestion.contracts.yaml_file import read_yaml


def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "feed.yml"
    path.write_text("codes:\n  成功: 已发\n  退回: 未发\n  成功: 未发\n", "utf-8")
    with pytest.raises(yaml.YAMLError, match=r"'成功' stands here twice[\s\S]*line 4"):
        read_yaml(path)


def test_the_same_key_in_two_places_is_none_twice(tmp_path: Path) -> None:
    path = tmp_path / "feed.yml"
    path.write_text("- {name: a, type: text}\n- {name: b, type: text}\n", "utf-8")
    assert read_yaml(path) == [{"name": "a", "type": "text"}, {"name": "b", "type": "text"}]
