# `make` lists the targets. Everything is done by the scripts in deploy/dev/, which say what they need.
SHELL := /bin/bash
PYTHON ?= python3
DEMO ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test check journey bench soak reset editor

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv, catalogues and static files; quick when nothing has changed
	@PYTHON=$(PYTHON) bash deploy/dev/setup.sh demo

run: setup ## the demo instance on http://127.0.0.1:8000 (other ports: make run DEMO="--port 8100 …")
	@exec .venv/bin/python -m eoffice.demo.supervisor $(DEMO)

test: ## everything: checks, tests on SQLite and PostgreSQL, the journey in Chromium
	@PYTHON=$(PYTHON) bash deploy/dev/setup.sh dev
	@exec .venv/bin/python deploy/dev/test.py $(ARGS)

check: ## format, types, import contracts, migrations, Hindi catalogue
	@PYTHON=$(PYTHON) bash deploy/dev/setup.sh dev
	@exec .venv/bin/python deploy/dev/check.py

journey: ## the main job in Chromium, against a demo of its own; pictures in build/journey/
	@PYTHON=$(PYTHON) bash deploy/dev/setup.sh dev
	@exec .venv/bin/python deploy/dev/journey.py $(ARGS)

bench: ## times of the busiest pages, of a staff sheet of 10,000 rows, of finding people
	@PYTHON=$(PYTHON) bash deploy/dev/setup.sh dev
	@exec .venv/bin/python deploy/dev/bench.py $(ARGS)

soak: ## the long tests: hundreds of races, thirty kills
	@PYTHON=$(PYTHON) bash deploy/dev/setup.sh dev
	@exec .venv/bin/python deploy/dev/services.py .venv/bin/pytest -m soak $(ARGS)

reset: ## removes the demo's data
	@exec $(PYTHON) -m eoffice.demo.supervisor --reset $(DEMO)

editor: ## rebuilds editor, icons and htmx from npm and compares them with what is vendored
	@bash deploy/editor/build.sh --check
