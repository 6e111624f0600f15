# Two commands on a fresh machine with Python >= 3.11, git and make: `make rehearse` and `make test`.
ifndef PYTHON
PYTHON  := $(shell command -v python3)
endif
PROJECT ?= gsm8k-style
PORT    ?= 4566
KEEP    ?=

export PATH := $(CURDIR)/.venv/bin:$(PATH)
SOURCES := app.py infra lambda_src rehearsal rft datasets benchmarks scripts tests

.PHONY: help setup rehearse rehearse-stop test test-fast check benchmarks experiment-learning-rate schema rewards clean

help:            ## this list
	@sed -n 's/^\([a-z-]*\): .*## /\1	/p' $(MAKEFILE_LIST) | expand -t 28

setup:           ## install everything below this folder; quick when nothing changed
	@$(PYTHON) scripts/install.py

rehearse: setup  ## a whole RFT run on the embedded AWS (PROJECT=, KEEP=1, PORT=)
	@python -m rehearsal run --project $(PROJECT) --port $(PORT) $(if $(KEEP),--keep)

rehearse-stop:   ## end what KEEP=1 left running
	@python -m rehearsal stop

test: setup check  ## lint, types and every test, those through the embedded AWS included
	@python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-fast: setup check  ## without the tests that need the embedded AWS
	@python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not emulator"

check: setup     ## lint and types
	@ruff check $(SOURCES)
	@ruff format --check $(SOURCES)
	@mypy

benchmarks: setup  ## every number the documentation claims
	@for path in benchmarks/*.py benchmarks/*/__main__.py; do \
		name=$$(echo $${path%.py} | tr / .); echo "== $${name%.__main__}"; python -m $${name%.__main__} || exit 1; done

experiment-learning-rate: setup  ## the article's sweep of learning rates, on the local model
	@python -m benchmarks.learning_rate --draw

schema: setup    ## regenerate what editors read from the configuration model
	@python -m infra.config > projects/project.schema.json

rewards: setup   ## regenerate the list of reward functions from their docstrings
	@python -m rft.rewards > docs/rewards.md

clean:           ## remove everything that setup installed and runs left behind
	@rm -rf .venv .tools .rehearsal node_modules cdk.out reports build *.egg-info
