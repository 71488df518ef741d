// did:webvh logs by didwebvh-ts, with Ed25519 of Node.
import {createHash, createPublicKey, generateKeyPairSync, sign, verify} from 'node:crypto';
import {
  AbstractCrypto, createDID, deactivateDID, MultibaseEncoding, multibaseEncode, prepareDataForSigning,
  resolveDIDFromLog, updateDID
} from 'didwebvh-ts';

// DER of an Ed25519 public key up to the key itself (RFC 8410 section 4).
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const base58 = bytes => multibaseEncode(Uint8Array.from(bytes), MultibaseEncoding.BASE58_BTC);

class Key extends AbstractCrypto {
  static generate() {
    const {privateKey, publicKey} = generateKeyPairSync('ed25519');
    const raw = publicKey.export({format: 'der', type: 'spki'}).subarray(SPKI.length);
    const multikey = base58([0xed, 0x01, ...raw]);
    const key = new Key({verificationMethod: {type: 'Multikey', publicKeyMultibase: multikey}});
    return Object.assign(key, {multikey, privateKey});
  }

  async sign({document, proof}) {
    return {proofValue: base58(sign(null, await prepareDataForSigning(document, proof), this.privateKey))};
  }

  async verify(signature, message, raw) {
    const key = createPublicKey({key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki'});
    return verify(null, message, key, signature);
  }

  /** What announces the key: the hash of its multikey. */
  get hash() {
    return base58([0x12, 0x20, ...createHash('sha256').update(this.multikey).digest()]).slice(1);
  }

  method(purpose) {
    return {type: 'Multikey', publicKeyMultibase: this.multikey, purpose};
  }
}

const verifier = Key.generate();
const text = log => log.map(entry => JSON.stringify(entry)).join('\n') + '\n';
const day = number => `2026-01-0${number}T00:00:00Z`;

async function witnessed(versionId, witnesses) {
  const proofs = [];
  for(const key of witnesses) {
    const proof = {
      type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022',
      verificationMethod: `did:key:${key.multikey}#${key.multikey}`, created: day(1),
      proofPurpose: 'assertionMethod'
    };
    proofs.push({...proof, ...await key.sign({document: {versionId}, proof})});
  }
  return {versionId, proof: proofs};
}

export const operations = {
  /** A log that is created, changed, moved and ended, at each step; keys are announced or not. */
  async 'webvh.make'({announced}) {
    const keys = Array.from({length: 6}, Key.generate);
    const next = number => announced ? [keys[number].hash] : [];
    const logs = [];
    let {log} = await createDID({
      domain: 'parliament.example', signer: keys[0], verifier, updateKeys: [keys[0].multikey],
      verificationMethods: [keys[5].method('assertionMethod')], portable: true, nextKeyHashes: next(1),
      created: day(1)
    });
    logs.push(text(log));
    for(const number of [1, 2]) {
      // Where keys are announced the new one signs its own coming.
      const signer = keys[announced ? number : number - 1];
      ({log} = await updateDID({
        log, signer, verifier, updateKeys: [keys[number].multikey], nextKeyHashes: next(number + 1),
        verificationMethods: [keys[5].method('assertionMethod')], updated: day(number + 1),
        domain: number === 2 ? 'chamber.example' : undefined,
        alsoKnownAs: number === 2 ? [log.at(-1).state.id] : undefined
      }));
      logs.push(text(log));
    }
    if(!announced) {
      ({log} = await deactivateDID({log, signer: keys[2], verifier, updateKeys: []}));
      logs.push(text(log));
    }
    return logs;
  },

  /** A log with two of three witnesses. */
  async 'webvh.makeWitnessed'() {
    const [control, document, ...witnesses] = Array.from({length: 5}, Key.generate);
    const {log} = await createDID({
      domain: 'parliament.example', signer: control, verifier, updateKeys: [control.multikey],
      verificationMethods: [document.method('assertionMethod')], created: day(1),
      witness: {threshold: 2, witnesses: witnesses.map(key => ({id: `did:key:${key.multikey}`}))}
    });
    const proofs = [await witnessed(log[0].versionId, witnesses.slice(1))];
    return {log: text(log), witnesses: JSON.stringify(proofs)};
  },

  async 'webvh.resolve'({log, witnesses}) {
    const entries = log.trim().split('\n').map(line => JSON.parse(line));
    const witnessProofs = witnesses ? JSON.parse(witnesses) : undefined;
    const {did, doc, meta} = await resolveDIDFromLog(entries, {verifier, witnessProofs, fastResolve: false});
    if(meta.error) {
      throw new Error(meta.problemDetails?.detail ?? meta.error);
    }
    return {did, document: doc, versionId: meta.versionId, deactivated: meta.deactivated};
  }
};
