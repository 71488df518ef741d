// What the libraries may look up: contexts, and DIDs that hold their key. Nothing is fetched.
import {readFileSync} from 'node:fs';
import * as didKey from '@digitalbazaar/did-method-key';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {defaultDocumentLoader} from '@digitalbazaar/vc';

const mandate = new URL('../../../spec/contexts/mandate-1.jsonld', import.meta.url);
const examples = {'@context': {'@vocab': 'https://www.w3.org/ns/credentials/examples#'}};
const documents = new Map([
  ['urn:mandate:context:1', JSON.parse(readFileSync(mandate))],
  ['https://www.w3.org/ns/credentials/examples/v2', examples]
]);

const dids = didKey.driver();
dids.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
dids.use({multibaseMultikeyHeader: 'zDna', fromMultibase: EcdsaMultikey.from});

/** A loader that also knows these documents, by URL. */
export const loader = (more = {}) => async url => {
  const document = more[url] ?? documents.get(url);
  if(document) {
    return {contextUrl: null, documentUrl: url, document};
  }
  if(url.startsWith('did:key:')) {
    return {contextUrl: null, documentUrl: url, document: await dids.get({url})};
  }
  return defaultDocumentLoader(url);
};
