# make demo | test | lint | torture | bench | deny | advisories.  Timings belong to `make bench`, never to a test.
.DELETE_ON_ERROR:
.PHONY: demo test setup lint torture bench deny advisories

CARGO ?= cargo
# What RocksDB's bindings need to be generated.
DEBIAN := libclang-dev clang

setup:
	@if command -v clang >/dev/null 2>&1 && ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q $(DEBIAN); \
	  else sudo apt-get update -q && sudo apt-get install -y -q $(DEBIAN); fi; \
	else echo "RocksDB needs libclang: install your system's clang and libclang packages, then try again"; exit 1; fi

# The main job on the fictional parliament; what it leaves is in target/demo.
demo: setup
	$(CARGO) build --workspace --bins
	rm -rf target/demo
	target/debug/parliament-day --roster examples/parliament/lower-house.csv --out target/demo
	@echo "look at target/demo/site; the README's tour does the same by hand"

# Core, verifier and wallet first: they do not wait for RocksDB.
test: setup
	$(CARGO) fmt --all --check
	$(CARGO) test -p identity-core -p verifier-lib -p wallet -p cli-kit
	$(CARGO) build --workspace --bins
	$(CARGO) test -p issuer-cli -p examples -p testkit
	$(MAKE) lint

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc -q --workspace --no-deps

# A hundred kills in the middle of a batch.
torture: setup
	$(CARGO) build --workspace --bins
	MANDATE_KILLS=100 $(CARGO) test -p examples --test kill

bench:
	$(CARGO) bench -p verifier-lib

deny:
	cargo deny check bans licenses sources

advisories:
	cargo deny check advisories
