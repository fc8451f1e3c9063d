# Each target makes what it needs first: `make run` and `make test` work on a fresh clone.
# More arguments go through ARGS: make test ARGS="-k ladder"; make run ARGS="--help".

ARGS ?=
PYTHON := .venv/bin/python
UV := $(PYTHON) -m uv

.PHONY: help run test lint format bench soak lock shots gallery clean bootstrap
.DEFAULT_GOAL := help

help:
	@echo "make run     start the terminal with its practice venue"
	@echo "make test    the tests (ARGS=\"-k ladder\" for some of them)"
	@echo "make lint    style, types, import contracts, dependencies"
	@echo "make format  rewrite the code in the project's style"
	@echo "make bench   measurements against their budgets"
	@echo "make soak    long campaigns"
	@echo "make shots   the README's pictures of the desk, both themes"
	@echo "make gallery every widget in every state, in build/gallery (ARGS=\"--only ladder\" for some)"
	@echo "make lock    resolve the dependencies anew (ARGS=--upgrade for newer ones)"
	@echo "make clean   remove .venv and everything made"

bootstrap:
	@packaging/bootstrap

run: bootstrap
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY$$QT_QPA_PLATFORM" ]; then \
	    echo "quarterdeck: no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set." >&2; \
	    echo "For a picture of the desk instead:" >&2; \
	    echo "    .venv/bin/quarterdeck shot --seconds 5 --png desk.png --state desk.json" >&2; \
	    exit 1; \
	fi
	@exec .venv/bin/quarterdeck $(ARGS)

test: bootstrap
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

bench: bootstrap
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PYTHON) -m pytest -m bench --timeout 600 -s $(ARGS)

soak: bootstrap
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PYTHON) -m pytest -m soak --timeout 0 \
	    --hypothesis-profile soak $(ARGS)

lint: bootstrap
	@packaging/lint

format: bootstrap
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format --quiet .

# Universal: one lock for every Python and platform of pyproject.toml. No header and no index lines, so that
# neither a machine's paths nor its package mirror get into the repository.
COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
    --only-binary :all: --no-header --no-emit-index-url --no-emit-find-links --no-emit-build-options

lock: bootstrap
	@$(COMPILE) $(ARGS) --output-file packaging/requirements.lock
	@$(COMPILE) $(ARGS) --group dev --constraints packaging/requirements.lock --no-annotate \
	    --output-file packaging/requirements-dev.lock

gallery: bootstrap
	@.venv/bin/quarterdeck gallery --folder build/gallery $(ARGS)

shots: bootstrap
	@mkdir -p resources/help
	@for theme in dark light; do \
	    .venv/bin/quarterdeck shot --seconds 12 --theme $$theme --size 1600x1000 \
	        --png resources/help/desk-$$theme.png --state /dev/null $(ARGS) || exit 1; \
	done

clean:
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find app widgets protocols resources tests -name __pycache__ -type d -prune -exec rm -rf {} +
