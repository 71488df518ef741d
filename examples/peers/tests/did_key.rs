//! The `did-key` crate and ours make the same DID of the same key, and read the same key out of it.

use did_key::{CoreSign as _, DIDCore as _, Ed25519KeyPair, Fingerprint as _, KeyMaterial as _};
use identity_core::{
    did::{self, Did, LocalResolver, Resolver as _},
    key::{Algorithm, SecretKey, Signature, Signer as _},
};

#[test]
fn the_same_key_has_the_same_did_and_signs_for_both() {
    for seed in 0_u8..=255 {
        let seed = [seed; 32];
        let ours = SecretKey::from_secret_bytes(Algorithm::EdDsa, &seed).expect("a key");
        let theirs = did_key::from_existing_key::<Ed25519KeyPair>(&[], Some(&seed));
        let did = did::key::create(ours.public_key());
        assert_eq!(did.as_str(), format!("did:key:{}", theirs.fingerprint()));
        // Their DID, resolved by ours, names the key with which they sign.
        let named: Did = theirs
            .get_did_document(did_key::Config::default())
            .id
            .parse()
            .expect("a DID");
        let resolver = LocalResolver::new();
        let document = resolver.resolve(&named).expect("a did:key");
        let key = document.methods()[0].key();
        assert_eq!(key.to_bytes(), theirs.public_key_bytes());
        let signature = Signature::from_slice(&theirs.sign(b"the same message")).expect("64 bytes");
        key.verify(b"the same message", &signature)
            .expect("theirs verifies with ours");
        // And ours with theirs.
        let signature = ours
            .try_sign(b"another message")
            .expect("a software key signs");
        theirs
            .verify(b"another message", signature.as_bytes())
            .expect("ours verifies with theirs");
    }
}

#[test]
fn their_key_of_any_did_is_ours() {
    // W3C did:key 0.9 section 4.1.1, Ed25519 example.
    let text = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let theirs = did_key::resolve(text).expect("theirs reads it");
    let did: Did = text.parse().expect("ours reads it");
    let resolver = LocalResolver::new();
    let document = resolver.resolve(&did).expect("ours resolves it");
    assert_eq!(
        document.methods()[0].key().to_bytes(),
        theirs.public_key_bytes()
    );
}
