# Everything a checkout needs; `make` alone lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   := .demo
# What an install is made of: one that is older than these is made anew.
INPUTS := pyproject.toml constraints.txt
S3     := $(VENV)/.s3
SPARK  := $(VENV)/.spark
WEB    := plugins/hallmark_ui/web
UI     := plugins/hallmark_ui/dist/manifest.json
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off
# pip says a line for each of some 200 packages: show how far it is.
SHOW   := awk '/^Collecting/ { if (++n % 25 == 0) print "  " n " packages found" } \
	/^Installing collected/ { print "  installing " n " packages …" } /^Successfully installed/ { print "  done" } { fflush() }'
SHELL  := /bin/bash
.SHELLFLAGS := -o pipefail -c

.PHONY: help install demo clean-demo test lint format docs bench bench-quality bench-lineage bench-ui clean ui

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(READY) ## make the virtual environment with the pinned packages

$(READY): $(INPUTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Hallmark needs Python 3.11 or newer; set PYTHON=")'
	@test -x $(BIN)/python || { echo "Making $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the pinned packages (about two minutes) …"
	@$(PIP) -c constraints.txt -e '.[dev]' | $(SHOW)
	@touch $@

# The S3 server of the tests asks for an older python-dateutil than Airflow has, and does without it.
$(S3): $(READY)
	@$(PIP) --no-deps -c constraints.txt moto boto3 botocore responses s3transfer xmltodict jmespath | $(SHOW)
	@touch $@

# In a folder of its own: where pyspark can be imported, importing Great Expectations ends the process.
$(SPARK): $(READY)
	@if command -v java >/dev/null; then $(PIP) --target $(VENV)/spark --upgrade -c constraints.txt pyspark | $(SHOW); \
	else echo "  no Java: the tests of Spark frames are left out"; fi
	@touch $@

ui: $(UI) ## build the pages of the Airflow UI

# Without its pages the plugin has its API alone, and no entry in Airflow's menu.
$(UI): $(WEB)/node_modules/.package-lock.json $(WEB)/vite.config.ts $(WEB)/hostModules.ts $(shell find $(WEB)/src $(WEB)/public -type f)
	@if command -v npm >/dev/null; then echo "Building the pages …"; cd $(WEB) && npm run --silent build -- --logLevel warn; \
	else echo "  no Node: the pages are left out; install Node 20.19 or newer and run make ui"; fi

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	@if command -v npm >/dev/null; then cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.package-lock.json; fi

demo: $(READY) $(UI) ## run the example pipeline in Airflow on real input; ONCE=1 ends after the table
	@$(BIN)/hallmark demo --folder $(DEMO) $(if $(ONCE),--once)

clean-demo: ## remove the demonstration's state
	rm -rf $(DEMO)

test: $(S3) $(SPARK) $(UI) ## run all tests
	@cd $(WEB) && npm test --silent
	@$(BIN)/python -m pytest

lint: $(READY) $(WEB)/node_modules/.package-lock.json ## ruff, mypy, import-linter; tsc and eslint for the pages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd $(WEB) && npm run --silent lint

format: $(READY) ## put the code into its form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## build the documentation into site/
	@$(BIN)/mkdocs build --strict

bench: $(READY) ## time Hallmark beside what it is used with
	@$(BIN)/python tests/benchmarks/bench_start.py

bench-quality: $(READY) ## time the gate beside others on TPC-H; SCALE=10 for the large table
	@$(PIP) -c constraints.txt -e '.[dev,bench]' | $(SHOW)
	@$(BIN)/python tests/benchmarks/bench_quality.py --scale $(or $(SCALE),1)

bench-lineage: $(READY) ## time lineage: taking events in, what a task pays, a graph of a million events; SCALE=0.1 for less
	@$(BIN)/python tests/benchmarks/bench_lineage.py --scale $(or $(SCALE),1)

bench-ui: $(READY) $(UI) ## time the pages' questions, ten users at once, and what Chromium shows; SCALE=0.1 for less
	@$(BIN)/python tests/benchmarks/bench_ui.py --scale $(or $(SCALE),1)

clean: clean-demo ## remove all that the targets made
	rm -rf $(VENV) $(WEB)/node_modules plugins/hallmark_ui/dist .bench site dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
