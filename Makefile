# make demo · make test · make check · make bench. Needs Python 3.11 or newer and make, nothing else.

BIN := .venv/bin
ARGS ?=
FIND_PYTHON = for p in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done

.PHONY: demo test check bench lock clean

demo: .venv/ready  ## Watch a real outage being handled; ARGS='--once', ARGS='--incident havoc'
	@$(BIN)/python -m bot demo $(ARGS)

test: .venv/ready-to-test  ## The whole suite; ARGS='-k gate' for a part
	@$(BIN)/python -m pytest -n 4 --dist loadfile $(ARGS)

check: .venv/ready-to-test  ## Format, lint, types
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy

bench: .venv/ready-to-test  ## The figures of docs/benchmarks.md, measured here
	@$(BIN)/python -m tests.bench.lookup $(ARGS)
	@$(BIN)/python -m tests.bench.looks $(ARGS)
	@$(BIN)/python -m tests.bench.drafts $(ARGS)
	@$(BIN)/python -m tests.bench.forms $(ARGS)
	@$(BIN)/python -m tests.bench $(ARGS)

lock: .venv/ready-to-test  ## Write the two lock files again from pyproject.toml (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --extra pdf --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## Remove what was installed and made
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache

.venv/ready: requirements.lock pyproject.toml
	@$(call install,requirements.lock)
	@touch $@

.venv/ready-to-test: requirements-dev.lock pyproject.toml
	@$(call install,requirements-dev.lock)
	@touch $@ .venv/ready

define install
	python=$$($(FIND_PYTHON)); \
	[ -n "$$python" ] || { echo "Muster needs Python 3.11 or newer. Install one, or name it: make PYTHON=/path/to/python3.12 …" >&2; exit 1; }; \
	[ -x $(BIN)/pip ] || $$python -m venv .venv >/dev/null 2>&1 || \
		{ echo "Python cannot make a virtual environment in .venv/. On Debian or Ubuntu: apt install python3-venv" >&2; rm -rf .venv; exit 1; }; \
	echo "Installing into .venv/ (once; about half a minute)…" >&2; \
	{ $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r $(1) && \
	  $(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; } > .venv/install.log 2>&1 || \
		{ echo "The installation failed: $$(grep -m1 -i error .venv/install.log || tail -n 1 .venv/install.log) (all of it: .venv/install.log). Is the network there? Then run make again." >&2; exit 1; }
endef
