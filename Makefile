# make demo    classify the sample study and show it in napari
# make test    every test
# make test-pyside6    the viewer's tests on the other Qt binding
# make check   style, types, manifest
# Each builds the environment .venv first, where it isn't there or its description has changed.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
SAMPLE := napari_mrseq/sample_study
SCREENSHOT := demo-screenshot.png

.PHONY: demo test test-pyside6 check bench screenshots wheel

demo: $(READY)
	$(BIN)/napari-mrseq classify $(SAMPLE)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(BIN)/napari-mrseq view $(SAMPLE); \
	else \
		.ci/with-screen $(BIN)/napari-mrseq view $(SAMPLE) --screenshot $(SCREENSHOT) && \
		echo "No display: a screenshot of the napari window is in $(CURDIR)/$(SCREENSHOT)"; \
	fi

# Each process opens a screen of its own (pytest-xvfb); with-screen tells Qt and OpenGL how to draw.
# Threads of two processes on two cores would wait for each other: a training takes eight times as long.
test: $(READY)
	OMP_NUM_THREADS=1 .ci/with-screen $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-pyside6: .venv/pyside6
	PYTHONPATH=$(CURDIR)/.venv/pyside6 QT_API=pyside6 \
		.ci/with-screen $(BIN)/python -m pytest -o qt_api=pyside6 tests/viewer

# In a folder of its own: beside PyQt6, Qt's libraries would be found twice.
.venv/pyside6: pyproject.toml | $(READY)
	$(BIN)/pip install --quiet --upgrade --target $@ "PySide6<6.12"
	touch $@

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/npe2 validate napari-mrseq --imports

bench: $(READY)
	@missed=; for script in benchmarks/*.py; do \
		echo "== $$script"; .ci/with-screen $(BIN)/python $$script || missed="$$missed $$script"; \
	done; \
	test -z "$$missed" || { echo "A goal is missed:$$missed"; exit 1; }

screenshots: $(READY)
	.ci/with-screen $(BIN)/python docs/make_screenshots.py

wheel: $(READY)
	$(BIN)/pip wheel --no-deps --wheel-dir dist .

# pip would compile one file after another, the libraries' tests too. Some of their files can't be.
$(READY): pyproject.toml setup.cfg .ci/system-packages
	PYTHON=$(PYTHON) .ci/system-packages
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile --editable ".[all,test]"
	$(BIN)/python -W ignore -m compileall -qq -j 0 -x /tests/ .venv/lib || true
	touch $@
