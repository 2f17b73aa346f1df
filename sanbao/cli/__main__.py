"""`python -m sanbao.cli`: the command without its script."""

from sanbao.cli.app import main

main()
