# Every command a person or CI needs. Tools are installed into .venv from the locked requirements; only Python 3.13, make
# and git have to be there before. With Node and npm, one more test runs.

.DEFAULT_GOAL := help
SHELL := bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0

UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
FUNCTIONS := aggregator compactor crawler_trigger edge_setup hit_counter
# By name, because an answer's folder has the answer's name, which is no name of a package.
ANSWER_MODULES := $(subst /,.,$(patsubst %.py,-m %,$(wildcard answers/*/*.py)))
TOOLS := .venv/installed
SCANNERS := .scanners/installed
FUZZ_SECONDS ?= 60
MINUTES ?= 3
HITS_PER_SECOND ?= 150
KPL := tests/kpl/node_modules/.package-lock.json

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(TOOLS) ## the whole system on this machine, from 6,000 hits to every answer
	@python -m edgepixel demo

up: $(TOOLS) ## start the local cloud with the application deployed, and keep it running
	@python -m edgepixel up

down: $(TOOLS) ## stop the local cloud that `make up` started
	@python -m edgepixel down

test: $(TOOLS) $(if $(shell command -v npm 2>/dev/null),$(KPL)) ## every test, the end-to-end tests beside the others
	@mkdir -p .edgepixel; python -m pytest -q --durations=15 tests/e2e > .edgepixel/e2e-tests.log 2>&1 & end_to_end=$$!; \
	trap "kill $$end_to_end" INT TERM; \
	python -m pytest -q --durations=15 --ignore=tests/e2e; others=$$?; \
	echo "End-to-end tests:"; wait $$end_to_end; end_to_end=$$?; cat .edgepixel/e2e-tests.log; \
	exit $$((others + end_to_end))

faults: $(TOOLS) ## a million lines through the aggregator while everything around it fails, with a summary
	@python -m pytest -q tests/faults

check: $(TOOLS) $(SCANNERS) ## lint, types, template and its security
	ruff check .
	ruff format --check .
	python -m edgepixel.rendering --check
	lint-imports
	mypy -p edgepixel -p localcloud -p events -p benchmarks $(ANSWER_MODULES)
	@for name in $(FUNCTIONS); do echo "mypy functions/$$name" && (cd functions/$$name && mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache/$$name .) || exit 1; done
	sam validate --lint
	.scanners/bin/checkov --config-file .checkov.yaml

audit: $(SCANNERS) ## look for known vulnerabilities in every pinned package (asks the package index)
	@for lock in functions/*/requirements.txt requirements/*.txt; do echo "pip-audit $$lock" \
	    && .scanners/bin/pip-audit --strict --require-hashes --disable-pip -r $$lock || exit 1; done

bench: $(TOOLS) ## measure the aggregator against the obvious one, and write it into docs/cost.md
	@python -m benchmarks.aggregator

load: $(TOOLS) ## MINUTES (3) of HITS_PER_SECOND (150) through a local cloud, its functions killed in the middle
	@python -m benchmarks.load --minutes $(MINUTES) --hits-per-second $(HITS_PER_SECOND)

fuzz: $(TOOLS) ## look for records that break the aggregator, for FUZZ_SECONDS (60)
	@mkdir -p .edgepixel/fuzz/new
	@python tests/fuzz/fuzz_records.py .edgepixel/fuzz/new tests/fuzz/corpus -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=.edgepixel/fuzz/

invoke: $(TOOLS) ## every sample through `sam local invoke`, in containers, against a local cloud
	@python -m tests.sam_local

template: $(TOOLS) ## write answers/ and pixel.js into template.yaml, README and docs
	@python -m edgepixel.rendering

events: $(TOOLS) ## write the sample inputs in events/ anew
	python -m events.regenerate

deploy: $(TOOLS) ## build and deploy to your AWS account, with questions
	sam build && sam deploy --guided

publish: $(TOOLS) ## show what SAR would get; publish with BUCKET=your-bucket FOR_REAL=yes
	@python -m edgepixel publish $(if $(BUCKET),--bucket "$(BUCKET)") $(if $(SOURCE_CODE_URL),--source-code-url "$(SOURCE_CODE_URL)") \
	    $(if $(filter yes,$(FOR_REAL)),--for-real)

lock: | $(UV) ## pin the requirements anew, with hashes
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	$(UV) pip compile -q --python-version 3.13 --universal --generate-hashes --no-emit-index-url \
	    pyproject.toml --extra local requirements/dev.in -o requirements/dev.txt && \
	$(UV) pip compile -q --python-version 3.13 --universal --generate-hashes --no-emit-index-url requirements/scan.in -o requirements/scan.txt && \
	$(UV) pip compile -q --python-version 3.13 --python-platform linux --generate-hashes --no-emit-index-url \
	    requirements/stand_in_image.in -o requirements/stand_in_image.txt && \
	for name in $(FUNCTIONS); do $(UV) pip compile -q --python-version 3.13 --python-platform linux --generate-hashes --no-emit-index-url \
	    -c requirements/dev.txt requirements/$$name.in -o functions/$$name/requirements.txt || exit 1; done

clean: ## remove everything that the other targets made
	rm -rf .aws-sam .edgepixel .venv .scanners .uv .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/kpl/node_modules

.PHONY: help demo up down test faults check audit bench load fuzz invoke template events deploy publish lock clean

.uv/bin/uv:
	@echo "Fetching uv $(UV_VERSION), which installs the tools ..."
	@python3 -m venv .uv && .uv/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

# $(1) is the environment, $(2) its pinned requirements.
define installed
@test -x $(1)/bin/python || $(UV) venv -q --python 3.13 $(1) \
    || { echo "Python 3.13 was not found. Install it (python.org, your package manager, pyenv or 'uv python install 3.13') and try again." >&2; exit 1; }
@$(UV) pip sync -q --python $(1)/bin/python --require-hashes $(2)
endef

# The checkout's own command, `edgepixel`, goes where the tools are.
$(TOOLS): requirements/dev.txt pyproject.toml | $(UV)
	@echo "Installing the tools into .venv ..."
	$(call installed,.venv,$<)
	@$(UV) pip install -q --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

$(SCANNERS): requirements/scan.txt | $(UV)
	@echo "Installing the scanners into .scanners ..."
	$(call installed,.scanners,$<)
	@touch $@

# Without the packages the test says so and is skipped, which fails it under CI=true.
$(KPL): tests/kpl/package-lock.json
	@echo "Installing Node's de-aggregator into tests/kpl/node_modules ..."
	@(cd tests/kpl && npm ci --loglevel=error) && touch $@ || echo "npm could not install it." >&2
