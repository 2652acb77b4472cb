# Everything a newcomer needs: `make demo` and `make test`, with Python 3.11 and make alone.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo test soak kills month check format benchmark screenshots lock clean

demo: .venv/base.stamp
	$(BIN)/python manage.py demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: .venv/test.stamp
	$(BIN)/pytest

# Random faults while people leave; SOAK_FIRST=137 SOAK_SCHEDULES=1 repeats one seed.
soak: export SOAK_SCHEDULES ?= 1000
soak: .venv/test.stamp
	$(BIN)/pytest tests/soak --timeout 0

# Workers killed at random moments; KILLS_FIRST=137 KILLS=1 KILLS_EACH=0 repeats one.
kills: export KILLS ?= 200
kills: export KILLS_EACH ?= 10
kills: export KILLS_PEOPLE ?= 5000
kills: .venv/test.stamp
	$(BIN)/pytest tests/kills --timeout 0

# Months of the Integrator; MONTH_FIRST=7 MONTH_SEEDS=1 repeats one seed.
month: export MONTH_SEEDS ?= 20
month: export MONTH_DAYS ?= 30
month: export MONTH_PEOPLE ?= 1000
month: .venv/test.stamp
	$(BIN)/pytest tests/month --timeout 0

# mypy reads the settings and leaves without tidying: their folder is one of ours.
check: export VAR_DIR = var/check
check: .venv/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run --settings halo_entra.settings.test
	$(BIN)/python -m tests.coverage_table --check

format: .venv/test.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# PostgreSQL where DATABASE_URL names it; ARGUMENTS="--people 5000 --rounds 1" is quick.
benchmark: .venv/base.stamp
	$(BIN)/python -m benchmarks $(ARGUMENTS)

# Of the demo, which must run, and with Chromium: the pictures of docs/screens.md.
screenshots: .venv/test.stamp
	$(BIN)/python -m tests.browser.pictures http://localhost:$(or $(PORT),8000) docs/images

lock: .venv/test.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements/base.in -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade -c requirements/base.txt requirements/test.in -o requirements/test.txt

clean:
	rm -rf .venv var

.venv/bin/python:
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo >&2 \
	"Python 3.11 or newer with venv and pip is needed. Debian: apt-get install python3-venv"; exit 1; }

.venv/base.stamp: requirements/base.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/test.stamp: requirements/test.txt .venv/base.stamp | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
