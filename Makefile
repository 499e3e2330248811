# The workshop. `make` alone says what there is; set-up logic lives here and nowhere else.
# Works from a bare Debian or Ubuntu checkout (it installs what is missing) and from macOS with Homebrew (it says
# what is missing). Written for GNU make 3.81, the one macOS has.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-test setup-bench run test trials bench check lint types contracts catalogues models \
        format messages migration clean

PORT ?= 8000
ONLY ?=
BIN  := .venv/bin

RUN_DEBIAN   := python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
TEST_DEBIAN  := poppler-utils zbar-tools
BENCH_DEBIAN := wrk
RUN_BREW     := pango
TEST_BREW    := poppler zbar
BENCH_BREW   := wrk

# Homebrew's libraries are not where WeasyPrint's loader looks first.
ifeq ($(shell uname -s),Darwin)
ON := DYLD_FALLBACK_LIBRARY_PATH="$$(brew --prefix)/lib"
endif

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- set-up: system packages, then .venv, then translations; each only when something changed ----------------------

POS := $(wildcard traceability/translations/*/LC_MESSAGES/messages.po)
MOS := $(POS:.po=.mo)

setup: system-run .venv/.installed $(MOS) ## everything needed to run
setup-test: system-test setup             ## … and to test
setup-bench: system-bench setup

.venv/.installed: pyproject.toml constraints.txt | .venv/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

.venv/.made: | system-run
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    "$$python" -m venv .venv && touch $@ && exit 0; exit 1; \
	  fi; \
	done; \
	echo "No Python 3.11 or later here (macOS: brew install python@3.13)." >&2; exit 1

%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel -q compile --use-fuzzy -i $< -o $@

# $(call need,Debian packages,Homebrew formulas,cask if no browser is there)
define need
@case "$$(uname -s)" in \
Darwin) \
  missing=""; \
  for name in $(2); do brew list --versions "$$name" >/dev/null 2>&1 || missing="$$missing $$name"; done; \
  $(if $(3),$(MAC_BROWSER) || missing="$$missing --cask chromium";) \
  if [ -n "$$missing" ]; then echo "Missing here. Please run: brew install$$missing" >&2; exit 1; fi ;; \
*) \
  missing=""; \
  command -v dpkg >/dev/null || { echo "No Debian here; please provide: $(1) $(3)" >&2; exit 0; }; \
  for name in $(1); do dpkg -s "$$name" 2>/dev/null | grep -q '^Status: install ok' || missing="$$missing $$name"; done; \
  $(if $(3),$(ANY_BROWSER) || missing="$$missing chromium";) \
  if [ -n "$$missing" ]; then \
    sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
    echo "Installing:$$missing"; \
    $$sudo apt-get update -qq && \
    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
  fi ;; \
esac
endef
ANY_BROWSER := command -v chromium google-chrome >/dev/null
MAC_BROWSER := ls -d /Applications/Chromium.app "/Applications/Google Chrome.app" 2>/dev/null | grep -q .

.PHONY: system-run system-test system-bench
system-run:
	$(call need,$(RUN_DEBIAN),$(RUN_BREW))
system-test: system-run
	$(call need,$(TEST_DEBIAN),$(TEST_BREW),chromium)
system-bench: system-run
	$(call need,$(BENCH_DEBIAN),$(BENCH_BREW))

# ---- run ---------------------------------------------------------------------------------------------------------

run: setup ## set up, live through the demo season if the database is empty, serve on 127.0.0.1:8000 (PORT=…)
	@export TRACEABILITY_PUBLIC_URL="$${TRACEABILITY_PUBLIC_URL:-http://127.0.0.1:$(PORT)}"; \
	$(ON) $(BIN)/traceability init && \
	$(ON) $(BIN)/traceability demo --if-empty && \
	$(ON) exec $(BIN)/traceability serve --welcome --port $(PORT)

# ---- test, trials, bench -----------------------------------------------------------------------------------------

COVERED := domain services
PYTEST  := $(BIN)/python -m pytest -n logical --dist worksteal --durations=15

# Counting lines costs half a test's time again, so only the tests of rules and use cases are counted: tests/conftest.py.
test: setup-test ## every test, both databases, a real browser; ONLY=words runs the tests so named, without the gate
ifeq ($(ONLY),)
	$(ON) $(PYTEST) --cov --cov-report=
	@short=0; for storey in $(COVERED); do \
	  echo "Lines and branches of $$storey:"; \
	  $(BIN)/coverage report --include="traceability/$$storey/*" --fail-under=90 || short=1; \
	done; exit $$short
else
	$(ON) $(PYTEST) -k '$(ONLY)'
endif

trials: setup-test ## endurance with large numbers (minutes to an hour); ONLY=name for one
	$(ON) HYPOTHESIS_PROFILE=trials $(BIN)/python -m pytest tests/trials -v $(if $(ONLY),-k '$(ONLY)')

bench: setup-bench ## benchmarks against their baselines, one JSON line per case; ONLY=name for one
	@$(ON) $(BIN)/python -m tests.bench $(ONLY)

# ---- check -------------------------------------------------------------------------------------------------------

check: lint types contracts catalogues models ## format, lint, types, import contracts, catalogues, models = migrations

lint: setup
	$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff --quiet .; exit 1; }
	$(BIN)/ruff check --quiet .
types: setup
	$(BIN)/mypy --no-error-summary
contracts: setup
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo
catalogues: setup
	$(BIN)/python -m tests.catalogues
models: setup
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	export TRACEABILITY_DATABASE_URL="sqlite:///$$scratch/models.db" && \
	$(BIN)/alembic upgrade head && $(BIN)/alembic check

# ---- by hand -----------------------------------------------------------------------------------------------------

format: setup ## put the code into shape
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format --quiet .

messages: setup ## collect new texts into the English catalogue, to be translated there
	$(BIN)/python -m tests.catalogues --update

migration: setup ## NAME="what changes": write the next numbered migration out of models minus migrations
	@test -n "$(NAME)" || { echo 'Please say what changes: make migration NAME="carton seals"' >&2; exit 1; }
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	export TRACEABILITY_DATABASE_URL="sqlite:///$$scratch/models.db" && \
	last=$$(ls alembic/versions | sed -n 's/^\([0-9]\{4\}\)_.*\.py$$/\1/p' | sort | tail -1) && \
	$(BIN)/alembic upgrade head && \
	$(BIN)/alembic revision --autogenerate --rev-id "$$(printf %04d $$((10#$${last:-0} + 1)))" -m "$(NAME)" && \
	$(BIN)/ruff format --quiet alembic && $(BIN)/ruff check --quiet --fix alembic

clean: ## remove .venv and caches; the data folder stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* $(MOS)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
