// Status lists by @digitalbazaar/vc-bitstring-status-list and @sd-jwt/jwt-status-list.
import {checkStatus, createCredential, createList, decodeList} from '@digitalbazaar/vc-bitstring-status-list';
import {createHeaderAndPayload, getListFromStatusListJWT, StatusList} from '@sd-jwt/jwt-status-list';
import * as vc from '@digitalbazaar/vc';
import * as jose from 'jose';
import {signing, suites} from './data-integrity.mjs';
import {loader} from './loader.mjs';

export const operations = {
  async 'bitstring.encode'({length, set}) {
    const list = await createList({length});
    set.forEach(index => list.setStatus(index, true));
    return list.encode();
  },
  async 'bitstring.decode'({encodedList, indexes}) {
    const list = await decodeList({encodedList});
    return indexes.map(index => list.getStatus(index));
  },
  /** Issues a credential, and the list that its entry names, with one new key. */
  async 'bitstring.issue'({suite: name, credential, id, length, set, purpose}) {
    const {did, suite} = await signing(name);
    const documentLoader = loader();
    const list = await createList({length});
    set.forEach(index => list.setStatus(index, true));
    const listCredential = await createCredential({id, list, statusPurpose: purpose});
    return {
      credential: await vc.issue({credential: {...credential, issuer: did}, suite, documentLoader}),
      list: await vc.issue({credential: {...listCredential, issuer: did}, suite, documentLoader})
    };
  },
  /** Checks a credential against a list credential, its proof and its issuer included. */
  async 'bitstring.check'({credential, list}) {
    const documentLoader = loader({[credential.credentialStatus.statusListCredential]: list});
    const result = await checkStatus({credential, documentLoader, suite: suites()});
    if(!result.verified) {
      throw result.error ?? new Error('not verified');
    }
    return result.results.map(({status}) => status);
  },
  async 'token.encode'({bits, values}) {
    return new StatusList(values, bits).compressStatusList();
  },
  async 'token.decode'({bits, lst, indexes}) {
    const list = StatusList.decompressStatusList(lst, bits);
    return indexes.map(index => list.getStatus(index));
  },
  /** Signs a Status List Token with a new key, under the name `<did:jwk>/status/1`. */
  async 'token.sign'({alg, bits, values, iat, exp, ttl}) {
    const {publicKey, privateKey} = await jose.generateKeyPair(alg, {crv: alg === 'EdDSA' ? 'Ed25519' : undefined, extractable: true});
    const did = `did:jwk:${jose.base64url.encode(JSON.stringify(await jose.exportJWK(publicKey)))}`;
    const sub = `${did}/status/1`;
    const {header, payload} = createHeaderAndPayload(
      new StatusList(values, bits), {sub, iat, exp, ttl}, {alg, typ: 'statuslist+jwt', kid: `${did}#0`});
    const jwt = await new jose.CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader(header).sign(privateKey);
    return {jwt, sub, did};
  },
  async 'token.read'({jwt, jwk, indexes}) {
    await jose.compactVerify(jwt, await jose.importJWK(jwk, jose.decodeProtectedHeader(jwt).alg));
    const list = getListFromStatusListJWT(jwt);
    return indexes.map(index => list.getStatus(index));
  }
};
