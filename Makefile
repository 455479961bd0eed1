.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
COMPILE := .venv-lock/bin/uv pip compile --quiet --upgrade --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-header \
	--no-emit-index-url
LOCK := $(COMPILE) pyproject.toml
AUDIT := .venv-audit/.installed
PICTURES := .venv-pictures/.installed
CHROMIUM ?= /usr/bin/chromium

.PHONY: help setup demo dev test check bench format audit histories rooms lock pictures clean

help:  ## What can be done here
	@awk -F ':.*## *' '/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z]+:.*## / {printf "  make %-10s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Use it
demo: setup  ## One sale from webhook to inbox on this machine, shown and checked
	@$(BIN)/mintpost demo

dev: setup  ## The whole stack for daily work; Ctrl-C stops it
	@$(BIN)/mintpost dev

##@ Work on it
setup: $(STAMP)  ## Build .venv from the hashed lock; does nothing when nothing changed

$(STAMP): requirements/develop.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Mintpost needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/develop.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Bytecode is kept, because about a hundred child processes import the same modules.
test: export PYTHONDONTWRITEBYTECODE :=
test: setup  ## Every test, on SQLite and PostgreSQL, against a real Temporal server
	$(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

check: setup  ## Lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup  ## Figures that the documents quote, measured here
	PYTHONPATH=. $(BIN)/python bench/mail_window.py
	PYTHONPATH=. $(BIN)/python bench/strangers.py
	PYTHONPATH=. $(BIN)/python bench/migration.py
	PYTHONPATH=. $(BIN)/python bench/older_licenses.py
	PYTHONPATH=. $(BIN)/python bench/fold.py
	PYTHONPATH=. $(BIN)/python bench/tokens.py
	PYTHONPATH=. $(BIN)/python bench/imports.py
	PYTHONPATH=. $(BIN)/python bench/questions.py
	PYTHONPATH=. $(BIN)/python bench/observing.py
	PYTHONPATH=. $(BIN)/python bench/startup.py
	PYTHONPATH=. $(BIN)/python bench/memory.py
	PYTHONPATH=. $(BIN)/python bench/walk.py

format: setup  ## Let the formatter have its way
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

audit: $(AUDIT)  ## Known holes in what the locks name; asks PyPI
	.venv-audit/bin/pip-audit --require-hashes --disable-pip \
		$(patsubst %,--requirement %,$(wildcard requirements/*.lock))

$(AUDIT): requirements/audit.lock
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

##@ Make it again
histories: setup  ## Record workflow paths that have no recording yet; those that have one stay
	RECORD_HISTORIES=1 $(BIN)/pytest tests/fulfillment/test_histories.py tests/fulfillment/test_another_shop.py tests/fulfillment/test_taken_back.py tests/fulfillment/test_letters.py tests/fulfillment/test_sale_state.py tests/fulfillment/test_canceled.py
	$(BIN)/pytest tests/test_replay.py

rooms: setup  ## The table of rooms in docs/architecture.md, from the code's own imports
	$(BIN)/python docs/rooms.py

pictures: setup $(PICTURES)  ## The pictures of the documents, from a real run; needs Chromium
	.venv-pictures/bin/python docs/pictures/make_pictures.py --mintpost $(BIN)/mintpost --chromium $(CHROMIUM)

$(PICTURES): requirements/pictures.lock
	$(PYTHON) -m venv .venv-pictures
	.venv-pictures/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# The others are compiled within the bounds of the first, so that all four agree.
lock:  ## Newest versions into the four hashed lock files
	$(PYTHON) -m venv --clear .venv-lock
	.venv-lock/bin/pip install --quiet --disable-pip-version-check uv
	$(LOCK) --extra embedded --extra develop --output-file requirements/develop.lock
	$(LOCK) --constraint requirements/develop.lock --no-annotate --output-file requirements/app.lock
	$(LOCK) --constraint requirements/develop.lock --no-annotate --extra pictures --output-file requirements/pictures.lock
	sed -n 's/^\([a-z0-9.-]*==[^ ;]*\).*/\1/p' requirements/develop.lock > .venv-lock/bounds
	echo pip-audit | $(COMPILE) - --constraint .venv-lock/bounds --no-annotate --output-file requirements/audit.lock
	rm -rf .venv-lock

clean:  ## Remove what was built here; data under var/ stays
	rm -rf .venv .venv-audit .venv-lock .venv-pictures *.egg-info
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
