// Writes the localConfig.cjs of one suite: config.cjs SUITE ISSUER.json VERIFIER.json
const {readFileSync} = require('node:fs');

const [, , suite, ...files] = process.argv;
const [issuer, verifier] = files.map(file => JSON.parse(readFileSync(file)));
const id = name => issuer.issuers?.[name] ?? 'did:key:z6MkhTNL7i2etLerDK8Acz5t528giE5KA4p75T6ka1E1D74r';

// What supports one cryptosuite, or the suites' other tags.
const issuers = (name, path, tags, more) => ({
  id: id(name), endpoint: `${issuer.url}${path}/credentials/issue`, tags, supports: {vc: ['2.0']}, ...more,
});
const verifiers = (kind, tags, more) => ({
  id: 'did:key:verifier', endpoint: `${verifier.url}/${kind}/verify`, tags, supports: {vc: ['2.0']}, ...more,
});

const cryptosuites = (names, more) => ({
  issuers: names.map(name => issuers(name, `/${name}`, [name], more)),
  verifiers: names.map(name => verifiers('credentials', [name], more)),
});
const tagged = (path, tag) => ({
  issuers: [issuers(issuer.suite, path, [tag])],
  verifiers: [verifiers('credentials', [tag])],
  vpVerifiers: [verifiers('presentations', [tag])],
});

const of = {
  'vc-di-eddsa': () => cryptosuites(['eddsa-rdfc-2022', 'eddsa-jcs-2022']),
  'vc-di-ecdsa': () => cryptosuites(['ecdsa-rdfc-2019', 'ecdsa-jcs-2019'], {supportedEcdsaKeyTypes: ['P-256']}),
  'vc-data-model-2.0': () => tagged('', 'vc2.0'),
  'vc-bitstring-status-list': () => tagged('/status', 'BitstringStatusList'),
}[suite];

const implementation = {name: 'Mandate', implementation: 'Mandate', ...of()};
const config = {settings: {enableInteropTests: false, testAllImplementations: false}, implementations: [implementation]};
process.stdout.write(`module.exports = ${JSON.stringify(config, null, 2)};\n`);
