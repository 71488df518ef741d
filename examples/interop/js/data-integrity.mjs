// Data Integrity by @digitalbazaar/vc and its cryptosuites.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {loader} from './loader.mjs';

const SUITES = {
  'eddsa-jcs-2022': {make: eddsaJcs.createSignCryptosuite, check: eddsaJcs.createVerifyCryptosuite, key: ed25519},
  'eddsa-rdfc-2022': {make: () => eddsaRdfc, check: () => eddsaRdfc, key: ed25519},
  'ecdsa-jcs-2019': {make: ecdsaJcs.createSignCryptosuite, check: ecdsaJcs.createVerifyCryptosuite, key: p256},
  'ecdsa-rdfc-2019': {make: () => ecdsaRdfc, check: () => ecdsaRdfc, key: p256}
};

async function ed25519() {
  return named(await Ed25519Multikey.generate());
}

async function p256() {
  return named(await EcdsaMultikey.generate({curve: 'P-256'}));
}

/** Gives a key the name that it has as a did:key. */
function named(pair) {
  pair.controller = `did:key:${pair.publicKeyMultibase}`;
  pair.id = `${pair.controller}#${pair.publicKeyMultibase}`;
  return pair;
}

export const suites = () => Object.values(SUITES).map(({check}) => new DataIntegrityProof({cryptosuite: check()}));

export async function signing(name) {
  const {make, key} = SUITES[name];
  const pair = await key();
  return {did: pair.controller, suite: new DataIntegrityProof({signer: pair.signer(), cryptosuite: make()})};
}

/** Fails with the reasons, so that a test sees why a library refuses. */
function demand(result) {
  if(!result.verified) {
    throw result.error ?? new Error('not verified');
  }
}

// What the libraries say of a status is asked for by itself.
const checkStatus = async () => ({verified: true});

export const operations = {
  async 'di.sign'({suite: name, credential, documents}) {
    const {did, suite} = await signing(name);
    return vc.issue({credential: {...credential, issuer: did}, suite, documentLoader: loader(documents)});
  },
  async 'di.verify'({credential, documents, now}) {
    demand(await vc.verifyCredential({
      credential, suite: suites(), documentLoader: loader(documents), checkStatus, now: now && new Date(now)
    }));
  },
  async 'di.signPresentation'({suite: name, credentials, challenge, domain}) {
    const {did, suite} = await signing(name);
    const presentation = vc.createPresentation({
      verifiableCredential: credentials, holder: did, version: 2.0, verify: false
    });
    return vc.signPresentation({presentation, suite, challenge, domain, documentLoader: loader()});
  },
  async 'di.verifyPresentation'({presentation, challenge, domain, now}) {
    demand(await vc.verify({
      presentation, challenge, domain, suite: suites(), documentLoader: loader(), checkStatus,
      now: now && new Date(now)
    }));
  }
};
