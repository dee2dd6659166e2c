# The few words a developer types. Everything below is done by deploy/local; `make help` lists them.

STACK := deploy/local/stack.sh
CHECK := deploy/local/check.sh

.PHONY: help up down status logs psql clean-data test journey browser screenshots faults bench bench-web lint fmt verify

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

up: ## build and start everything, wait until it answers, print addresses and log-ins (RELEASE=1 for a release build)
	@$(STACK) up

down: ## stop everything, keep the data
	@$(STACK) down

status: ## what runs
	@$(STACK) status

logs: ## follow the logs
	@$(STACK) logs

psql: ## the database, as its owner
	@$(STACK) psql

clean-data: ## erase the data, after asking (CONFIRM=yes for scripts)
	@CONFIRM="$(CONFIRM)" $(STACK) clean-data

test: ## every test and the journeys, on a platform of their own that goes again
	@$(CHECK) test

journey: ## only the journeys
	@$(CHECK) journey

browser: ## only the shops and the panel in a browser
	@$(CHECK) browser

screenshots: ## pictures of every page and theme, in .run/test/screenshots
	@$(CHECK) screenshots

faults: ## the long form of the fault tests: every part down, slow and talking nonsense
	@$(CHECK) faults

bench: ## the speed bars, as one table (release build)
	@$(CHECK) bench

bench-web: ## the bars of the shops' pages and the panel, as one table (release build)
	@$(CHECK) bench-web

lint: ## format, clippy, scripts (DENY=1: also licences and advisories of the dependencies)
	@$(CHECK) lint

fmt: ## format the code
	@cargo fmt --all

verify: lint test ## what has to be green before a change leaves your machine
