# make demo    classify the sample study and show it in napari
# make test    every test
# make check   style, types, manifest
# Each builds the environment .venv first, where it isn't there or its description has changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SAMPLE := napari_mrseq/sample_study
SCREENSHOT := demo-screenshot.png

.PHONY: demo test check bench screenshots wheel

demo: $(READY)
	$(BIN)/napari-mrseq classify $(SAMPLE)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(BIN)/napari-mrseq view $(SAMPLE); \
	else \
		.ci/with-screen $(BIN)/napari-mrseq view $(SAMPLE) --screenshot $(SCREENSHOT) && \
		echo "No display: a screenshot of the napari window is in $(CURDIR)/$(SCREENSHOT)"; \
	fi

test: $(READY)
	.ci/with-screen $(BIN)/python -m pytest

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/npe2 validate napari-mrseq --imports

bench: $(READY)
	@for script in benchmarks/*.py; do \
		echo "== $$script"; $(BIN)/python $$script || exit 1; \
	done

screenshots: $(READY)
	.ci/with-screen $(BIN)/python docs/make_screenshots.py

wheel: $(READY)
	$(BIN)/pip wheel --no-deps --wheel-dir dist .

$(READY): pyproject.toml setup.cfg .ci/system-packages
	PYTHON=$(PYTHON) .ci/system-packages
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable ".[all,test]"
	touch $@
