# The main job: make run. Python 3.11 to 3.13, git and make are all that must be there before.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ONCE ?=
PORT ?= 8080
MILLION ?=
SHOTS ?=
TESTS ?= tests
SEED ?=
HISTORIES ?=
REAL ?=

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/.run ## Set up, start sandbox and Airflow, follow the runs; ONCE=1 exits after them, PORT=n moves the UI
	@exec $(BIN)/python -m lenke run --port $(PORT) $(if $(filter-out 0,$(ONCE)),--once)

.PHONY: test
test: $(VENV)/.dev ## Set up and run all tests but those in a browser; TESTS=tests/unit narrows it
ifeq ($(TESTS),tests)
	@# Airflow's own processes mostly wait, so the tests with a real installation run beside all others, with patience.
	@export LENKE_TESTS_SLOWNESS=3; log=$$(mktemp); $(BIN)/python -m pytest -m "not browser" tests/airflow > "$$log" 2>&1 & airflow=$$!; \
	others=0; $(BIN)/python -m pytest -m "not browser" --numprocesses logical --dist loadfile --ignore=tests/airflow tests || others=$$?; \
	installed=0; wait $$airflow || installed=$$?; cat "$$log"; rm -f "$$log"; exit $$((others | installed))
else
	@exec $(BIN)/python -m pytest -m "not browser" $(TESTS)
endif

.PHONY: test-unit
test-unit: $(VENV)/.dev ## Only the tests of the pure core: seconds
	@exec $(BIN)/python -m pytest -m "not browser" tests/unit

.PHONY: test-ui
test-ui: $(VENV)/.dev ## Click through the Lenke page in Chromium on a real Airflow; SHOTS=1 makes the pictures in docs/images anew
	@LENKE_SHOTS=$(filter-out 0,$(SHOTS)) exec $(BIN)/python -m pytest -m browser tests/ui

.PHONY: laws
laws: $(VENV)/.dev ## Histories of edits, runs and faults against the laws on all cores, write docs/reliability.md; HISTORIES=50000, SEED=n
	@exec $(BIN)/python -m tests.laws.engine.campaign --write $(if $(HISTORIES),--histories $(HISTORIES)) $(if $(SEED),--seed $(SEED))

.PHONY: kill-sweep
kill-sweep: $(VENV)/.dev ## Kill load and commit at every boundary, write docs/reliability.md; SEED=n, REAL=1 has every ledger in Airflow
	@exec $(BIN)/python -m tests.kills $(if $(SEED),--seed $(SEED)) $(if $(filter-out 0,$(REAL)),--real)

.PHONY: check
check: $(VENV)/.dev ## ruff, mypy strict, and lenke check over mappings and settings
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m lenke check

.PHONY: bench
bench: $(VENV)/.dev ## Measure the ledger beside a plain SQL table, write docs/bench.md; MILLION=1 adds a million links
	@exec $(BIN)/python -m bench.ledger --check --write $(if $(filter-out 0,$(MILLION)),--million)

.PHONY: faults
faults: $(VENV)/.dev ## Each system answers with each fault in 1, 10 and 50 % of its calls; writes docs/reliability.md; SEED=n
	@exec $(BIN)/python -m tests.faults --seed $(or $(SEED),1)

.PHONY: bench-ui
bench-ui: $(VENV)/.dev ## Measure the Lenke page's index at a million links, write its section of docs/bench.md
	@exec $(BIN)/python -m bench.ui --write

.PHONY: clean
clean: ## Forget all state: Airflow's database, the sandbox's data, the ledger, logs (the environment in .venv stays)
	@if [ -x $(BIN)/python ] && [ -e $(VENV)/.run ]; then exec $(BIN)/python -m lenke clean; \
	elif [ -e .airflow ]; then echo "There is state in .airflow but no $(VENV) to end its processes with: run 'make setup' first"; exit 2; \
	else echo "Nothing to forget"; fi

.PHONY: setup
setup: $(VENV)/.run ## Only set up: .venv with the pinned packages and lenke itself

# A stamp is a finished step's trace: a second make does nothing, and an interrupted one starts again where it was.
$(VENV)/.run: requirements.txt constraints.txt pyproject.toml
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then $(MAKE) environment; fi
	@echo "Installing the pinned packages; the first time this takes a few minutes"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

.PHONY: environment
environment:
	@command -v $(PYTHON) >/dev/null || { \
		echo "$(PYTHON) is not on the PATH: install Python 3.11, 3.12 or 3.13 (Debian, Ubuntu: apt install python3 python3-venv)"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "Lenke needs Python 3.11 to 3.13, and $(PYTHON) is $$($(PYTHON) --version 2>&1): name another with make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install its venv package (Debian, Ubuntu: apt install python3-venv)"; exit 2; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
