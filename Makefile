# make demo | test | lint | advisories.  Timings belong to `make bench`, never to a test.
.DELETE_ON_ERROR:
.PHONY: demo test setup vectors lint deny advisories

CARGO ?= cargo
# What RocksDB's bindings need to be generated.
DEBIAN := libclang-dev clang

setup:
	@if command -v clang >/dev/null 2>&1 && ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q $(DEBIAN); \
	  else sudo apt-get update -q && sudo apt-get install -y -q $(DEBIAN); fi; \
	else echo "RocksDB needs libclang: install your system's clang and libclang packages, then try again"; exit 1; fi

demo: setup
	$(CARGO) build --workspace --bins
	$(CARGO) test -p identity-core

test: setup lint
	$(CARGO) test -p identity-core -p verifier-lib -p wallet -p cli-kit
	$(CARGO) test -p issuer-cli -p examples

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy -p identity-core -p testkit -p verifier-lib -p wallet -p cli-kit --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc -q -p identity-core -p verifier-lib -p wallet --no-deps

deny:
	cargo deny check bans licenses sources

advisories:
	cargo deny check advisories
