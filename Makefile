.DEFAULT_GOAL := help
.PHONY: help run test soak bench bench-growth wrk lint fmt openapi

help: ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: ## Build and start the server with demo data
	cargo build --release --package stockbridge
	@exec "$${CARGO_TARGET_DIR:-target}/release/stockbridge" serve --demo

test: ## Run all tests, on SQLite and on a throw-away PostgreSQL
	scripts/with-postgres cargo test --workspace

# The release is what is soaked; the tests themselves are as in `make test`.
soak: ## Export a million products beside writers, on both engines; takes minutes
	cargo build --release --package stockbridge
	TEST_SERVER=$(abspath $(or $(CARGO_TARGET_DIR),target))/release/stockbridge \
	scripts/with-postgres cargo test --package stockbridge-tests soak -- --ignored --nocapture

# Databases are kept in target/bench/ for the next time; `rm -rf target/bench` frees their room. More is asked of the
# bench as BENCH='--engine sqlite --seconds 5'.
bench: wrk ## Measure calls under load beside what the engines can do, on both; takes minutes
	cargo build --release --package stockbridge --package stockbridge-bench
	TEST_POSTGRES_KEPT=$(RELEASE)/../bench scripts/with-postgres \
	$(RELEASE)/stockbridge-bench load --server $(RELEASE)/stockbridge --folder $(RELEASE)/../bench $(BENCH)

bench-growth: ## Measure what grows with a shop, up to a million products; takes longer, and 10 GB
	cargo build --release --package stockbridge --package stockbridge-bench
	TEST_POSTGRES_KEPT=$(RELEASE)/../bench scripts/with-postgres \
	$(RELEASE)/stockbridge-bench growth --server $(RELEASE)/stockbridge --folder $(RELEASE)/../bench $(BENCH)

RELEASE = $(abspath $(or $(CARGO_TARGET_DIR),target))/release

# As for PostgreSQL: who may install it is not asked.
wrk:
	@type wrk >/dev/null 2>&1 || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -y -q --no-install-recommends wrk; } \
	|| { echo 'wrk is missing; get it with: apt-get install wrk' >&2; exit 1; }

# Asked before, because what cargo says of a missing component differs by how Rust was installed.
lint: ## Check format and lints, warnings being errors
	@cargo fmt --version >/dev/null 2>&1 || { echo 'rustfmt is missing; get it with: rustup component add rustfmt' >&2; exit 1; }
	@cargo clippy --version >/dev/null 2>&1 || { echo 'clippy is missing; get it with: rustup component add clippy' >&2; exit 1; }
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

fmt: ## Format all code
	cargo fmt --all

# Through a file in target/, so that a failing command leaves the document as it was.
openapi: ## Write the OpenAPI documents to openapi/
	@mkdir -p target openapi
	cargo run --quiet --package stockbridge -- openapi iom > target/openapi-iom.json
	cargo run --quiet --package stockbridge -- openapi simbiz > target/openapi-simbiz.json
	mv target/openapi-iom.json openapi/iom.json
	mv target/openapi-simbiz.json openapi/simbiz.json
