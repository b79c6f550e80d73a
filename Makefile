# Everything a newcomer needs: `make chat` and `make test` set up what is missing first.
# The virtual environment is made anew when pyproject.toml changes; weights are kept in the
# user's cache folder (SANAD_CACHE) and fetched once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
READY_TEST := $(VENV)/ready-test
PEERS := .venv-peers
CODE := index rag ui tests benchmarks

.PHONY: chat test lint bench bench-growth bench-peers bench-formats bench-answers bench-page bench-server pictures models system deploy-check clean help

help:
	@echo "make chat   set up, and open the web chat"
	@echo "make test   set up, and run the whole suite"
	@echo "make lint   ruff and mypy"
	@echo "make bench  the benchmarks"
	@echo "make bench-growth  what a store of 1,000, 10,000 and 100,000 passages costs"
	@echo "make bench-peers  beside three libraries: how fast, how good"
	@echo "make bench-formats  what readers keep of files whose text is known"
	@echo "make bench-answers  follow-ups, attacks, long questions, and how fast answers come"
	@echo "make bench-page  how heavy the page is, and how soon it is of use"
	@echo "make deploy-check  is the systemd unit sound, does the container start"
	@echo "make bench-server  many clients at once, requests by chance, kill -9, watched folders"
	@echo "make pictures  take the README's pictures again"

chat: $(READY) models
	$(BIN)/sanad serve --samples --open

test: $(READY_TEST) models system lint
	$(BIN)/python -m pytest

lint: $(READY_TEST)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

bench: $(READY_TEST) models
	$(BIN)/python -m benchmarks

bench-growth: $(READY_TEST) models
	$(BIN)/python -m benchmarks.growth --picture ui/pictures/growth.svg

bench-peers: $(READY_TEST) models | $(PEERS)/ready
	$(BIN)/python -m benchmarks.peers --peers $(PEERS)/bin/python $(FILES)

$(PEERS)/ready: benchmarks/peers.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --progress-bar on -r benchmarks/peers.txt
	@touch $@

bench-formats: $(READY_TEST)
	$(BIN)/python -m benchmarks.formats $(FOLDER)

bench-answers: $(READY_TEST) models
	$(BIN)/python -m benchmarks.followups
	$(BIN)/python -m benchmarks.injections
	$(BIN)/python -m benchmarks.long_answers
	$(BIN)/python -m benchmarks.answer_speed

bench-page: $(READY_TEST) models system
	$(BIN)/python -m benchmarks.page_speed

bench-server: $(READY_TEST) models
	$(BIN)/python -m benchmarks.many_clients
	$(BIN)/python -m benchmarks.api_conformance
	$(BIN)/python -m benchmarks.killed
	$(BIN)/python -m benchmarks.watching

pictures: $(READY_TEST) models system
	$(BIN)/python -m tests.pictures

models: $(READY)
	$(BIN)/sanad models pull

system:
	@sh .ci/system

deploy-check:
	@sh ui/deploy/check

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed: make chat PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
		[ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null \
		&& $(PYTHON) -m venv $(VENV); } || \
		{ rm -rf $(VENV); echo "The venv module is missing: sudo apt-get install python3-venv"; exit 1; }

$(READY): pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --progress-bar on -e .
	@touch $@

$(READY_TEST): $(READY)
	$(BIN)/python -m pip install --quiet -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) $(PEERS) .mypy_cache .ruff_cache .pytest_cache *.egg-info
