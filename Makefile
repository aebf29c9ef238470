# PYTHON       the interpreter for .venv (3.11 or newer); default: the first one found
# TORCH_INDEX  an extra package index, for CPU wheels of torch on Linux:
#              make site TORCH_INDEX=https://download.pytorch.org/whl/cpu
# JOBS         notebooks executed at a time, one core each; default: all cores
# THREADS      torch threads of each notebook while testing; what is compared must not depend on it

BIN := .venv/bin
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
PORT ?= 8000
SCHEDULER_PORT ?= 8786
THREADS ?= 1
export PYTHON TORCH_INDEX

.DEFAULT_GOAL := help
.PHONY: help site serve lab test lint bench outputs links slides slides-pdf pdf students grade scheduler worker alexnet clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.venv/.ready: requirements.txt pyproject.toml tools/setup.sh
	@tools/setup.sh

.venv/instructors/.ready: .venv/.ready requirements-instructors.txt
	@rm -rf .venv/instructors
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	    --target .venv/instructors -r requirements-instructors.txt
	@touch $@

site: .venv/.ready  ## execute the notebooks and build the site to _build/html
	@$(BIN)/python tools/build.py --jobs $(JOBS)

serve: .venv/.ready  ## serve the site on this machine; rebuild a page when its source changes
	@$(BIN)/python tools/serve.py --port $(PORT)

lab: .venv/.ready  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir book

test: site .venv/instructors/.ready  ## run all tests, every notebook included
	@OMP_NUM_THREADS=$(THREADS) $(BIN)/python -m pytest --nbval --nbval-current-env --nbval-cell-timeout 600 \
	    -n $(JOBS) --dist loadscope tests book/lectures book/solutions

lint: .venv/.ready  ## check code, spelling and the pages' budget
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/codespell && $(BIN)/python tools/lint_pages.py

bench: .venv/instructors/.ready  ## print the speed ratios that CONTRIBUTING.md reports
	@$(BIN)/python tools/bench.py

outputs: .venv/.ready  ## execute what changed and store its text outputs in the notebooks
	@$(BIN)/python tools/store_outputs.py

slides: site  ## say where the slides of each lecture are (make site makes them)
	@$(BIN)/python tools/slides.py

slides-pdf: site  ## print the slides of each lecture to PDF (needs a Chromium)
	@$(BIN)/python tools/slides.py --pdf

pdf: site  ## print the whole book to _build/book.pdf (needs a Chromium)
	@$(BIN)/python tools/book_pdf.py

links: .venv/.ready  ## derive badges, launch links and setup cells from repository.url in _config.yml
	@$(BIN)/python tools/links.py

students: .venv/instructors/.ready  ## make the students' copies of the labs from book/solutions
	@$(BIN)/python tools/students.py

grade: .venv/instructors/.ready  ## grade a folder of submissions: LAB=name SUBMISSIONS=folder [SCHEDULER=address] [OUT=folder] [SECONDS=limit]
	@$(BIN)/python tools/grade.py "$(LAB)" "$(SUBMISSIONS)" --workers $(JOBS) \
	    $(if $(SCHEDULER),--scheduler "$(SCHEDULER)") $(if $(OUT),--out "$(OUT)") $(if $(SECONDS),--seconds $(SECONDS))

scheduler: .venv/instructors/.ready  ## start a Dask scheduler on port 8786, for grading on several machines
	@PYTHONPATH=tools:.venv/instructors $(BIN)/python -m distributed.cli.dask_scheduler --port $(SCHEDULER_PORT) --no-dashboard

worker: .venv/instructors/.ready  ## join a Dask cluster that grades: SCHEDULER=tcp://host:8786
	@PYTHONPATH=tools:.venv/instructors $(BIN)/python -m distributed.cli.dask_worker "$(SCHEDULER)" \
	    --nworkers $(JOBS) --nthreads 1 --memory-limit 0 --no-dashboard

alexnet: .venv/.ready  ## fetch the official AlexNet weights; keep a compact copy of their features
	@$(BIN)/python tools/make_alexnet.py

clean:  ## remove what was built (not .venv)
	@rm -rf _build
