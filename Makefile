# Two commands are enough: `make lab` to learn, `make test` to check everything.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Tests and grading start hundreds of processes: what one has compiled, the next ones read.
unexport PYTHONDONTWRITEBYTECODE

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt
# pip would compile on one core, and leave out this tree, which a learner's process reads but may not write.
COMPILE := $(BIN)/python -m compileall -qq -j 0 .venv/lib insideout course

.DEFAULT_GOAL := help
.PHONY: help lab site check test suite nightly build lint grade pictures bench bench-grading clean

help:
	@echo "make lab            open the course in JupyterLab"
	@echo "make grade UNIT=06_qos   grade what you submitted, with feedback"
	@echo "make test           run every test"
	@echo "make test BACKEND=controlplane   run every notebook on a real control plane"
	@echo "make check UNIT=06_qos   build one unit, run its tests and its notebook"
	@echo "make nightly        run what takes long: a hundred seeds of Raft and of the cluster, kills of grading"
	@echo "make site           build the course as a static site that runs in the browser: build/site"
	@echo "make build          make source/ and release/ from the lessons in course/units/"
	@echo "make bench          measure, each figure beside its peer's"
	@echo "make bench-grading  time grading against stock nbgrader; takes ten minutes"
	@echo "make pictures       take the README's pictures in a browser"
	@echo "make lint           format, lint, types, import directions"

lab: .venv/.lab
	course lab

site: .venv/.site
	course site $(UNIT)

grade: .venv/.lab
	course grade $(UNIT)

ifdef BACKEND
# Every notebook, or that of UNIT, with its solutions, in real time: on a control plane, or in a namespace of a cluster.
test: .venv/.dev
	python -m tests.conformance.lessons $(BACKEND) $(UNIT)
else
# mypy takes half a minute of one core, so it runs beside the tests.
test: .venv/.dev
	$(MAKE) --no-print-directory --jobs=2 lint suite
endif

# Files in the order of tests/conftest.py, the long ones first: the cores end together.
suite: .venv/.dev
	pytest -n auto --dist loadfile --no-loadscope-reorder

# For whoever writes a unit: its notebooks are built again, its tests and its cells run.
check: .venv/.dev
	course build $(UNIT)
	pytest -n auto --dist loadfile tests/course/units/u$(UNIT) source/$(UNIT)

# Tests whose number grows with these variables, and those marked slow.  The workflow starts this every night.
nightly: .venv/.dev
	COURSE_RAFT_SEEDS=100 CHAOS_SEEDS=0-99 \
	COURSE_KILL_MOMENTS=160 COURSE_KILL_SEEDS=5 COURSE_KILL_SUBMISSIONS=200 COURSE_EVERY_STUDENT=1 \
	pytest -n auto --dist worksteal -m 'slow or not slow'

# The README's pictures, taken on a learner's day in a browser; look at them before you commit them.
pictures: .venv/.dev
	COURSE_PICTURES=docs pytest -q tests/browser/test_day.py

bench: .venv/.dev
	python -m benchmarks

bench-grading: .venv/.dev
	python -m benchmarks.grading

build: .venv/.dev
	course build $(UNIT)

lint: .venv/.dev
	ruff check .
	ruff format --check .
	mypy
	lint-imports --no-logo

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

# What was installed is remembered, so a second run starts at once.
.venv/.lab: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e '.[lab]'
	$(COMPILE)
	@touch $@

.venv/.site: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e '.[lab,site]'
	$(COMPILE)
	@touch $@ .venv/.lab

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e '.[lab,site,dev,dask,etcd]'
	$(COMPILE)
	@touch $@ .venv/.lab .venv/.site

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The course needs Python 3.11 or newer; call make PYTHON=python3.12, for example.")'
	$(PYTHON) -m venv .venv
