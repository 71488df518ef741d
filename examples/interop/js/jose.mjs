// JWS by jose.
import * as jose from 'jose';

const CURVES = {EdDSA: {crv: 'Ed25519'}, ES256: {}};

export const operations = {
  /** Signs a payload with a new key; answers with the text and the public key. */
  async 'jose.sign'({alg, header, payload}) {
    const {publicKey, privateKey} = await jose.generateKeyPair(alg, {...CURVES[alg], extractable: true});
    const jwk = await jose.exportJWK(publicKey);
    const kid = header.kid === 'did:jwk' ? `did:jwk:${jose.base64url.encode(JSON.stringify(jwk))}#0` : header.kid;
    const bytes = new TextEncoder().encode(JSON.stringify(withIssuer(payload, kid)));
    const protectedHeader = {...header, alg, ...kid && {kid}};
    return {jwt: await new jose.CompactSign(bytes).setProtectedHeader(protectedHeader).sign(privateKey), jwk};
  },
  async 'jose.verify'({jwt, jwk, typ}) {
    const key = await jose.importJWK(jwk, jose.decodeProtectedHeader(jwt).alg);
    const {payload, protectedHeader} = await jose.compactVerify(jwt, key);
    if(protectedHeader.typ !== typ) {
      throw new Error(`typ is ${protectedHeader.typ}`);
    }
    return JSON.parse(new TextDecoder().decode(payload));
  }
};

/** The issuer or holder of the payload is the key's DID, where the payload asks for it. */
function withIssuer(payload, kid) {
  const did = kid?.split('#')[0];
  const filled = {...payload};
  for(const name of ['issuer', 'holder']) {
    if(filled[name] === 'did:jwk') {
      filled[name] = did;
    }
  }
  return filled;
}
