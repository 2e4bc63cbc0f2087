# Two commands do everything: `make demo` runs the suite with a demo city, `make test` passes its tests.
.DEFAULT_GOAL := help
.ONESHELL:
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 3

.PHONY: help demo test test-long test-pages test-races check fmt lint types imports openapi openapi-check bench bench-gateway bench-health bench-hotline db-new setup

help:  ## Show what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/ -/' | column -t -s '-' -l 2 2>/dev/null || grep -E '^[a-z-]+:.*##' Makefile

$(VENV)/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	echo "Setting up Python packages (once) ..."
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	@echo "Setting up test packages (once) ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/test.txt
	touch $@

setup: $(VENV)/.test  ## Make the virtual environment with everything in it

demo: $(VENV)/.run  ## Run the suite with the demo city on http://localhost:8000 until interrupted
	@exec $(BIN)/citizen demo run

test: $(VENV)/.test  ## Pass the whole test suite
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not pages and not long" -q

test-long: $(VENV)/.test  ## The long rounds that `make test` leaves out: corpora, fuzzing, kill loops
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "long and not pages" -q

test-pages: $(VENV)/.test  ## Every page in every mode, width and language, in a real browser
	@$(BIN)/python -m pytest -n $(WORKERS) -m "pages" -q

test-races: $(VENV)/.test  ## 200 rounds of every single-use race, and 100,000 claims, at two workers under load
	@CITIZEN_RACE_ROUNDS=200 $(BIN)/python -m pytest -q tests/fault/test_gateway_races.py
	CITIZEN_RACE_CLAIMS=100000 $(BIN)/python -m pytest -q -n 2 tests/fault/test_hotline_claim_races.py

check: lint types imports openapi-check  ## Lint, types, import contracts, OpenAPI

fmt: $(VENV)/.test  ## Format and sort
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

lint: $(VENV)/.test  ## Ruff
	@$(BIN)/ruff check .

types: $(VENV)/.test  ## mypy, strict
	@$(BIN)/mypy

imports: $(VENV)/.test  ## Imports point one way
	@$(BIN)/lint-imports

openapi: $(VENV)/.test  ## Write docs/openapi.json and docs/services from the code
	@$(BIN)/citizen openapi --write docs/openapi.json
	$(BIN)/citizen docs docs/services

openapi-check: $(VENV)/.test  ## The committed documents are what the code gives
	@$(BIN)/citizen openapi --compare docs/openapi.json
	$(BIN)/citizen docs --compare docs/services

bench: $(VENV)/.test  ## The authenticated list of 12 bills beside its floor and its peer
	@$(BIN)/python -m bench.bill_list

bench-gateway: $(VENV)/.test  ## The gateway beside npm oidc-provider (needs node and npm)
	@$(BIN)/python -m bench.gateway

bench-health: $(VENV)/.test  ## The health file over a million resources beside raw PostgreSQL (BENCH_RESOURCES=40000 for a small run)
	@$(BIN)/python -m bench.health

bench-hotline: $(VENV)/.test  ## The hotline beside bare Flask and django-helpdesk, search and live screens (CITIZEN_BENCH_TICKETS=1000000 for more)
	@$(BIN)/python -m bench.hotline

db-new: $(VENV)/.test  ## Start a migration: make db-new PACKAGE=ebills NAME=add_receipts
	@$(BIN)/citizen migrate --new "$(PACKAGE)_$(NAME)"
