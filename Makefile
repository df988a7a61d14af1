# One word for everything. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.DEFAULT_GOAL := help
.PHONY: help setup demo tour test check fix bench faults pictures lock clean

help: ## say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r word does; do printf '  make %-8s %s\n' "$$word" "$$does"; done

setup: $(READY) ## a .venv with everything that requirements.lock names, by hash

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' || { echo "Overlap needs Python 3.11, 3.12 or 3.13; this is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (a minute or two, once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## the playground: try Overlap in a browser, until Ctrl-C
	@$(BIN)/overlap demo

tour: $(READY) ## the whole story on real calendars, told in this terminal
	@$(BIN)/overlap demo --tour

test: $(READY) ## unit, contract and scenario tests, against real CalDAV servers
	@$(BIN)/python -m pytest -n $(CORES) --dist loadgroup -m "not faults" $(ARGS)

faults: $(READY) ## kills and outages, by seed
	@$(BIN)/python -m pytest -m faults $(ARGS)

check: $(READY) ## lint, format, strict types, floors, file sizes, links, generated pages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m scripts.check_house

fix: $(READY) ## what the linter and the formatter can mend by themselves
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python -m scripts.write_settings
	@$(BIN)/python -m scripts.write_admins
	@$(BIN)/python -m scripts.write_slots_schema

bench: $(READY) ## speed, as ratios within one run; writes build/bench.json
	@$(BIN)/python -m tests.benchmarks.run

pictures: $(READY) ## the README's pictures, taken from the demo in the system's Chromium
	@$(BIN)/python -m tests.playground.pictures

lock: $(READY) ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --upgrade -o requirements.lock

clean: ## remove what the other words made
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
