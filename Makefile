# README's two commands are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
PLACE ?= yuzhong
SERVE ?= 1
SCALE ?= province
# One process more than cores, because some tests wait for servers and clocks; four at most.
JOBS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); [ $$cores -lt 3 ] && expr $$cores + 1 || echo 4)
VENV := .venv
RUN := $(VENV)/bin/python
UV := $(VENV)/bin/uv
PYTEST = $(RUN) -m pytest --quiet --numprocesses=$(JOBS) --dist=worksteal

# A test run starts some fifty Python processes; with compiled bytecode each starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo run test test-fast lint format bench clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

$(VENV)/.locked: uv.lock pyproject.toml
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	test -x $(UV) || $(RUN) -m pip install --quiet --disable-pip-version-check uv
	$(UV) sync --locked --quiet
	touch $@

demo: $(VENV)/.locked ## PLACE=yuzhong|yunnan|ordos|yubei|yantai end to end, then serve (SERVE=0: without; PORT=)
	$(RUN) manage.py demo --place $(PLACE) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve)

run: $(VENV)/.locked ## serve what is there
	$(RUN) manage.py migrate --verbosity 0
	$(RUN) manage.py serve --port $(PORT)

test: $(VENV)/.locked ## all tests: SQLite, real PostgreSQL, real Redis with a real worker
	$(PYTEST)
	$(PYTEST) --database=postgres

test-fast: $(VENV)/.locked ## the quick tests that need no server, with SQLite
	$(PYTEST) -m "not server and not copy and not long"

lint: $(VENV)/.locked ## ruff, mypy, layering, migrations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(RUN) manage.py check
	$(RUN) manage.py makemigrations --check --dry-run

format: $(VENV)/.locked ## ruff format and safe fixes
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(VENV)/.locked ## every bar beside what is measured (SCALE=district|province|nation), see bench/README.md
	$(UV) sync --locked --quiet --group bench
	$(RUN) -m bench $(SCALE)

clean: ## remove what make made, but no data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
