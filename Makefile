# geoplan: `make maps` makes the maps, `make test` checks everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_DATA ?= build/bench
FUZZ_SECONDS ?= 1800
FUZZ_FOLDER ?= /tmp/geoplan-fuzz
DONGSHAN := export/dongshan
ON_DONGSHAN = --unit 东山五县 --raster elevation=$(DONGSHAN)/elevation.tif --raster landcover=$(DONGSHAN)/landcover.tif --without ecological-redline
.DEFAULT_GOAL := help
.PHONY: help maps suitability test lint bench soak fuzz corpus clean references qgis requirements schemas wheel

help:  ## Show what there is to make
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

maps: $(VENV)/ready  ## Make the maps from the shipped data
	$(BIN)/geoplan build
	@echo "Look here: $(CURDIR)/maps/index.html"

suitability: $(VENV)/ready  ## Wind and photovoltaics on a synthetic terrain, to export/dongshan
	for stage in boundaries layers overlay analysis; do $(BIN)/geoplan run $$stage --quiet || exit; done
	$(BIN)/python examples/dongshan/make.py $(DONGSHAN)
	$(BIN)/geoplan suitability wind $(ON_DONGSHAN) --raster wind_speed=$(DONGSHAN)/wind_speed.tif --out $(DONGSHAN)/wind
	$(BIN)/geoplan suitability photovoltaics $(ON_DONGSHAN) --raster radiation=$(DONGSHAN)/radiation.tif --out $(DONGSHAN)/photovoltaics
	@echo "Look here (synthetic 合成数据): $(CURDIR)/$(DONGSHAN)/wind/wind.html"

test: lint  ## Lint, types, and all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/ready-dev  ## Format, lint and types
	$(BIN)/ruff format --check geoplan tests data benchmarks examples
	$(BIN)/ruff check geoplan tests data benchmarks examples
	$(BIN)/mypy

bench: $(VENV)/ready-dev  ## Measure everything, an hour or more, into docs/benchmarks.md
	$(BIN)/python -m benchmarks.run --data $(BENCH_DATA) $(BENCH_OPTIONS)

soak: $(VENV)/ready-dev  ## Kill builds, fill disks, edit at random, half an hour or more
	GEOPLAN_SOAK=1 $(BIN)/python -m pytest -q tests/publish/test_outputs.py
	$(BIN)/python -m tests.soak $(SOAK_OPTIONS)

fuzz: $(VENV)/ready-fuzz  ## Feed readers with files changed by chance, half an hour each
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --folder $(FUZZ_FOLDER) $(FUZZ_TARGETS)

corpus: $(VENV)/ready-dev  ## Run commands on every broken, odd and hostile file that we know
	folder=$$(mktemp -d) && $(BIN)/python -m tests.corpus $$folder; code=$$?; rm -rf $$folder; exit $$code

wheel: $(VENV)/ready-dev  ## Build the wheel, with the shipped data in it
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

schemas: $(VENV)/ready  ## Write the JSON Schemas of what people write to docs/
	$(BIN)/python -m geoplan.json_schema docs

references: $(VENV)/ready-dev  ## Make the pictures anew that pages are compared with (look at them)
	$(BIN)/python -m tests.browser.references

qgis:  ## Draw the published GeoPackage with QGIS (needs python3-qgis), to build/qgis
	QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/qgis_look.py maps/data/atlas.gpkg build/qgis

requirements:  ## Pin the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q requirements-dev.in -o requirements-dev.txt
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q requirements-fuzz.in -o requirements-fuzz.txt

clean:  ## Remove what was made, but the environment and published maps
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find geoplan tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: Python is missing. On Debian: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed, this is $$($(PYTHON) --version); set PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: python3-venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Coverage of branches guides the fuzzers where atheris is to be had: Linux on x86.
$(VENV)/ready-fuzz: requirements-fuzz.txt $(VENV)/ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.txt || echo "atheris is not to be had here; inputs are changed by chance alone"
	@touch $@
