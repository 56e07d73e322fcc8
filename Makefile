# Two commands do everything on a fresh machine: `make demo` and `make test`.
DEMO_ARGS ?=
PYTEST_ARGS ?=

.PHONY: demo test lint types lock codebook clean

demo: ## the whole thing, offline, on the bundled practice portals; ends with the site open
	@.ci/venv run
	@.ci/browser || echo "Going on without a browser: one practice list needs it and will stay unread." >&2
	@.venv/bin/nianbao demo $(DEMO_ARGS)

test: ## lint, types and every test
	@.ci/venv dev
	@.ci/browser
	@$(MAKE) --no-print-directory lint types
	.venv/bin/pytest -n 3 --dist loadfile $(PYTEST_ARGS)

lint:
	.venv/bin/ruff check .

types:
	.venv/bin/mypy

lock: ## write requirements/*.lock anew
	.ci/lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis demo-data screenshots
