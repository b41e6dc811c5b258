# Every command a person needs. Works with Python 3.11 or newer and make; everything else goes into .venv.
.DELETE_ON_ERROR:
.PHONY: help demo test spark check bench soak words docs verify requirements clean

# The first Python on the path that is new enough; PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
DATA ?= ../shared/data
PORT ?= 8000
JOBS ?= auto
export PYTHONUTF8 := 1
# Compiled Python is kept with the environment, never beside the sources: what starts a second time starts at once, which the
# tests, with their many processes, notice most.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/bytecode

help:
	@echo "make demo    install, simulate the example organisation, open it on http://127.0.0.1:$(PORT)"
	@echo "make test    install what tests need and run them"
	@echo "make spark   install Spark too, so that its tests run"
	@echo "make check   style, types, imports, generated pages"
	@echo "make bench   measure against SQL by hand, PostgreSQL and pandas (ROWS=1000000), writes benchmarks/RESULTS.md"
	@echo "make soak    the long forms of tests: every combination, kills and random worlds again and again"
	@echo "make words   collect translatable texts and compile the translations"
	@echo "make docs    write docs/kpi from the catalogue"
	@echo "make verify  write docs/verification.md from the public data sets in DATA=$(DATA)"
	@echo "make clean   remove what make made; the example data too"

# ── installing: a stamp per set of requirements, so that the second run starts at once ──
$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "nyckeltal needs Python 3.11 or newer, and none was found. Install one, or say: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11."; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/has-%: requirements/%.txt pyproject.toml | $(VENV)/made
	@echo "Installing requirements/$*.txt"
	@$(PIP) install --require-hashes -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Translations are compiled from the .po files, which alone are kept.
$(VENV)/translated: $(VENV)/has-run $(wildcard src/nyckeltal/locale/*/LC_MESSAGES/*.po)
	@$(BIN)/python -m nyckeltal.locale.collect --compile
	@touch $@

# ── using ──
demo: $(VENV)/has-run $(VENV)/translated
	@NYCKELTAL_HOME="$${NYCKELTAL_HOME:-./demo-data}" $(BIN)/nyckeltal demo --port $(PORT)

test: $(VENV)/has-test $(VENV)/translated
	@$(BIN)/python -m pytest --numprocesses $(JOBS) $(TESTS)

# What `make test` does without unless it is there: 430 MB, and Java 17 or newer beside it.
spark: $(VENV)/has-spark

check: export NYCKELTAL_HOME := $(VENV)/check-home
check: $(VENV)/has-check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/nyckeltal docs --check

bench: $(VENV)/has-bench $(VENV)/translated
	@$(BIN)/python benchmarks/run.py --rows $(or $(ROWS),1000000) --seed $(or $(SEED),2026) $(BENCH) --results benchmarks/RESULTS.md

soak: $(VENV)/has-test
	@NYCKELTAL_SOAK=1 $(BIN)/python -m pytest -m "slow or soak or hypothesis" tests

words: $(VENV)/has-run
	@$(BIN)/python -m nyckeltal.locale.collect

docs: $(VENV)/has-run
	@$(BIN)/nyckeltal docs

verify: $(VENV)/has-run
	@$(BIN)/nyckeltal verify --data "$(DATA)"

# ── for whoever changes dependencies: needs uv ──
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --python-version 3.11 pyproject.toml --group build
requirements:
	$(COMPILE) --output-file requirements/run.txt
	$(COMPILE) --group test --constraint requirements/run.txt --output-file requirements/test.txt
	$(COMPILE) --extra spark --constraint requirements/run.txt --output-file requirements/spark.txt
	$(COMPILE) --group bench --constraint requirements/test.txt --output-file requirements/bench.txt
	$(COMPILE) --group test --group check --constraint requirements/test.txt --output-file requirements/check.txt

clean:
	rm -rf $(VENV) demo-data build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
