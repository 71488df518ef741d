// SD-JWT VC by @sd-jwt/sd-jwt-vc.
import {digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import * as jose from 'jose';

const b64 = value => jose.base64url.encode(JSON.stringify(value));
const didOf = jwk => `did:jwk:${b64(jwk)}`;

/** Signs the text of a JWT and verifies one, by jose: the library leaves that to its user. */
async function signerOf(privateKey, alg) {
  return async text => {
    const [header, payload] = text.split('.');
    const signed = await new jose.FlattenedSign(jose.base64url.decode(payload))
      .setProtectedHeader(JSON.parse(new TextDecoder().decode(jose.base64url.decode(header)))).sign(privateKey);
    // The library wrote the header; the signature must cover its spelling.
    if(signed.protected !== header) {
      throw new Error(`${alg}: the header was written otherwise`);
    }
    return signed.signature;
  };
}

async function verifierOf(jwk, alg) {
  const key = await jose.importJWK(jwk, alg);
  return async (text, signature) => {
    const [header, payload] = text.split('.');
    await jose.flattenedVerify({protected: header, payload, signature}, key);
    return true;
  };
}

const BASE = {hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt};
const pair = alg => jose.generateKeyPair(alg, {crv: alg === 'EdDSA' ? 'Ed25519' : undefined, extractable: true});

export const operations = {
  /** Issues to a new holder key, presents what the frame says, and answers with all of it. */
  async 'sdjwt.make'({alg, claims, frame, present, nonce, aud, iat, statusUri}) {
    const [issuer, holder] = [await pair(alg), await pair(alg)];
    const [issuerJwk, holderJwk] = [await jose.exportJWK(issuer.publicKey), await jose.exportJWK(holder.publicKey)];
    const instance = new SDJwtVcInstance({
      ...BASE, signAlg: alg, signer: await signerOf(issuer.privateKey, alg), verifier: await verifierOf(issuerJwk, alg),
      kbSignAlg: alg, kbSigner: await signerOf(holder.privateKey, alg)
    });
    const did = didOf(issuerJwk);
    const status = statusUri && {status: {status_list: {uri: statusUri.replace('did:jwk', did), idx: 7}}};
    const credential = await instance.issue(
      {...claims, iss: did, cnf: {jwk: holderJwk}, ...status}, frame, {header: {kid: `${did}#0`}});
    const presentation = await instance.present(credential, present, {kb: {payload: {nonce, aud, iat}}});
    return {credential, presentation, issuerJwk, holderJwk, did};
  },
  /** Verifies one, with its key binding where a nonce is given, and answers with what it shows. */
  async 'sdjwt.verify'({alg, text, jwk, nonce, now, statusList}) {
    const verifier = await verifierOf(jwk, alg);
    const kbVerifier = async (data, signature, payload) =>
      (await verifierOf(payload.cnf.jwk, payload.cnf.jwk.kty === 'EC' ? 'ES256' : 'EdDSA'))(data, signature);
    const instance = new SDJwtVcInstance({
      ...BASE, signAlg: alg, verifier, kbVerifier,
      // The list's signature is checked in its own tests.
      statusListFetcher: async () => statusList, statusVerifier: async () => true
    });
    const options = {currentDate: now, ...nonce && {keyBindingNonce: nonce}};
    const {payload} = await instance.verify(text, options);
    return payload;
  }
};
