# Two commands: `make ask` answers from seeds/, `make test` runs the tests, on every core.
# Both make an environment of their own in .venv; nothing else on the machine is touched.

PYTHON ?= python3
QUESTION ?= who are Huawei's auto partners?
BIN := .venv/bin

.PHONY: ask test check constraints audit clean

ask: .venv/installed
	@$(BIN)/qa ask "$(QUESTION)"

test: .venv/installed-dev
	$(BIN)/python -m pytest -n auto --dist loadfile

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-dev: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# The versions that were tested, for every Python from 3.11 on; needs uv.
constraints:
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --no-header \
		--no-annotate --output-file constraints.txt pyproject.toml

# Known vulnerabilities of these versions, in an environment of its own.
audit:
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.10'
	.venv-audit/bin/python bench/audit.py

clean:
	rm -rf .venv .venv-audit .qa build dist
