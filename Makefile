# Every command a person types. `make` alone lists them.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
LANGUAGE ?= en
# Locales export LANGUAGE too (ko_KR:ko:en): take its first word's language. Only one that was typed
# can be a mistake to tell; a locale that the lessons don't speak means English.
TYPED := $(filter command,$(origin LANGUAGE))
override LANGUAGE := $(firstword $(subst _, ,$(firstword $(subst :, ,$(LANGUAGE)))))
ifeq ($(TYPED),)
override LANGUAGE := $(if $(filter ko,$(LANGUAGE)),ko,en)
endif
VENV := .venv/bin/python
READY := .venv/.ready
# A learner has no .venv: what running the lessons needs is a third of it.
LAB := $(if $(wildcard $(READY)),.venv,.venv-lab)

.DEFAULT_GOAL := help
PART ?=
ONLY ?=
N ?=
NAME ?=
EDITION ?=

.PHONY: help serve test check lesson site lab lint translate soak bundle epub bench lighthouse picture doctor clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

$(READY): requirements.txt constraints.txt pyproject.toml web/tools/setup_venv.py
	@[ -n "$(PYTHON)" ] || { echo "setup: no Python 3.11 or newer found. Debian and Ubuntu: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) web/tools/setup_venv.py

.venv-lab/.ready: constraints.txt pyproject.toml web/tools/setup_venv.py
	@[ -n "$(PYTHON)" ] || { echo "setup: no Python 3.11 or newer found. Debian and Ubuntu: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) web/tools/setup_venv.py learn

serve: site  ## run the lessons, build both languages, serve them and print the address
	@$(VENV) -m web.site.serve

site: $(READY)  ## build build/site/{en,ko} and the language chooser
	@$(VENV) -m web.site.build

test: $(READY)  ## set up, then every check there is
	@$(VENV) -m web.tools.checks

check: $(READY)  ## at most 60 s: lint, types, and the tests of what you changed
	@$(VENV) -m web.tools.check

lint: $(READY)  ## quick checks of the sources: ruff, mypy, lessons, translations
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@$(VENV) -m web.lint

lab: $(LAB)/.ready  ## open the lessons in JupyterLab; LANGUAGE=ko for Korean
	@$(LAB)/bin/python -m web.tools.lab $(LANGUAGE)

translate: $(READY)  ## refresh the .po files and say what is missing
	@$(VENV) -m web.lessons.translate

soak: $(READY)  ## what is too long for every run; PART=lessons, ONLY=04 for one lesson
	@$(VENV) -m web.tools.soak $(PART) $(ONLY)

lesson:  ## the skeleton of a lesson: N=04 NAME=transports
	@$(PYTHON) web/tools/new_lesson.py "$(N)" "$(NAME)"

bundle: site  ## an archive a language, books, checksums; EDITION=class: without solutions
	@$(VENV) -m web.site.bundle $(EDITION)

epub: $(READY)  ## the lessons and guides as a book, one a language: build/epub
	@$(VENV) -m web.site.epub

bench: $(READY)  ## how fast purezmq is beside pyzmq, for its page too; QUICK=1 only tries it
	@$(VENV) -m web.tools.bench $(if $(QUICK),--quick)

lighthouse: site  ## Lighthouse's scores on a phone profile (needs Node.js and Chromium)
	@$(VENV) -m web.tools.lighthouse

picture: site  ## take README's pictures of the site (needs Chromium)
	@$(VENV) -m web.tools.picture

doctor: $(LAB)/.ready  ## is this machine ready for the lessons (with .venv: for the site and the tests too)?
	@$(LAB)/bin/zmqlab doctor $(if $(filter .venv,$(LAB)),--all)

clean:  ## remove what was built; a learner's notebooks stay
	@rm -rf build/site build/bundle build/epub build/epub-pages build/src build/doctrees build/cache build/runs build/gettext build/jupyter_execute
