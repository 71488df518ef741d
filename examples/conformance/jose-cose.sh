#!/bin/sh
# Runs the JOSE and SD-JWT cases of the W3C's suite vc-jose-cose against our program of that name.
#
#   MANDATE_SUITES=DIR examples/conformance/jose-cose.sh
#
# DIR holds vc-jose-cose, cloned and installed. The suite runs each implementation in a container; here a
# few lines stand in for that, and nothing of the suite is changed: it runs in a copy. The program is taken
# from MANDATE_PROGRAMS, or from target/debug.
set -eu

suites=${MANDATE_SUITES:?name the folder of the suites: MANDATE_SUITES=DIR}
here=$(cd "$(dirname "$0")/../.." && pwd)
VC_JOSE_COSE=${MANDATE_PROGRAMS:-$here/target/debug}/vc-jose-cose
export VC_JOSE_COSE

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
cp -r "$suites/vc-jose-cose" "$suites/vc-test-suite-implementations" "$work"

# docker compose -f FILE run --rm NAME (issue|verify) ...: the container would have the suite's files at /tests.
cat >"$work/bin/docker" <<'STAND_IN'
#!/bin/sh
shift 6
for word in "$@"; do
  shift
  case $word in /tests/*) word=$PWD$word ;; esac
  set -- "$@" "$word"
done
exec "$VC_JOSE_COSE" "$@"
STAND_IN
chmod +x "$work/bin/docker"

cat >"$work/vc-jose-cose/localConfig.cjs" <<'CONFIG'
module.exports = {
  settings: {enableInteropTests: false, testAllImplementations: false},
  implementations: [{name: 'mandate', implementation: 'Mandate', 'jose-cose': {features: {
    credential_jose: true, credential_cose: false, credential_sdjwt: true,
    presentation_jose: true, presentation_cose: false, presentation_sdjwt: true
  }}}]
};
CONFIG

# The suite wants Node 22, of which it needs this alone.
cat >"$work/iterator.cjs" <<'ITERATOR'
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
iterator.map ??= function* (each) { for(const one of this) { yield each(one); } };
ITERATOR

cd "$work/vc-jose-cose"
PATH=$work/bin:$PATH APP_ROOT_PATH=$PWD npx mocha tests/ --require "$work/iterator.cjs" --reporter dot --timeout 150000 --preserve-symlinks
