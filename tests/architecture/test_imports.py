"""Who may import whom: the house's table, run by import-linter (`.importlinter`)."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--config", str(config), "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_rules_hold() -> None:
    result = _lint(ROOT / ".importlinter")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_a_broken_rule_is_seen(tmp_path: Path) -> None:
    """The same linter with a rule that the tree breaks, so that the test above can fail."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    config["importlinter:contract:ingestion"]["forbidden_modules"] = "pydantic"
    path = tmp_path / "importlinter.ini"
    with path.open("w") as file:
        config.write(file)
    assert _lint(path).returncode == 1


def test_only_the_sample_command_knows_the_sample_county() -> None:
    importers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("foundation", "ingestion", "dashboards", "sanbao", "dags")
        for path in (ROOT / folder).rglob("*.py")
        if "sample_county" in path.read_text("utf-8") and "import" in path.read_text("utf-8")
        if any(
            line.strip().startswith(("import sample_county", "from sample_county"))
            for line in path.read_text("utf-8").splitlines()
        )
    }
    assert importers <= {"sanbao/cli/commands.py", "sanbao/stack.py"}
