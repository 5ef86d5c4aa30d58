# MailMove: what there is to do here. `make help` lists it.
#
# PYTHON   the interpreter that the environment is made with (3.11 or newer)
# ARGS     more arguments for the program that a target starts: make test ARGS="-k ledger"

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMP := $(VENV)/.stamp
SOURCES := mailmove_gui tests
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard resources/i18n/*.po))

.DEFAULT_GOAL := help
# System packages come before the environment, the environment before what runs in it.
.NOTPARALLEL:
.PHONY: help demo run test faults lint bench soak screens messages lock clean environment packages-run packages-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: packages-run $(STAMP) $(CATALOGUES) ## move sample mail between two embedded servers: in a window, or in the terminal where there is no display
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		$(BIN)/mailmove-gui --demo $(ARGS); \
	else \
		echo "There is no display here, so the demo runs in the terminal."; \
		$(BIN)/mailmove demo $(ARGS); \
	fi

run: packages-run $(STAMP) $(CATALOGUES) ## open the window
	@$(BIN)/mailmove-gui $(ARGS)

test: packages-test $(STAMP) $(CATALOGUES) ## run all tests; those against real mail servers where they are there
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(ARGS)

faults: packages-test $(STAMP) $(CATALOGUES) ## cut the line at every step of a move, kill it at every commit; takes hours
	MAILMOVE_EVERY_CUT=1 QT_QPA_PLATFORM=offscreen $(PY) -m pytest -s tests/faults tests/servers/test_cuts_before_dovecot.py $(ARGS)

lint: packages-run $(STAMP) ## check style, format, types, and who imports whom
	$(PY) -m ruff check $(SOURCES)
	$(PY) -m ruff format --check $(SOURCES)
	$(PY) -m mypy
	$(BIN)/lint-imports

bench: packages-test $(STAMP) $(CATALOGUES) ## measure how fast mail is moved
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.bench $(ARGS)

soak: packages-test $(STAMP) $(CATALOGUES) ## move mail for an hour over lines that break: all arrives, once, and memory does not grow
	$(PY) -m tests.soak $(ARGS)

screens: packages-test $(STAMP) $(CATALOGUES) ## draw every page and dialog into build/screens
	QT_QPA_PLATFORM=offscreen $(PY) -m tests.screens $(ARGS)

environment: packages-run $(STAMP) $(CATALOGUES) ## make .venv and stop there

messages: packages-run $(STAMP) ## take new and changed texts into the catalogues, where they wait for a translation
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --keyword=pgettext:1c,2 --keyword=ngettext:1,2 --sort-output --no-location \
		--omit-header --output=build/messages.pot mailmove_gui
	for catalogue in resources/i18n/*.po; do \
		$(BIN)/pybabel --quiet update --input-file=build/messages.pot --output-file="$$catalogue" \
			--locale="$$(basename "$$catalogue" .po)" --no-fuzzy-matching --ignore-obsolete --width=110; \
	done

resources/i18n/%.mo: resources/i18n/%.po $(STAMP)
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@ --locale=$*

lock: packages-run ## write constraints.txt anew: the newest versions that pyproject.toml allows, with hashes
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev --extra build \
		--generate-hashes --no-header pyproject.toml > build/constraints.body
	{ printf '%s\n' \
		'# Exact versions with hashes of all that MailMove runs, is tested and is packaged with; Python 3.11-3.13 on Linux,' \
		'# macOS and Windows. Written by `make lock`; change pyproject.toml, not this file.'; \
	cat build/constraints.body; } > constraints.txt

clean: ## remove all that was made here, the environment too
	rm -rf $(VENV) build dist resources/i18n/*.mo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find $(SOURCES) -type d -name __pycache__ -prune -exec rm -rf {} +

packages-run:
	@.ci/system-packages run || :

packages-test:
	@.ci/system-packages test || :
	@.ci/other-mail-servers || :

# An environment whose interpreter has gone, or that was moved here from elsewhere, is made anew.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "MailMove needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)
