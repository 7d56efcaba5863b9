# moodscore: `make run` sets up a virtual environment and runs everything; `make test` tests it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PEERS := $(VENV)/peers

.PHONY: help install run test lint format bench viz wheel pretrained docs lock clean

help:
	@echo "make run      set up and run the whole system on the demo corpus"
	@echo "make test     set up and run all tests"
	@echo "make lint     check style"
	@echo "make bench    measure speed against references"
	@echo "make viz      look at the pipelines in a browser"
	@echo "make install  set up only (into $(VENV)); kedro score my.mp4 --library FOLDER then works at once"
	@echo "make docs     build the site of the documentation (into site)"
	@echo "make wheel    build the package that pip installs (into dist)"

install: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "moodscore needs Python 3.11 or later; found $$($(PYTHON) --version). Set PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

run: install
	$(BIN)/kedro run

test: install
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/hadolint Dockerfile

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What others wrote, for comparison only: beside the environment, not in it. Without it the tables say so.
PIP_PEERS := $(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(PEERS)

$(PEERS)/.installed: benchmarks/peers.txt benchmarks/peers-torch.txt | $(INSTALLED)
	rm -rf $(PEERS)
	-$(PIP_PEERS) --no-deps -r benchmarks/peers.txt && $(PIP_PEERS) -r benchmarks/peers-torch.txt && touch $@

bench: install $(PEERS)/.installed
	$(BIN)/python -m benchmarks

viz: install
	$(BIN)/kedro viz run

wheel: install
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

# The site, into site/; whatever does not fit together in it is an error.
docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# The models that ship, anew: networks and a reader from the demo corpus as it is configured here, then the
# reader of films, whose descriptors are mapped to those that the networks have seen.
pretrained: install
	$(BIN)/kedro run
	$(BIN)/kedro pretrain
	$(BIN)/kedro run --env=films
	$(BIN)/python -m moodscore.pipelines.films.shipping

# Needs uv; pins everything for every platform, with hashes and without any index address.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist site .pytest_cache .ruff_cache .viz
