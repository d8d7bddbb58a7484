"""``python -m qa`` is ``qa``."""

from qa.app.cli import main

main()
