#!/bin/sh
# Runs the W3C's HTTP suites against conformance-issuer and the sidecar, and prints what each counted.
#
#   MANDATE_SUITES=DIR examples/conformance/run.sh [--accept-all | --reject-all] [SUITE...]
#
# DIR holds the suites, each cloned and installed (npm ci): vc-di-eddsa, vc-di-ecdsa, vc-data-model-2.0,
# vc-bitstring-status-list. The programs are taken from MANDATE_PROGRAMS, or from target/debug:
#   cargo build -p examples --features conformance --bins
# With --accept-all or --reject-all a server that says yes, or no, to everything stands for both. Each
# suite's report as JSON is left in MANDATE_REPORTS, when that is set. Exit code 1 when a suite failed.
set -eu

suites=${MANDATE_SUITES:?name the folder of the suites: MANDATE_SUITES=DIR}
here=$(cd "$(dirname "$0")/../.." && pwd)
programs=${MANDATE_PROGRAMS:-$here/target/debug}
mock=
case ${1:-} in --accept-all | --reject-all) mock=$1 && shift ;; esac
[ $# -gt 0 ] || set -- vc-di-eddsa vc-di-ecdsa vc-data-model-2.0 vc-bitstring-status-list

work=$(mktemp -d)
started=
finish() {
  for one in $started; do kill "$one" 2>/dev/null || :; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/chain.pem" 2>/dev/null

# Starts a program and waits for what it says of itself.
start() {
  name=$1 && shift
  "$@" --listen 127.0.0.1:0 --tls-cert "$work/chain.pem" --tls-key "$work/key.pem" --format json \
    >"$work/$name.json" 2>"$work/$name.log" &
  started="$started $!"
  tries=0
  until grep -qs '^}' "$work/$name.json"; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ]; then cat "$work/$name.log" >&2; exit 1; fi
    sleep 0.1
  done
}

if [ -n "$mock" ]; then
  start issuer "$programs/conformance-mock" "$mock"
  cp "$work/issuer.json" "$work/verifier.json"
else
  start issuer "$programs/conformance-issuer" --home "$work/home"
  start verifier "$programs/mandate-verifier" serve --accept-unbound-issuers
fi

failed=0
for suite in "$@"; do
  node "$here/examples/conformance/config.cjs" "$suite" "$work/issuer.json" "$work/verifier.json" \
    >"$suites/$suite/localConfig.cjs"
  report="$work/$suite.json"
  (cd "$suites/$suite" && NODE_TLS_REJECT_UNAUTHORIZED=0 NODE_NO_WARNINGS=1 \
    npx mocha 'tests/*.js' --timeout 15000 --preserve-symlinks --reporter json --reporter-option output="$report") \
    >"$work/$suite.log" 2>&1 || :
  rm -f "$suites/$suite/localConfig.cjs"
  if [ -n "${MANDATE_REPORTS:-}" ]; then
    mkdir -p "$MANDATE_REPORTS"
    for file in "$report" "$work"/*.log; do [ ! -f "$file" ] || cp "$file" "$MANDATE_REPORTS"; done
  fi
  node "$here/examples/conformance/count.cjs" "$suite" "$report" || failed=1
done
exit $failed
