"""What a person runs: the command `sanbao`, each of its commands, and how results look."""

from sanbao.cli.app import main

__all__ = ["main"]
