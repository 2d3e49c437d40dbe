# Everything a developer does here by one word. The work is in tools/ and xtask/.
.DEFAULT_GOAL := help
.PHONY: help run watch test quick bench fmt setup wasm deny clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | awk -F'\t' '{ printf "make %-8s %s\n", $$1, $$2 }'

run: ## build all, fill a demo desk and serve it (prints the address and the logins)
	@tools/run

watch: ## as run, but built for debugging, and again whenever a source file changes
	@tools/setup && tools/env cargo xtask watch

test: ## format, lints, licences, every test on both engines, the browser journey (STEPS="fmt clippy" for some)
	@tools/test $(STEPS)

quick: ## format, lints and the tests without a browser
	@tools/test fmt clippy rust

bench: ## all benchmarks, or ONLY=intake|attribution|pages|portal|wasm|ledger|quarantine|server
	@tools/bench $(ONLY)

fmt: ## format all sources
	@tools/setup && tools/env cargo fmt --all

setup: ## fetch and build what the other targets need (they do so themselves)
	@tools/setup test

wasm: ## only the islands, as for release
	@tools/setup && tools/env cargo xtask wasm

deny: ## licences, bans and known holes of the dependencies
	@tools/setup && tools/test deny

clean: ## remove everything that was built or fetched into the project
	rm -rf target .build tools/node_modules end2end/node_modules end2end/test-results end2end/playwright-report
