# make demo | test | interop | lint | torture | bench | load | conformance | fuzz | mutants | peers | deny | advisories.
# Timings belong to `make bench`, never to a test.
.DELETE_ON_ERROR:
.PHONY: deny-tool demo test setup interop interop-setup lint torture bench load conformance fuzz mutants peers peers-bench deny advisories

CARGO ?= cargo
# What RocksDB's bindings need to be generated.
DEBIAN := libclang-dev clang
# A PKCS #11 token for the tests.
TOKEN := softhsm2

setup:
	@if command -v clang >/dev/null 2>&1 && ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q $(DEBIAN); \
	  else sudo apt-get update -q && sudo apt-get install -y -q $(DEBIAN); fi; \
	else echo "RocksDB needs libclang: install your system's clang and libclang packages, then try again"; exit 1; fi
	@if command -v softhsm2-util >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q $(TOKEN); \
	  else sudo apt-get update -q && sudo apt-get install -y -q $(TOKEN); fi; \
	else echo "no SoftHSM2 here: the tests with tokens will be skipped"; fi

# Others' implementations, by name and version. Where there is no npm or Python the tests say what they skipped;
# with MANDATE_REQUIRE_PEERS=1 that is a failure.
interop-setup:
	@if command -v npm >/dev/null 2>&1; then \
	  cd examples/interop && npm install --no-package-lock --no-audit --no-fund --loglevel=error; \
	else echo "no npm here: the tests against its packages will be skipped"; fi
	@if python3 -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  test -x target/interop/bin/python || python3 -m venv target/interop; \
	  target/interop/bin/python -m pip install -q --disable-pip-version-check -r examples/interop/python/requirements.txt; \
	else echo "no Python here that makes environments: the tests against its packages will be skipped"; fi

# They sign and we verify, we sign and they verify.
interop: setup interop-setup
	$(CARGO) build --workspace --bins
	$(CARGO) test -p examples --test interop

# The main job on the fictional parliament; what it leaves is in target/demo.
demo: setup
	$(CARGO) build --workspace --bins
	rm -rf target/demo
	target/debug/parliament-day --roster examples/parliament/lower-house.csv --out target/demo
	@echo "look at target/demo/site; the README's tour does the same by hand"

# Core, verifier and wallet first: they do not wait for RocksDB. The core is tested without the JSON-LD libraries and with
# them, for they change what serde_json does in the whole build.
test: setup interop-setup
	$(CARGO) fmt --all --check
	$(CARGO) test -p identity-core -p verifier-lib -p wallet -p cli-kit
	$(CARGO) build --workspace --bins --features examples/conformance,issuer-cli/pkcs11
	$(CARGO) test --workspace --features examples/conformance,issuer-cli/pkcs11
	$(MAKE) lint

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --features examples/conformance,issuer-cli/pkcs11 -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc -q --workspace --no-deps

# A hundred kills in the middle of a batch.
torture: setup
	$(CARGO) build --workspace --bins
	MANDATE_KILLS=100 $(CARGO) test -p examples --test kill

# Every figure of BENCHMARKS.md, on release builds.
bench: setup
	$(CARGO) build --release --workspace --bins
	$(CARGO) bench -p verifier-lib
	$(CARGO) bench -p verifier-lib --features serve --bench sizes
	$(CARGO) bench -p examples

# A thousand connections for a minute, on a release build of the sidecar.
load:
	$(CARGO) bench -p verifier-lib --features serve --bench load

# The W3C's HTTP suites, cloned and installed in MANDATE_SUITES; then what they count for a yes and for a no.
conformance: setup
	@test -n "$$MANDATE_SUITES" || { echo "name the folder of the suites: MANDATE_SUITES=DIR"; exit 2; }
	$(CARGO) build -p verifier-lib -p examples --features verifier-lib/serve,examples/conformance --bins
	-examples/conformance/run.sh --accept-all
	-examples/conformance/run.sh --reject-all
	examples/conformance/run.sh
	examples/conformance/jose-cose.sh

# What strangers can hand in, FUZZ_SECONDS for each target; needs cargo-fuzz.
FUZZ_TARGETS := bundle credential did did_log enrolment json ld presentation request roster sd_jwt_vc status_list vc vc_jwt
FUZZ_SECONDS ?= 600
FUZZ_FOLDER ?= target/fuzz
fuzz:
	@command -v cargo-fuzz >/dev/null || $(CARGO) install cargo-fuzz --locked
	for target in $(FUZZ_TARGETS); do \
	  mkdir -p $(FUZZ_FOLDER)/corpus/$$target && \
	  RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run --fuzz-dir examples/fuzz --target-dir $(FUZZ_FOLDER) $$target $(FUZZ_FOLDER)/corpus/$$target \
	    -- -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -rss_limit_mb=3000 -artifact_prefix=$(FUZZ_FOLDER)/$$target- || exit 1; \
	done

# Every check taken out in turn: a test must fail each time; needs cargo-mutants, and takes hours. What no test can
# notice is named in .cargo/mutants.toml, each with its reason. First with the features that bring JSON-LD, JSON Schema
# and certificates in, then what stands in their place without them.
MUTANTS := $(CARGO) mutants -p identity-core -o target --file 'identity-core/src/did/webvh/**/*.rs' \
  --file 'identity-core/src/proof/**/*.rs' --file 'identity-core/src/status/decide.rs' \
  --file 'identity-core/src/trust/**/*.rs' --file 'identity-core/src/verify/**/*.rs'
mutants:
	@command -v cargo-mutants >/dev/null || $(CARGO) install cargo-mutants --locked
	$(MUTANTS) --features rdfc,json-schema,x5c --exclude-re without_ -- --lib
	$(MUTANTS) --re without_ -- --lib

# Others' implementations beside ours, in a workspace of their own.
peers:
	cd examples/peers && $(CARGO) test --locked

# Ours beside `ssi`'s and `didwebvh-rs`'s, in turns in one run.
peers-bench:
	cd examples/peers && $(CARGO) bench --locked

deny: deny-tool
	$(CARGO) deny --all-features check bans licenses sources

deny-tool:
	@command -v cargo-deny >/dev/null || $(CARGO) install cargo-deny --locked

# Where the advisory database can be reached.
advisories: deny-tool
	$(CARGO) deny check advisories
