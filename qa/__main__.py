"""``python -m qa`` is ``qa``."""

from qa.fronts.cli.main import main

main()
